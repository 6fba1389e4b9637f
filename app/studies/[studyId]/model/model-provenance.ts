import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import type { ProvenanceEntry } from "../../../_components/provenance/provenance.ts";

/** What every number of a frozen model shares: hashes, seed, engine, scheme. */
export function modelProvenance(model: FrozenModel): Required<Pick<ProvenanceEntry, "identities">> {
  const { folds, repeats, seed } = model.evaluation.scheme;
  return {
    identities: [
      { label: "Data set (SHA-256)", value: model.dataHash },
      { label: "Model (SHA-256)", value: model.hash },
      {
        label: "Cross-validation",
        value: `${folds} folds by patient, ${repeats} repetition${repeats === 1 ? "" : "s"}`,
      },
      { label: "Bootstrap replicates", value: String(model.training.bootstrapReplicates) },
      { label: "Seed", value: String(seed) },
      { label: "Engine", value: model.engineVersion },
    ],
  };
}
