import { conditionalPower, driftOfTrend } from "../design/conditional-power.ts";
import { predictivePower, probabilityOfSuccess } from "../design/predictive-power.ts";
import { plannedStandardError } from "../power/means/planned-power.ts";
import { analysisParts } from "../simulation/simulated-analysis.ts";
import type { TrialDesign } from "../simulation/simulation-document.ts";
import { distanceToShow } from "../sizing/check-sizing-spec.ts";
import type { DossierContext } from "./dossier-context.ts";

export interface InterimPowerRow {
  readonly z: number;
  /** Conditional power under the planned effect, under the observed trend, and predictive power with a flat prior. */
  readonly plannedEffect: number;
  readonly trend: number;
  readonly predictive: number;
}

export interface InterimPower {
  readonly informationFraction: number;
  /** E[Z] at the end under the planned effect. */
  readonly plannedDrift: number;
  readonly rows: readonly InterimPowerRow[];
}

const INTERIM_Z = [0, 0.5, 1, 1.5, 2, 2.5];
/** SD of the prior of the effect for the assurance, as a share of the planned effect: a default, printed with the result. */
export const ASSURANCE_PRIOR_SD_SHARE = 0.5;

/**
 * Conditional and predictive power at the first interim look of a design, by the recursion of group sequential theory.
 *
 * @returns null when the design has no interim look or was not simulated in any scenario.
 */
export function interimPower(context: DossierContext, design: TrialDesign): InterimPower | null {
  const bounds = designBounds(context, design);
  if (bounds === null || bounds.informationFractions.length < 2) return null;
  const informationFraction = bounds.informationFractions[0]!;
  const remaining = {
    informationFractions: bounds.informationFractions.slice(1),
    upper: bounds.upper.slice(1),
    lower: bounds.lower.slice(1),
  };
  const plannedDrift = driftOfPlan(context, design);
  return {
    informationFraction,
    plannedDrift,
    rows: INTERIM_Z.map((z) => {
      const interim = { z, informationFraction };
      return {
        z,
        plannedEffect: conditionalPower(interim, remaining, plannedDrift).total,
        trend: conditionalPower(interim, remaining, driftOfTrend(interim)).total,
        predictive: predictivePower(interim, remaining, { kind: "flat" }).total,
      };
    }),
  };
}

/** Power averaged over a normal prior of the effect: mean the planned effect, SD half of it. */
export function assurance(context: DossierContext, design: TrialDesign): number | null {
  const bounds = designBounds(context, design);
  if (bounds === null) return null;
  const mean = driftOfPlan(context, design);
  return probabilityOfSuccess(bounds, { mean, standardDeviation: ASSURANCE_PRIOR_SD_SHARE * mean }).total;
}

/** Standardised planned effect at the end: distance over the planned standard error at the expected numbers with endpoint. */
function driftOfPlan({ record }: DossierContext, design: TrialDesign): number {
  const { spec, rows } = record.sizing;
  const row = rows.find((candidate) => candidate.analysis === analysisParts(design.analysis).sizedAs);
  const distance = distanceToShow(spec);
  const analysis = {
    distance,
    standardDeviation: spec.standardDeviation.value,
    discountedRSquared: row?.discountedRSquared ?? 0,
    controlSdInflation: spec.controlSdInflation.value,
    covariates: spec.covariatesInAncova.value,
    oneSidedAlpha: design.oneSidedAlpha,
  };
  const completing = 1 - spec.dropout.value;
  return (
    distance /
    plannedStandardError(analysis, {
      experimental: design.experimental * completing,
      control: design.control * completing,
    })
  );
}

/** Bounds as simulated; futility that is not there, or not binding in the remaining looks, never stops. */
function designBounds({ record }: DossierContext, design: TrialDesign) {
  const looks = record.simulation.cells.find((cell) => cell.designId === design.id)?.looks;
  if (looks === undefined || looks.length === 0) return null;
  const upper = looks.map((look) => look.efficacyBound ?? Number.POSITIVE_INFINITY);
  return {
    informationFractions: looks.map((look) => look.informationFraction),
    upper,
    lower: looks.map((look, k) =>
      k === looks.length - 1 ? upper[k]! : (look.futilityBound ?? Number.NEGATIVE_INFINITY),
    ),
  };
}
