import { canonicalJson } from "../lib/numerics/canonical-json.ts";
import type { FrozenModel } from "../lib/progression/model-document.ts";
import type { SimulationResult } from "../lib/simulation/simulation-document.ts";
import { sizeControlArm } from "../lib/sizing/size-control-arm.ts";
import type { SizingResult } from "../lib/sizing/sizing-document.ts";
import type { StudySpecification } from "../lib/trial/study-specification.ts";
import type { TwinSet } from "../lib/twins/twin-document.ts";
import { twinSetHash } from "../lib/twins/twin-set-hash.ts";
import type { ImportedFile } from "./data-input.ts";

export interface DossierParts {
  readonly study: StudySpecification;
  readonly historical: ImportedFile;
  readonly enrolled: ImportedFile;
  readonly model: FrozenModel;
  readonly twins: TwinSet;
  readonly sizing: SizingResult;
  readonly simulation: SimulationResult;
}

/** What does not belong together in the files of a plan, one line per field; the hashes of data and model apart. */
export function dossierPartFaults(parts: DossierParts): string[] {
  const { study, historical, enrolled, model, twins, sizing, simulation } = parts;
  const faults: string[] = [];
  if (historical.data.role !== "historical-control")
    faults.push(`plan.historical.mapping: role must be historical-control; received ${historical.data.role}`);
  if (enrolled.data.role !== "enrolled")
    faults.push(`plan.enrolled.mapping: role must be enrolled; received ${enrolled.data.role}`);
  const text = (primary: { endpointId: string; visitId: string }) => `${primary.endpointId} @ ${primary.visitId}`;
  const wanted = text(study.primary);
  for (const [field, primary] of [
    ["plan.model: training.primary", model.training.primary],
    ["plan.twins: primary", twins.primary],
    ["plan.sizing: spec", sizing.spec],
    ["plan.simulation: spec.primary", simulation.spec.primary],
  ] as const) {
    if (text(primary) !== wanted)
      faults.push(`${field} must be the primary endpoint and visit of the study, ${wanted}; received ${text(primary)}`);
  }
  for (const arm of study.arms) {
    const known = enrolled.data.arms.map(({ id }) => id);
    if (!known.includes(arm.id))
      faults.push(`plan.study: arms: ${arm.id} is no arm of the enrolled data set (${known.join(", ")})`);
  }
  if (twinSetHash(twins) !== twins.hash)
    faults.push("plan.twins: the file was changed after the twins were generated; generate them again");
  if (canonicalJson(sizeControlArm(sizing.spec).rows) !== canonicalJson(sizing.rows))
    faults.push("plan.sizing: the sizes do not follow from the inputs in the same file; size again");
  return faults;
}
