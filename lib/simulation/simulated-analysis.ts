import type { SimulatedAnalysis } from "./simulation-document.ts";

/** What a simulated analysis is made of. */
export interface AnalysisParts {
  /** Name in tables, e.g. "MMRM + twin score". */
  readonly name: string;
  /** Adjusted for the baseline value and the strata. */
  readonly adjusted: boolean;
  readonly withScore: boolean;
  /** All visits up to the primary one, instead of the primary visit alone. */
  readonly repeatedMeasures: boolean;
  /** Row of the sizing with the same covariates. */
  readonly sizedAs: "unadjusted" | "ancova" | "ancova-with-score";
}

const PARTS: Readonly<Record<SimulatedAnalysis, AnalysisParts>> = {
  unadjusted: parts("Unadjusted", "unadjusted", false),
  ancova: parts("ANCOVA", "ancova", false),
  "ancova-with-score": parts("ANCOVA + twin score", "ancova-with-score", false),
  mmrm: parts("MMRM", "ancova", true),
  "mmrm-with-score": parts("MMRM + twin score", "ancova-with-score", true),
};

/** Parts of an analysis; the one place that knows what its name means. */
export function analysisParts(analysis: SimulatedAnalysis): AnalysisParts {
  return PARTS[analysis];
}

function parts(name: string, sizedAs: AnalysisParts["sizedAs"], repeatedMeasures: boolean): AnalysisParts {
  return {
    name,
    sizedAs,
    repeatedMeasures,
    adjusted: sizedAs !== "unadjusted",
    withScore: sizedAs === "ancova-with-score",
  };
}
