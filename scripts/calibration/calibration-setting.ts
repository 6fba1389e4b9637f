import type { TrialData } from "../../lib/analysis/trial-data.ts";
import type { Rng } from "../../lib/numerics/rng.ts";
import type { AnalysisSpec } from "../../lib/trial-analysis/analysis-spec.ts";

/** Patients of each arm. */
export interface CalibrationSetting {
  readonly control: number;
  readonly experimental: number;
}

/** 60 and 400 patients, arms 1:1 and 1:3. */
export const SETTINGS: readonly CalibrationSetting[] = [
  { control: 30, experimental: 30 },
  { control: 15, experimental: 45 },
  { control: 200, experimental: 200 },
  { control: 100, experimental: 300 },
];

/** What an interval is asked to cover, each on the scale of its analysis. */
export type Estimand =
  | "difference"
  | "risk-difference"
  | "log-risk-ratio"
  | "log-odds-ratio"
  | "conditional-log-odds-ratio"
  | "log-rate-ratio"
  | "rate-difference"
  | "log-hazard-ratio"
  | "conditional-log-hazard-ratio"
  | "restricted-mean-difference"
  | "survival-difference"
  | "log-time-ratio"
  | "none";

/** How trials come about. */
export interface CalibrationLaw {
  /** Unique in its family, e.g. "skewed". */
  readonly id: string;
  readonly title: string;
  /** The law with its numbers, as the document prints it. */
  readonly description: string;
  /** Effects in a trial with an effect; null where intervals move with the outcome, so that the null law says all. */
  readonly truth: Readonly<Partial<Record<Estimand, number>>> | null;
  readonly simulate: (setting: CalibrationSetting, withEffect: boolean, rng: Rng) => TrialData;
}

export interface CalibrationMethod {
  readonly title: string;
  readonly spec: AnalysisSpec;
  readonly estimand: Estimand;
  /** Whether it is too slow for 400 patients. */
  readonly onlySmall?: boolean;
}

/** Methods that analyse the same trials. */
export interface CalibrationFamily {
  readonly id: string;
  readonly title: string;
  readonly laws: readonly CalibrationLaw[];
  /** Share of the replicates at 60 and at 400 patients; small for slow methods. */
  readonly share: readonly [small: number, large: number];
  /** The only law at 400 patients, where others would take too long. */
  readonly largeLaw?: string;
  readonly methods: readonly CalibrationMethod[];
}
