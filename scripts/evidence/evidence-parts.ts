import type { z } from "zod";
import { EVIDENCE_DATA_SETS } from "./data-sets/index.ts";
import { evaluateDataSet } from "./evaluate-data-set.ts";
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
import { evaluateNoise } from "./noise.ts";
import { evaluateSurvival } from "./survival.ts";
import { evaluateTemporalSplit } from "./temporal-split.ts";

type Progress = (fraction: number, message: string) => void;

/** One part of the report, computed by itself and kept in a file of its own. */
export interface EvidencePart {
  readonly id: string;
  /** Null where data are missing. */
  readonly evaluate: (onProgress: Progress) => unknown;
}

export const EVIDENCE_PARTS: readonly EvidencePart[] = [
  ...EVIDENCE_DATA_SETS.map((set) => ({
    id: set.id,
    evaluate: (onProgress: Progress) => evaluateDataSet(set, onProgress),
  })),
  { id: "noise", evaluate: evaluateNoise },
  { id: "known-law", evaluate: evaluateKnownLaw },
  { id: "pbc-split", evaluate: evaluateTemporalSplit },
  { id: "pbc-survival", evaluate: evaluateSurvival },
];

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
