import type { CalibrationSetting } from "./calibration-setting.ts";

/** One method under one law at one setting. Shares, not percentages; null where a thing does not exist. */
export interface CalibrationCell extends CalibrationSetting {
  readonly law: string;
  /** Trials analysed without an effect; null where all outcomes were enumerated. */
  readonly trials: number | null;
  readonly refused: number;
  readonly twoSided: number | null;
  readonly oneSided: number | null;
  readonly coverage: number | null;
  /** The same in trials with an effect. */
  readonly trialsWithEffect: number | null;
  readonly refusedWithEffect: number;
  readonly coverageWithEffect: number | null;
}

export interface CalibrationRow {
  readonly title: string;
  /** Key under which the program finds the level; null for intervals. */
  readonly key: { readonly group: string; readonly choice: string } | null;
  /** Whether the test claims never to exceed its level, under the laws named. */
  readonly exactUnder: readonly string[];
  readonly cells: readonly CalibrationCell[];
}

export interface CalibrationSection {
  readonly id: string;
  readonly title: string;
  readonly laws: readonly { readonly id: string; readonly title: string; readonly description: string }[];
  readonly rows: readonly CalibrationRow[];
}

export interface CalibrationResults {
  readonly format: "understudy-calibration/1";
  readonly seed: number;
  readonly replicates: number;
  readonly sections: readonly CalibrationSection[];
}
