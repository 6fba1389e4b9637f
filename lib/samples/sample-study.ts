import type { MappingSpec } from "../data/mapping-spec.ts";
import type { TrainingSpec } from "../progression/model-document.ts";
import type { StudySpecification } from "../trial/study-specification.ts";
import type { PlannedAnalysis } from "../trial-analysis/analysis-plan.ts";

/** Reads a file of the repository, path relative to its root; injected because `lib` does no I/O. */
export type ReadRepositoryFile = (path: string) => Uint8Array;

export interface SampleDataSet {
  readonly fileName: string;
  readonly mapping: MappingSpec;
  /** The bytes a person would upload. */
  readonly bytes: (read: ReadRepositoryFile) => Uint8Array;
}

/**
 * A complete worked study. Designs and scenarios are not listed: they follow from the trained model and the
 * specification through `defaultSizingSpec`, `defaultDesigns` and `defaultScenarios`, as for anybody's own study.
 */
export interface SampleStudy {
  readonly id: "pbc" | "alzheimer";
  readonly name: string;
  /** One sentence for the list of samples. */
  readonly description: string;
  readonly specification: StudySpecification;
  /** Historical controls first, then the enrolled trial. */
  readonly datasets: readonly [historical: SampleDataSet, enrolled: SampleDataSet];
  readonly training: TrainingSpec;
  /** Planned before the outcomes of the trial are read. */
  readonly analyses: readonly PlannedAnalysis[];
  readonly simulation: { readonly replicates: number; readonly seed: number };
}
