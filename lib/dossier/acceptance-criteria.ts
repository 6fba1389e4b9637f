import { formatFixed, formatInterval, formatPercent, formatPercentInterval } from "../reporting/format-number.ts";
import type { DossierContext } from "./dossier-context.ts";

/** One criterion of the credibility plan: fixed in the program before any data are read, judged at the primary endpoint and visit. */
export interface AcceptanceResult {
  readonly id: string;
  readonly criterion: string;
  readonly result: string;
  /** null when the data cannot answer, e.g. only one historical study. */
  readonly passed: boolean | null;
}

/** Largest share of enrolled patients outside the range of the history. */
const OUT_OF_SUPPORT_LIMIT = 0.1;
/** Partial correlations above this usually mean information from after baseline. */
const LEAKAGE_LIMIT = 0.5;

/** Every acceptance criterion with its result; the thresholds are constants of the program. */
export function acceptanceResults(context: DossierContext): AcceptanceResult[] {
  const { gain, calibration, record } = context;
  const { evaluation } = record.model;
  const atPrimary = (row: { endpointId: string; visitId: string }) =>
    row.endpointId === context.primary.endpointId && row.visitId === context.primary.visitId;
  const share = record.twins.outOfSupport.patients / Math.max(1, record.twins.outOfSupport.of);
  const bands = evaluation.coverage.filter(atPrimary);
  const studies = evaluation.leaveOneStudyOut.filter(atPrimary);
  return [
    {
      id: "AC1",
      criterion: "Gain over ANCOVA on baseline value and strata, out of fold: lower 95 % limit above 0",
      result: formatPercentInterval(gain.gain),
      passed: gain.gain.lower > 0,
    },
    {
      id: "AC2",
      criterion: "Partial correlation of twin and outcome given baseline value and strata: lower 95 % limit above 0",
      result: formatInterval(gain.partialCorrelation, 3),
      passed: gain.partialCorrelation.lower > 0,
    },
    {
      id: "AC3",
      criterion: `Partial correlation not above ${formatFixed(LEAKAGE_LIMIT, 1)} (leakage check)`,
      result: formatFixed(gain.partialCorrelation.value, 3),
      passed: gain.partialCorrelation.value <= LEAKAGE_LIMIT,
    },
    {
      id: "AC4",
      criterion: "Calibration slope: 95 % interval contains 1",
      result: formatInterval(calibration.slope, 3),
      passed: calibration.slope.lower <= 1 && calibration.slope.upper >= 1,
    },
    {
      id: "AC5",
      criterion: "Coverage of the 50, 80 and 95 % bands: exact binomial interval contains the nominal level",
      result: bands.map((band) => formatPercentInterval(band.coverage)).join("; "),
      passed:
        bands.length === 0
          ? null
          : bands.every((band) => band.coverage.lower <= band.level && band.coverage.upper >= band.level),
    },
    {
      id: "AC6",
      criterion: "No historical study in which the gain turns negative when it is left out of training",
      result:
        studies.length === 0
          ? "one historical study only"
          : studies.map((row) => `${row.study}: ${formatPercentInterval(row.gain)}`).join("; "),
      passed: studies.length === 0 ? null : studies.every((row) => row.gain.value >= 0),
    },
    {
      id: "AC7",
      criterion: `At most ${formatPercent(OUT_OF_SUPPORT_LIMIT, 0)} of the enrolled patients outside the support of the history`,
      result: `${record.twins.outOfSupport.patients} of ${record.twins.outOfSupport.of} (${formatPercent(share)})`,
      passed: share <= OUT_OF_SUPPORT_LIMIT,
    },
  ];
}

export function passedText(passed: boolean | null): string {
  return passed === null ? "not applicable" : passed ? "pass" : "fail";
}
