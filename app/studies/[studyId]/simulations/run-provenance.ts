import { formatCount } from "../../../../lib/reporting/format-number.ts";
import type { SimulationResult } from "../../../../lib/simulation/simulation-document.ts";
import type { ProvenanceEntry } from "../../../_components/provenance/provenance.ts";

/** What every number of a run shares: generator, seed, model, engine. */
export function runProvenance(result: SimulationResult): Required<Pick<ProvenanceEntry, "identities">> {
  return {
    identities: [
      ...(result.modelHash === null ? [] : [{ label: "Model (SHA-256)", value: result.modelHash }]),
      { label: "Replicates per cell", value: formatCount(result.spec.replicates) },
      { label: "Seed", value: String(result.spec.seed) },
      { label: "Random numbers", value: `${result.rngAlgorithm}, a counter keyed by seed, scenario and replicate` },
      { label: "Engine", value: result.engineVersion },
    ],
  };
}
