import type { LongDataSet } from "../../lib/data/long-data-set.ts";
import { memberIds } from "../../lib/progression/member-parameters.ts";
import { memberOf } from "../../lib/progression/members.ts";
import type { TrainingSpec } from "../../lib/progression/model-document.ts";

/** One data set of the report: where it comes from and how models are trained on it. */
export interface EvidenceDataSet {
  readonly id: string;
  readonly title: string;
  /** Source, patients and choices, for the reader. */
  readonly description: string;
  readonly training: Omit<
    TrainingSpec,
    "format" | "members" | "repeats" | "bootstrapReplicates" | "shrinkage" | "seed"
  >;
  /** Null where the shared material is missing. */
  readonly load: () => LongDataSet | null;
}

export const EVIDENCE_SEED = 20270;

/** Every member, the same seed and bootstrap for all data sets. */
export function trainingOf({ training }: Pick<EvidenceDataSet, "training">): TrainingSpec {
  return {
    ...training,
    format: "understudy-training/1",
    members: memberIds.filter((kind) => memberOf(kind).supports.includes("continuous")),
    repeats: 1,
    bootstrapReplicates: 2000,
    shrinkage: { kind: "chosen" },
    seed: EVIDENCE_SEED,
  };
}
