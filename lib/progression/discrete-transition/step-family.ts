import { type CountRegression, countLogLikelihood, fitCountRegression } from "./count-regression.ts";
import { type CumulativeLogit, fitCumulativeLogit, rowsLogLikelihood } from "./cumulative-logit.ts";
import type { VisitStep } from "./discrete-transition-parameters.ts";
import type { TransitionRows } from "./transition-rows.ts";

/** Design of all patients and the prior precisions of its coefficients. */
export interface StepDesign {
  /** [n × F] */
  readonly values: Float64Array;
  readonly columns: number;
  /** [F] precision; −1 where the penalty is chosen. */
  readonly precision: Float64Array;
}

/** Fit of one or of several visits together; opaque to those who choose penalties. */
export type StepFit = CumulativeLogit | CountRegression;

/** How steps of one type of endpoint are learnt: the cumulative logit for levels, a count regression for counts. */
export interface StepFamily {
  /** Fits visits together that share coefficients; `isFirst`: no last value. */
  fit(rows: TransitionRows, visits: number, isFirst: boolean, penalty: number, start: StepFit | null): StepFit;
  logLikelihood(rows: TransitionRows, visits: number, isFirst: boolean, fit: StepFit): number;
  /** The laws of the visits that were fitted together. */
  stepsOf(fit: StepFit, visits: number): readonly VisitStep[];
}

/** Precision of the effects of the last value: prior SD about 3. */
const LIGHT = 0.1;

function precisions(design: StepDesign, ofLast: number, penalty: number): Float64Array {
  return Float64Array.from([
    ...new Array<number>(ofLast).fill(LIGHT),
    ...design.precision.map((own) => (own < 0 ? penalty : own)),
  ]);
}

/**
 * Levels: METHODS.md, equations (DT2) and (DT3).
 *
 * @param pseudo - [K] weights of the pseudo-patient.
 */
export function levelFamily(design: StepDesign, levels: number, pseudo: Float64Array): StepFamily {
  const problem = (visits: number, isFirst: boolean, penalty: number) => ({
    levels,
    visits,
    steps: isFirst ? 0 : levels - 1,
    design: design.values,
    columns: design.columns,
    precision: precisions(design, 0, penalty),
    stepPrior: { common: LIGHT, own: penalty },
    pseudo,
  });
  return {
    fit: (rows, visits, isFirst, penalty, start) =>
      fitCumulativeLogit(problem(visits, isFirst, penalty), rows, start as CumulativeLogit | null),
    logLikelihood: (rows, visits, isFirst, fit) =>
      rowsLogLikelihood(problem(visits, isFirst, 1), rows, fit as CumulativeLogit),
    stepsOf(fit, visits) {
      const { thresholds, steps, coefficients } = fit as CumulativeLogit;
      const cuts = levels - 1;
      return Array.from({ length: visits }, (_, v) => ({
        thresholds: Array.from(thresholds.subarray(v * cuts, (v + 1) * cuts)),
        steps: Array.from(steps),
        coefficients: Array.from(coefficients),
      }));
    },
  };
}

/**
 * Counts: METHODS.md, equation (DT4).
 *
 * @param pseudo - Count of the pseudo-patient.
 */
export function countFamily(design: StepDesign, pseudo: number): StepFamily {
  const problem = (visits: number, isFirst: boolean, penalty: number) => ({
    visits,
    last: isFirst ? (0 as const) : (1 as const),
    design: design.values,
    columns: design.columns,
    precision: precisions(design, isFirst ? 0 : 1, penalty),
    pseudo,
  });
  return {
    fit: (rows, visits, isFirst, penalty, start) =>
      fitCountRegression(problem(visits, isFirst, penalty), rows, start as CountRegression | null),
    logLikelihood: (rows, visits, isFirst, fit) =>
      countLogLikelihood(problem(visits, isFirst, 0), rows, fit as CountRegression),
    stepsOf(fit, visits) {
      const { intercepts, last, coefficients, dispersion } = fit as CountRegression;
      return Array.from({ length: visits }, (_, v) => ({
        intercept: intercepts[v]!,
        last: last[0] ?? 0,
        coefficients: Array.from(coefficients),
        dispersion,
      }));
    },
  };
}
