import type { z } from "zod";
import { EVIDENCE_DATA_SETS } from "./data-sets/index.ts";
import { dataSetSteps, finishDataSet, runDataSetStep } from "./evaluate-data-set.ts";
import {
  type DataSetResults,
  dataSetResultsSchema,
  type EventResults,
  eventResultsSchema,
  type KnownLawResults,
  knownLawSchema,
  type NoiseResults,
  noiseSchema,
  type TemporalSplit,
  temporalSplitSchema,
} from "./evidence-results.ts";
import { evaluateKnownLaw } from "./known-law.ts";
import { finishNoise, noiseSteps, runNoiseStep } from "./noise.ts";
import { evaluateSurvival } from "./survival.ts";
import { evaluateTemporalSplit } from "./temporal-split.ts";

/** One part of the report, computed in steps that do not depend on one another and kept in a file of its own. */
export interface EvidencePart {
  readonly id: string;
  /** Null where data are missing. */
  readonly steps: () => readonly unknown[] | null;
  readonly run: (step: unknown) => unknown;
  /** @param results - In the order of the steps. */
  readonly finish: (results: readonly unknown[]) => unknown;
}

export const EVIDENCE_PARTS: readonly EvidencePart[] = [
  ...EVIDENCE_DATA_SETS.map((set) =>
    inSteps(
      set.id,
      () => dataSetSteps(set),
      (step) => runDataSetStep(set, step),
      (results) => finishDataSet(set, results),
    ),
  ),
  atOnce("pbc-split", evaluateTemporalSplit),
  atOnce("pbc-survival", evaluateSurvival),
  atOnce("known-law", evaluateKnownLaw),
  inSteps("noise", noiseSteps, runNoiseStep, finishNoise),
];

function inSteps<S, R>(
  id: string,
  steps: () => readonly S[] | null,
  run: (step: S) => R,
  finish: (results: readonly R[]) => unknown,
): EvidencePart {
  // Steps and results only travel between threads and come back to the part that made them.
  return { id, steps, run: (step) => run(step as S), finish: (results) => finish(results as readonly R[]) };
}

function atOnce(id: string, evaluate: () => unknown): EvidencePart {
  return inSteps(
    id,
    () => [null],
    evaluate,
    ([result]) => result,
  );
}

/** Figures of all parts; null or left out where a part has not been computed. */
export interface EvidenceResults {
  readonly dataSets: readonly DataSetResults[];
  readonly split: TemporalSplit | null;
  readonly survival: EventResults | null;
  readonly law: KnownLawResults | null;
  readonly noise: NoiseResults | null;
}

/**
 * Figures from the files they are kept in.
 *
 * @param read - Document of a part; null when there is none.
 */
export function evidenceResults(read: (part: string) => unknown): EvidenceResults {
  const parsed = <T>(part: string, schema: z.ZodType<T>): T | null => {
    const document = read(part);
    return document === null ? null : schema.parse(document);
  };
  return {
    dataSets: EVIDENCE_DATA_SETS.flatMap(({ id }) => parsed(id, dataSetResultsSchema) ?? []),
    split: parsed("pbc-split", temporalSplitSchema),
    survival: parsed("pbc-survival", eventResultsSchema),
    law: parsed("known-law", knownLawSchema),
    noise: parsed("noise", noiseSchema),
  };
}

/**
 * Results as they are kept: six significant digits, which every machine agrees on.
 *
 * @param value - Any document.
 */
export function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, own: unknown) => (typeof own === "number" ? Number(own.toPrecision(6)) : own)),
  );
}
