import { z } from "zod";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { findRoot } from "../numerics/root-finding.ts";
import { assertInformationFractions } from "./information-fractions.ts";
import { type SequentialDensity, startSequentialDensity } from "./sequential-density.ts";
import { upperBoundSpending } from "./spend-bound.ts";
import { cumulativeSpend, type ErrorSpending, errorSpendingSchema } from "./spending-function.ts";

/** Boundaries of a fixed shape, scaled so that the total error is exact. */
const classicalBoundarySchema = z.discriminatedUnion("family", [
  z.object({ family: z.literal("obrien-fleming") }),
  z.object({ family: z.literal("pocock") }),
  /** `shape` Δ: bound proportional to t^(Δ − ½); 0 is O'Brien–Fleming, ½ is Pocock. */
  z.object({ family: z.literal("wang-tsiatis"), shape: z.number().min(-0.5).max(1) }),
  /** The same strict bound at every interim analysis, the rest of the error at the final one. */
  z.object({ family: z.literal("haybittle-peto"), interimBound: z.number().min(1).max(8) }),
  /** No stop for efficacy before the final analysis, which has all the error: interim analyses look for futility only. */
  z.object({ family: z.literal("final-only") }),
]);

export const efficacyBoundarySchema = z.discriminatedUnion("family", [
  ...errorSpendingSchema.options,
  ...classicalBoundarySchema.options,
]);

export type ClassicalBoundary = z.infer<typeof classicalBoundarySchema>;
/** How the efficacy bounds are made: by spending the error, or by a classical shape. */
export type EfficacyBoundary = ErrorSpending | ClassicalBoundary;

/**
 * A bound at or above this (one-sided nominal level 3.2e-14) cannot stop any trial and is reported as Infinity.
 * rpact uses the same limit.
 */
export const LARGEST_EFFICACY_BOUND = 7.5;

/**
 * Futility bound that acts while the efficacy bounds are found, asked once per interim analysis, in order: of Z in one-sided
 * tests, of |Z| in symmetric two-sided ones; −Infinity for none.
 */
export type LowerBoundRule = (analysis: number, upper: number) => number;

export interface EfficacyBoundProblem {
  readonly boundary: EfficacyBoundary;
  /** Error in the direction of benefit; a symmetric two-sided test has the same again on the other side. */
  readonly oneSidedAlpha: number;
  /** Information at each analysis divided by final information; shape [K]. */
  readonly informationFractions: readonly number[];
  /** `symmetric-two-sided` also stops at −bound; `one-sided` (the default) only at the bound. */
  readonly sides?: "one-sided" | "symmetric-two-sided";
  /**
   * Whether each analysis tests for efficacy; shape [K], the last true. A skipped analysis has no bound, and a spending
   * function spends there nothing: its share goes to the next test. Absent: every analysis tests.
   */
  readonly tested?: readonly boolean[];
  /**
   * Starts the binding futility rule, if any; without it the bounds protect the error whatever futility does. The final
   * bound is handed over where it is known before the others: while a shape is scaled.
   */
  readonly startBindingFutility?: (finalBound?: number) => LowerBoundRule;
}

/**
 * Efficacy bounds of a group sequential design.
 *
 * @param problem - Boundary family, one-sided error, information fractions, sidedness, binding futility.
 * @returns Bounds on the Z scale, shape [K]; Infinity where a bound would be {@link LARGEST_EFFICACY_BOUND} or more.
 * @throws DomainError INVALID_INPUT for inadmissible fractions or error, NOT_ESTIMABLE when Haybittle–Peto interim bounds alone spend more than the error.
 *
 * @remarks
 * METHODS.md eq. (G9)–(G11), (G29). Spending: each bound spends α(t_k) − α(t_{k−1}) under H0 exactly. Classical: the constant
 * in c·t^(Δ − ½) makes the total error exact.
 *
 * Source: Lan & DeMets (1983), Biometrika 70(3):659–663; Wang & Tsiatis (1987), Biometrics 43(1):193–199;
 * Haybittle (1971), Br J Radiol 44:793–797. Reference values: tests/reference/gs_boundaries.json.
 */
export function efficacyBounds(problem: EfficacyBoundProblem): number[] {
  const { boundary, oneSidedAlpha, informationFractions } = problem;
  assertInformationFractions(informationFractions);
  if (!(oneSidedAlpha > 0 && oneSidedAlpha < 0.5))
    throw invalidInput("oneSidedAlpha", oneSidedAlpha, "must lie between 0 and 0.5");
  assertTested(problem);
  const bounds = boundsOf(problem, boundary);
  return bounds.map((bound) => (bound >= LARGEST_EFFICACY_BOUND ? Infinity : bound));
}

function boundsOf(problem: EfficacyBoundProblem, boundary: EfficacyBoundary): number[] {
  const { oneSidedAlpha, informationFractions } = problem;
  switch (boundary.family) {
    case "lan-demets-obrien-fleming":
    case "lan-demets-pocock":
    case "hwang-shih-decani":
    case "kim-demets":
    case "exponential":
    case "user-defined": {
      const spend = cumulativeSpend(boundary, oneSidedAlpha, informationFractions);
      let spent = 0;
      return walk(problem, (k, density) => {
        const error = spend[k]! - spent;
        spent = spend[k]!;
        return upperBoundSpending(density, error, 0);
      }).bounds;
    }
    case "obrien-fleming":
      return scaledToError(problem, 0);
    case "pocock":
      return scaledToError(problem, 0.5);
    case "wang-tsiatis":
      return scaledToError(problem, boundary.shape);
    case "haybittle-peto":
      return haybittlePeto(problem, boundary.interimBound);
    case "final-only": {
      const final = informationFractions.length - 1;
      return walk(problem, (k, density) => (k < final ? Infinity : upperBoundSpending(density, oneSidedAlpha, 0)))
        .bounds;
    }
  }
}

/** Whether the bounds have a fixed shape that is scaled, so that the final bound is known while they are found. */
export function isScaledShape({ family }: EfficacyBoundary): boolean {
  return family === "obrien-fleming" || family === "pocock" || family === "wang-tsiatis";
}

function assertTested({ tested, informationFractions }: EfficacyBoundProblem): void {
  if (tested === undefined) return;
  if (tested.length !== informationFractions.length || tested.at(-1) !== true)
    throw invalidInput(
      "efficacyLooks",
      tested.map(Number),
      `must say for each of the ${informationFractions.length} analyses whether it tests for efficacy; the last does`,
      "Test at the final analysis.",
    );
}

/** Go through the analyses under H0 with the bounds chosen one after another; returns them and the error they spend. */
function walk(
  problem: EfficacyBoundProblem,
  boundAt: (k: number, density: SequentialDensity) => number,
  finalBound?: number,
) {
  const { informationFractions } = problem;
  const lowerAt = problem.startBindingFutility?.(finalBound) ?? (() => -Infinity);
  const density = startSequentialDensity(informationFractions, 0);
  const bounds: number[] = [];
  let error = 0;
  informationFractions.forEach((_, k) => {
    const bound = (problem.tested?.[k] ?? true) ? boundAt(k, density) : Infinity;
    bounds.push(bound);
    error += density.upperTail(bound);
    if (k === informationFractions.length - 1) return;
    if (problem.sides === "symmetric-two-sided") density.continueWithin(-bound, bound, lowerAt(k, bound));
    else density.continueWithin(lowerAt(k, bound), bound);
  });
  return { bounds, error };
}

/** Wang–Tsiatis bounds c·t^(Δ − ½) with c such that the total error is exact. */
function scaledToError(problem: EfficacyBoundProblem, shape: number): number[] {
  const { informationFractions, oneSidedAlpha } = problem;
  const boundsFor = (constant: number) =>
    walk(problem, (k) => constant * informationFractions[k]! ** (shape - 0.5), constant);
  // On the log scale the error is close to a parabola in c, from ½ or more at c = 0 to about 1e-23 at c = 10.
  const { value } = findRoot((c) => Math.log(boundsFor(c).error / oneSidedAlpha), 0, 10, { absoluteTolerance: 1e-12 });
  return boundsFor(value).bounds;
}

function haybittlePeto(problem: EfficacyBoundProblem, interimBound: number): number[] {
  const { informationFractions, oneSidedAlpha } = problem;
  const final = informationFractions.length - 1;
  let spent = 0;
  return walk(problem, (k, density) => {
    if (k < final) {
      spent += density.upperTail(interimBound);
      return interimBound;
    }
    if (spent >= oneSidedAlpha)
      throw new DomainError("NOT_ESTIMABLE", {
        argument: "boundary.interimBound",
        received: interimBound,
        requirement: `must leave error for the final analysis; the interim analyses spend ${spent} of ${oneSidedAlpha}`,
        hint: "Raise the interim bound.",
      });
    return upperBoundSpending(density, oneSidedAlpha - spent, 0);
  }).bounds;
}
