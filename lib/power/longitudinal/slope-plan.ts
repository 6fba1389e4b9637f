import { z } from "zod";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { rMatrix, rNumbers } from "../../program-code/r-literal.ts";
import { powerUnderConvention, withChosenFirst } from "../means/means-conventions.ts";
import type { NumericField } from "../numeric-field.ts";
import type { PowerConvention, PowerReport } from "../power-report.ts";
import { type GivenField, required, type Settings } from "../power-sweep.ts";
import { severalValues } from "../several-values.ts";
import { answerPowerQuestion, type PowerMethod } from "../two-arm-power.ts";
import { effectDirectionSchema, twoArmShape } from "../two-arm-spec.ts";
import { assertSymmetric, type Matrix, structuredCorrelation } from "./retained-information.ts";
import { courseVariance, randomCoefficientCovariance, type SlopeConvention } from "./slope-information.ts";

const CONVENTIONS: Readonly<Record<SlopeConvention, PowerConvention>> = {
  "completers-information": {
    id: "completers-information",
    name: "difference of slopes, own intercepts (Diggle; Liu–Liang; Edland)",
    software: ["R package longpower (diggle.linear.power, liu.liang.linear.power, edland.linear.power)"],
    note: "Each arm has its own intercept; subjects seen at the first visit only are left out. Without dropout the three published methods agree.",
  },
  "full-likelihood": {
    id: "full-likelihood",
    name: "difference of slopes, own intercepts, all subjects",
    software: ["mixed model by maximum likelihood"],
    note: "As above, but subjects seen at the first visit only count for the intercept, as they do in the analysis.",
  },
  "common-baseline": {
    id: "common-baseline",
    name: "difference of slopes, common intercept (Hu–Mackey–Thomas)",
    software: ["R package longpower (hu.mackey.thomas.linear.power)"],
    note: "Both arms share one intercept, as randomisation justifies at time 0: fewer subjects, but only for an analysis that makes the same assumption.",
  },
  average: {
    id: "average",
    name: "difference of the mean level over all visits",
    software: ["R package longpower (liu.liang.linear.power with u = 1)"],
    note: "Compares time-averaged responses instead of slopes.",
  },
};

/** Difference of slopes, or of mean levels, between two arms with repeated measures. */
export const slopePlanSpecSchema = z.object({
  method: z.literal("slopes"),
  ...twoArmShape,
  effect: severalValues("finite").optional().describe("Difference of slopes per unit of time (or of mean levels)."),
  times: z.array(z.number()).min(1).max(60).describe("Times of the observations, increasing; 0 is baseline."),
  lastVisit: z
    .array(z.number())
    .optional()
    .describe("Share of subjects whose last observation is each visit, sum 1; everybody completes if not given."),
  controlLastVisit: z.array(z.number()).optional().describe("The same in the control arm, if it differs."),
  covariance: z
    .enum(["random-coefficients", "exchangeable", "ar1", "matrix"])
    .default("random-coefficients")
    .describe("Covariance of a subject's observations."),
  interceptVariance: severalValues("not-negative")
    .optional()
    .describe("Random coefficients: variance of intercepts; 0 if not given."),
  slopeVariance: severalValues("not-negative").optional().describe("Random coefficients: variance of slopes."),
  interceptSlopeCovariance: severalValues("finite")
    .optional()
    .describe("Random coefficients: covariance; 0 if not given."),
  residualVariance: severalValues("positive").optional().describe("Random coefficients: residual variance."),
  variance: severalValues("positive").optional().describe("Exchangeable, AR(1): variance of an observation."),
  rho: severalValues("correlation", "Enter a correlation such as 0.6.")
    .optional()
    .describe("Exchangeable: correlation; AR(1): correlation one time unit apart."),
  covarianceMatrix: z.array(z.array(z.number())).optional().describe("Covariance matrix of the observations."),
  direction: effectDirectionSchema,
  convention: z
    .enum(["completers-information", "full-likelihood", "common-baseline", "average"])
    .default("completers-information"),
});
export type SlopePlanSpec = z.infer<typeof slopePlanSpecSchema>;

const FIELD = (name: string, label: string, range: NumericField["range"]): NumericField => ({
  name,
  label,
  unit: "",
  kind: "number",
  range,
});

/**
 * Power and size of comparisons of slopes or mean levels (METHODS.md eq. (P29), (P30)), normal approximation.
 *
 * @throws DomainError naming the field at fault.
 * Reference values: tests/reference/power_longitudinal.json.
 */
export function computeSlopePlan(spec: SlopePlanSpec): PowerReport {
  const { sides, convention, times } = spec;
  const complete = times.map((_, j) => (j === times.length - 1 ? 1 : 0));
  const lastVisit = spec.lastVisit ?? complete;
  const controlLastVisit = spec.controlLastVisit ?? lastVisit;
  assertTimes(spec);
  assertShares(lastVisit, times.length, "lastVisit");
  assertShares(controlLastVisit, times.length, "controlLastVisit");
  if (convention === "common-baseline" && controlLastVisit.some((share, j) => share !== lastVisit[j]))
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "controlLastVisit",
      received: controlLastVisit,
      requirement: "must equal lastVisit for a common intercept",
      hint: "The formula holds for the same dropout in both arms: leave controlLastVisit out.",
    });
  const method: PowerMethod = {
    name: `two arms, ${times.length} visits, ${spec.covariance.replace("-", " ")} covariance`,
    conventions: withChosenFirst(CONVENTIONS, convention, slopePlanSpecSchema.shape.convention.unwrap().options),
    choices: [
      { field: "times", label: "Times", unit: "", values: [...times] },
      { field: "lastVisit", label: "Last visit, shares", unit: "", values: [...lastVisit] },
      { field: "covariance", label: "Covariance", unit: "", values: [spec.covariance] },
    ],
    groups: 2,
    parameters: parametersOf(spec),
    effect: {
      field: {
        ...FIELD("effect", convention === "average" ? "Difference of mean levels" : "Difference of slopes", "finite"),
        unit: convention === "average" ? "outcome units" : "outcome units per time",
      },
      values: spec.effect,
    },
    fewestPerArm: 2,
    powerFunction: (s) => {
      const matrix = covarianceOf(spec, s);
      const v1 = courseVariance(convention, matrix, times, lastVisit);
      const v0 = courseVariance(convention, matrix, times, controlLastVisit);
      const se = (n1: number, n0: number) => Math.sqrt(v1 / n1 + v0 / n0);
      return {
        powerAt: (n1, n0, effect, alpha) =>
          powerUnderConvention("normal", Math.abs(effect) / se(n1, n0), Infinity, n1 + n0, alpha, sides),
        nullEffect: 0,
        fewest: 1e-6,
        effectRange: (n1, n0) => ({
          nullEffect: 0,
          limit: spec.direction === "greater" ? Infinity : -Infinity,
          step: se(n1, n0),
        }),
        further: () => ({ variance1: v1, variance0: v0 }),
      };
    },
    furtherOutputs: [
      { key: "variance1", title: "Variance of one subject, experimental", unit: "", kind: "number" },
      { key: "variance0", title: "Variance of one subject, control", unit: "", kind: "number" },
    ],
    rFunctions: rFunctions(spec, lastVisit, controlLastVisit),
    sasNote: "PROC POWER has no comparison of slopes.",
  };
  return answerPowerQuestion(spec, method);
}

function parametersOf(spec: SlopePlanSpec): GivenField[] {
  switch (spec.covariance) {
    case "random-coefficients":
      return [
        {
          field: FIELD("interceptVariance", "Variance of intercepts", "not-negative"),
          values: spec.interceptVariance ?? 0,
        },
        required(
          FIELD("slopeVariance", "Variance of slopes", "not-negative"),
          spec.slopeVariance,
          "for random coefficients",
        ),
        {
          field: FIELD("interceptSlopeCovariance", "Covariance intercept–slope", "finite"),
          values: spec.interceptSlopeCovariance ?? 0,
        },
        required(
          FIELD("residualVariance", "Residual variance", "positive"),
          spec.residualVariance,
          "for random coefficients",
        ),
      ];
    case "exchangeable":
    case "ar1":
      return [
        required(FIELD("variance", "Variance", "positive"), spec.variance, `for the covariance ${spec.covariance}`),
        required(FIELD("rho", "Correlation", "correlation"), spec.rho, `for the covariance ${spec.covariance}`),
      ];
    case "matrix": {
      if (spec.covarianceMatrix === undefined)
        throw invalidInput(
          "covarianceMatrix",
          null,
          "must be given for the covariance matrix",
          "Give one row for each time.",
        );
      assertSymmetric(spec.covarianceMatrix, spec.times.length, "covarianceMatrix");
      return [];
    }
  }
}

function covarianceOf(spec: SlopePlanSpec, s: Settings): Matrix {
  switch (spec.covariance) {
    case "random-coefficients": {
      if (s.interceptSlopeCovariance! ** 2 > s.interceptVariance! * s.slopeVariance! * (1 + 1e-12))
        throw invalidInput(
          "interceptSlopeCovariance",
          s.interceptSlopeCovariance!,
          "must not exceed the product of the SDs of intercepts and slopes",
          "Its square must be at most interceptVariance × slopeVariance.",
        );
      return randomCoefficientCovariance(
        spec.times,
        s.interceptVariance!,
        s.slopeVariance!,
        s.interceptSlopeCovariance!,
        s.residualVariance!,
      );
    }
    case "exchangeable":
    case "ar1": {
      const structure = spec.covariance === "ar1" ? "ar1" : "compound-symmetry";
      return structuredCorrelation(structure, s.rho!, spec.times).map((row) => row.map((value) => value * s.variance!));
    }
    case "matrix":
      return spec.covarianceMatrix!;
  }
}

function assertTimes({ times, convention }: SlopePlanSpec): void {
  if (times.some((t, j) => t <= (times[j - 1] ?? -Infinity)))
    throw invalidInput(
      "times",
      times,
      "must increase from visit to visit",
      "Give the times in order, such as 0, 0.5, 1.",
    );
  if (times.length < 2 && convention !== "average")
    throw invalidInput(
      "times",
      times,
      "must hold at least two times for a slope",
      "Add a visit, or compare mean levels.",
    );
}

function assertShares(shares: readonly number[], visits: number, argument: string): void {
  const sum = shares.reduce((a, b) => a + b, 0);
  if (shares.length !== visits || shares.some((share) => !(share >= 0)) || Math.abs(sum - 1) > 1e-9)
    throw invalidInput(
      argument,
      shares,
      `must hold ${visits} shares, not negative, that sum to 1`,
      "The k-th share is that of subjects whose last observation is visit k.",
    );
  if (shares.at(-1) === 0 && shares.every((share, j) => j === 0 || share === 0))
    throw invalidInput(argument, shares, "must leave some subjects with a second observation");
}

function rFunctions(spec: SlopePlanSpec, lastVisit: readonly number[], controlLastVisit: readonly number[]): string {
  const times = rNumbers(spec.times);
  const visits = spec.times.length;
  const covariance = {
    "random-coefficients": `{
  t <- ${times}
  s$interceptVariance + outer(t, t, "+") * s$interceptSlopeCovariance + outer(t, t) * s$slopeVariance +
    diag(s$residualVariance, ${visits})
}`,
    exchangeable: `s$variance * (matrix(s$rho, ${visits}, ${visits}) + diag(1 - s$rho, ${visits}))`,
    ar1: `s$variance * s$rho^abs(outer(${times}, ${times}, "-"))`,
    matrix: spec.covarianceMatrix === undefined ? "" : rMatrix(spec.covarianceMatrix.flat(), visits),
  }[spec.covariance];
  const answer = {
    "completers-information": "solve(information)[2, 2]",
    "full-likelihood": "solve(information)[2, 2]",
    "common-baseline": "1 / information[2, 2]",
    average: "1 / information[1, 1]",
  }[spec.convention];
  return `covariance <- function(s) ${covariance}
course_variance <- function(s, shares) {
  V <- covariance(s)
  X <- cbind(1, ${times})
  information <- matrix(0, 2, 2)
  for (k in ${spec.convention === "completers-information" ? 2 : 1}:${visits}) {
    Xk <- X[1:k, , drop = FALSE]
    information <- information + shares[k] * t(Xk) %*% solve(V[1:k, 1:k, drop = FALSE], Xk)
  }
  ${answer}
}
se <- function(s, n1, n0)
  sqrt(course_variance(s, ${rNumbers(lastVisit)}) / n1 + course_variance(s, ${rNumbers(controlLastVisit)}) / n0)
power_at <- function(s, n1, n0, effect, alpha)
  pnorm(abs(effect) / se(s, n1, n0) - qnorm(alpha / ${spec.sides}, lower.tail = FALSE))
fewest <- function(s) 1e-6
effect_range <- function(s, n1, n0)
  list(null = 0, limit = ${spec.direction === "greater" ? "Inf" : "-Inf"}, step = se(s, n1, n0))`;
}
