import type { z } from "zod";
import type { IntervalEstimate } from "../trial/interval.ts";
import type { CalibrationAtVisit } from "./calibration.ts";
import type { CoverageAtVisit } from "./coverage.ts";
import { LEAKAGE_WARNING } from "./leakage.ts";
import type { LeaveOneStudyOut } from "./leave-one-study-out.ts";
import type { evaluationSchema, GainAtVisit } from "./model-document.ts";

export type Verdict = z.infer<typeof evaluationSchema>["verdicts"][number];

/** Fewer compared patients than this make every figure coarse. */
const FEW_PATIENTS = 100;

export interface VerdictEvidence {
  /** Names for the reader, e.g. "log bilirubin" and "Year 2". */
  readonly endpointLabel: string;
  readonly visitLabel: string;
  readonly gain: GainAtVisit;
  readonly calibration: Pick<CalibrationAtVisit, "slope"> & Partial<CalibrationAtVisit>;
  readonly coverage: readonly CoverageAtVisit[];
  readonly leaveOneStudyOut: readonly LeaveOneStudyOut[];
}

/**
 * Whether a trial should be planned with the twin's score at an endpoint and visit.
 *
 * Rule: a gain is claimed only when the lower 95 % limits of both the gain over ANCOVA and the partial correlation exceed
 * 0; otherwise "do not use", whatever the point estimates. A claimed gain becomes "use with care" when calibration,
 * coverage, another study, or a suspiciously high correlation speaks against taking the figures at face value.
 *
 * @param evidence - Out-of-fold figures of one endpoint and visit.
 * @returns Decision, the sentence for the sponsor, and every reason with its figures.
 */
export function verdictAtVisit(evidence: VerdictEvidence): Verdict {
  const { gain } = evidence;
  const what = `${evidence.endpointLabel} at ${evidence.visitLabel}`;
  const at = { endpointId: gain.endpointId, visitId: gain.visitId };
  const comparedWith = `ANCOVA on baseline value and strata (gain ${percentWithLimits(gain.gain)}, ${gain.patients} patients)`;
  if (!gain.gainClaimed) {
    return {
      ...at,
      decision: "do-not-use",
      sentence: `No gain is demonstrated for ${what}: plan the trial without the twin's score. Out of fold, compared with ${comparedWith}.${whyNot(gain)}`,
      reasons: reasonsAgainst(gain),
    };
  }
  const cautions = reasonsForCare(evidence);
  const reduces = `The twin reduces the squared prediction error for ${what} compared with ${comparedWith}`;
  return {
    ...at,
    decision: cautions.length === 0 ? "use" : "use-with-care",
    sentence:
      cautions.length === 0
        ? `${reduces}. It may be used as a prognostic covariate.`
        : `${reduces}. Read the cautions before it is used as a prognostic covariate.`,
    reasons: [
      `Partial correlation given baseline value and strata: ${numberWithLimits(gain.partialCorrelation)}.`,
      ...cautions,
    ],
  };
}

/** Where the interval of the gain alone would look like a gain, what speaks against it belongs into the same breath. */
function whyNot(gain: GainAtVisit): string {
  if (!(gain.gain.lower > 0)) return "";
  return ` The partial correlation of twin and outcome, ${numberWithLimits(gain.partialCorrelation)}, does not exclude 0.`;
}

function reasonsAgainst(gain: GainAtVisit): string[] {
  const reasons: string[] = [];
  if (!(gain.gain.lower > 0)) {
    reasons.push(`The lower limit of the gain is ${percent(gain.gain.lower)}; it must exceed 0.`);
  }
  if (!(gain.partialCorrelation.lower > 0)) {
    reasons.push(
      `The lower limit of the partial correlation is ${decimal(gain.partialCorrelation.lower)} (estimate ${decimal(gain.partialCorrelation.value)}); it must exceed 0.`,
    );
  }
  return reasons;
}

function reasonsForCare(evidence: VerdictEvidence): string[] {
  const { gain, calibration, coverage } = evidence;
  const reasons: string[] = [];
  if (gain.partialCorrelation.value > LEAKAGE_WARNING) {
    reasons.push(
      `The partial correlation of ${decimal(gain.partialCorrelation.value)} is higher than baseline data usually give: check for leakage.`,
    );
  }
  if (calibration.slope.lower > 1 || calibration.slope.upper < 1) {
    reasons.push(`The calibration slope is ${numberWithLimits(calibration.slope)}; 1 lies outside.`);
  }
  for (const row of coverage) {
    if (row.coverage.lower > row.level || row.coverage.upper < row.level) {
      reasons.push(
        `The ${100 * row.level} % band covers ${percent(row.coverage.value)} of held-out patients (exact limits ${percent(row.coverage.lower)} to ${percent(row.coverage.upper)}).`,
      );
    }
  }
  for (const row of evidence.leaveOneStudyOut) {
    if (row.gain.value < 0)
      reasons.push(`Trained without study ${row.study}, the gain there is ${percentWithLimits(row.gain)}.`);
  }
  if (gain.patients < FEW_PATIENTS) reasons.push(`Only ${gain.patients} patients could be compared.`);
  return reasons;
}

function percentWithLimits(interval: IntervalEstimate): string {
  return `${percent(interval.value)}, 95 % interval ${percent(interval.lower)} to ${percent(interval.upper)}`;
}

function numberWithLimits(interval: IntervalEstimate): string {
  return `${decimal(interval.value)} (95 % interval ${decimal(interval.lower)} to ${decimal(interval.upper)})`;
}

function percent(value: number): string {
  return `${signed((100 * value).toFixed(1))} %`;
}

function decimal(value: number): string {
  return signed(value.toFixed(2));
}

/** Typographic minus, and no minus before a rounded zero. */
function signed(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text.replace("-", "−");
}
