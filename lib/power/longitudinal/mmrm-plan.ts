import { z } from "zod";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { rMatrix, rNumbers } from "../../program-code/r-literal.ts";
import {
  MEANS_CONVENTIONS,
  type MeansConvention,
  powerUnderConvention,
  rPowerUnderConvention,
  withChosenFirst,
} from "../means/means-conventions.ts";
import { MEANS_FIELDS } from "../means/two-means.ts";
import type { NumericField } from "../numeric-field.ts";
import type { PowerConvention, PowerReport } from "../power-report.ts";
import { type GivenField, required, type Settings } from "../power-sweep.ts";
import { severalValues } from "../several-values.ts";
import { answerPowerQuestion, type PowerMethod } from "../two-arm-power.ts";
import { effectDirectionSchema, twoArmShape } from "../two-arm-spec.ts";
import {
  assertRetention,
  assertSymmetric,
  type Matrix,
  structuredCorrelation,
  varianceOfLastVisit,
} from "./retained-information.ts";

type Convention = "normal" | "noncentral-t";

const CONVENTIONS: Readonly<Record<Convention, PowerConvention>> = {
  normal: {
    id: "normal",
    name: "normal approximation (Lu–Luo–Chen)",
    software: ["R package longpower (power.mmrm)", "lrstat (normal approximation)"],
    note: "Takes the covariance as known. With two different SDs, longpower averages them; here each arm keeps its own.",
  },
  "noncentral-t": {
    id: "noncentral-t",
    name: "noncentral t with N − 2 degrees of freedom",
    software: ["lrstat (t distribution)"],
    note: "Allows for the estimated variance by a t distribution on all subjects less two; a few subjects more than the normal approximation.",
  },
};

const matrixSchema = z.array(z.array(z.number()).min(1)).min(1);

/** Treatment difference at the last visit by a mixed model for repeated measures, with monotone dropout. */
export const mmrmPlanSpecSchema = z.object({
  method: z.literal("repeated-measures"),
  ...twoArmShape,
  effect: severalValues("finite").optional().describe("Expected difference at the last visit, experimental − control."),
  nullValue: severalValues("finite").optional().describe("Difference under the null hypothesis; 0 if not given."),
  standardDeviation: severalValues(
    "positive",
    "Enter the standard deviation, not the standard error or the variance.",
  ).describe("SD at the last visit (of the experimental arm if controlSd is given)."),
  controlSd: severalValues("positive", "Enter the standard deviation, not the standard error or the variance.")
    .optional()
    .describe("SD at the last visit in the control arm, if it differs."),
  structure: z
    .enum(["compound-symmetry", "ar1", "matrix"])
    .default("compound-symmetry")
    .describe("Correlation between visits."),
  rho: severalValues("correlation", "Enter a correlation such as 0.6.")
    .optional()
    .describe("Correlation (AR(1): between visits one time unit apart)."),
  times: z.array(z.number()).optional().describe("AR(1): times of the visits; 1, 2, … if not given."),
  correlation: matrixSchema.optional().describe("Correlation matrix of the visits (structure = matrix)."),
  controlCorrelation: matrixSchema.optional().describe("The same in the control arm, if it differs."),
  retention: z
    .array(z.number())
    .min(1)
    .max(60)
    .describe("Share of subjects with data at each visit, e.g. 1, 0.9, 0.8; its length is the number of visits."),
  controlRetention: z.array(z.number()).optional().describe("The same in the control arm, if it differs."),
  rSquared: severalValues("half-open-unit", "Enter a share such as 0.3, not a percentage.")
    .optional()
    .describe("Share of the residual variance that a prognostic score removes, at every visit alike; 0 if not given."),
  correlationDiscount: severalValues("discount")
    .optional()
    .describe("λ: factor on the score's correlation; 1 if not given."),
  direction: effectDirectionSchema,
  convention: z.enum(["normal", "noncentral-t"]).default("normal"),
});
export type MmrmPlanSpec = z.infer<typeof mmrmPlanSpecSchema>;

const RHO: NumericField = {
  name: "rho",
  label: "Correlation",
  unit: "",
  kind: "number",
  range: "correlation",
  hint: "Give a correlation such as 0.6.",
};

/**
 * Power and size of a repeated-measures trial with dropout (METHODS.md eq. (P27), (P28)). Sizes are of randomised subjects: those
 * who drop out contribute their early visits.
 *
 * @throws DomainError naming the field at fault.
 * Reference values: tests/reference/power_longitudinal.json.
 */
export function computeMmrmPlan(spec: MmrmPlanSpec): PowerReport {
  const { sides, convention } = spec;
  assertVisits(spec);
  const shared = spec.controlRetention === undefined && spec.controlCorrelation === undefined;
  const meansConvention: MeansConvention = convention;
  const method: PowerMethod = {
    name: `difference at the last of ${spec.retention.length} visits (MMRM), ${describeStructure(spec)}, ${describeRetention(spec)}`,
    conventions: withChosenFirst(CONVENTIONS, convention, ["normal", "noncentral-t"]),
    choices: [
      { field: "structure", label: "Correlation structure", unit: "", values: [spec.structure] },
      { field: "retention", label: "Retention by visit", unit: "", values: [...spec.retention] },
      ...(spec.controlRetention === undefined
        ? []
        : [{ field: "controlRetention", label: "Retention, control", unit: "", values: [...spec.controlRetention] }]),
    ],
    groups: 2,
    parameters: parametersOf(spec),
    effect: { field: { ...MEANS_FIELDS.effect, label: "Difference at the last visit" }, values: spec.effect },
    fewestPerArm: 2,
    powerFunction: (s) => {
      const experimental = varianceOfLastVisit(correlationOf(spec, s, false), spec.retention);
      const control = shared
        ? experimental
        : varianceOfLastVisit(correlationOf(spec, s, true), spec.controlRetention ?? spec.retention);
      const left = 1 - s.correlationDiscount! ** 2 * s.rSquared!;
      const v1 = left * s.standardDeviation! ** 2 * experimental;
      const v0 = left * (s.controlSd ?? s.standardDeviation!) ** 2 * control;
      const se = (n1: number, n0: number) => Math.sqrt(v1 / n1 + v0 / n0);
      return {
        powerAt: (n1, n0, effect, alpha) =>
          powerUnderConvention(
            meansConvention,
            Math.abs(effect - s.nullValue!) / se(n1, n0),
            n1 + n0 - 2,
            n1 + n0,
            alpha,
            sides,
          ),
        nullEffect: s.nullValue!,
        fewest: convention === "normal" ? 1e-6 : 2.5,
        effectRange: (n1, n0) => ({
          nullEffect: s.nullValue!,
          limit: spec.direction === "greater" ? Infinity : -Infinity,
          step: se(n1, n0),
        }),
        further: () => ({ phi1: experimental, phi0: control }),
      };
    },
    furtherOutputs: [
      { key: "phi1", title: "Variance factor φ, experimental", unit: "", kind: "number" },
      { key: "phi0", title: "Variance factor φ, control", unit: "", kind: "number" },
    ],
    rFunctions: rFunctions(spec, MEANS_CONVENTIONS[meansConvention].id as MeansConvention),
    sasNote: "PROC POWER has no repeated measures with dropout; PROC GLMPOWER (REPEATED) assumes complete data.",
  };
  return answerPowerQuestion(spec, method);
}

function parametersOf(spec: MmrmPlanSpec): GivenField[] {
  const sd = MEANS_FIELDS.standardDeviation;
  return [
    { field: MEANS_FIELDS.nullValue, values: spec.nullValue ?? 0 },
    { field: { ...sd, label: "SD at the last visit" }, values: spec.standardDeviation },
    ...(spec.controlSd === undefined
      ? []
      : [{ field: { ...sd, name: "controlSd", label: "SD, control" }, values: spec.controlSd }]),
    ...(spec.structure === "matrix" ? [] : [required(RHO, spec.rho, `for ${spec.structure}`)]),
    {
      field: { name: "rSquared", label: "R² of the score", unit: "", kind: "number", range: "half-open-unit" },
      values: spec.rSquared ?? 0,
    },
    {
      field: {
        name: "correlationDiscount",
        label: "Discount λ of the correlation",
        unit: "",
        kind: "number",
        range: "discount",
      },
      values: spec.correlationDiscount ?? 1,
    },
  ];
}

function assertVisits(spec: MmrmPlanSpec): void {
  const visits = spec.retention.length;
  assertRetention(spec.retention, "retention");
  if (spec.controlRetention !== undefined) {
    assertRetention(spec.controlRetention, "controlRetention");
    if (spec.controlRetention.length !== visits)
      throw invalidInput("controlRetention", spec.controlRetention, `must have ${visits} values, one for each visit`);
  }
  if (spec.structure === "matrix") {
    if (spec.correlation === undefined)
      throw invalidInput("correlation", null, "must be given for the structure matrix", "Give one row for each visit.");
    assertCorrelation(spec.correlation, visits, "correlation");
  } else if (spec.correlation !== undefined)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "correlation",
      received: spec.structure,
      requirement: 'must not be given unless structure is "matrix"',
      hint: 'Set structure to "matrix", or leave the matrix out.',
    });
  if (spec.controlCorrelation !== undefined) assertCorrelation(spec.controlCorrelation, visits, "controlCorrelation");
  if (
    spec.times !== undefined &&
    (spec.times.length !== visits || spec.times.some((t, j) => t <= (spec.times![j - 1] ?? -Infinity)))
  )
    throw invalidInput("times", spec.times, `must hold ${visits} increasing times, one for each visit`);
}

function assertCorrelation(matrix: Matrix, visits: number, argument: string): void {
  assertSymmetric(matrix, visits, argument);
  for (let j = 0; j < visits; j++)
    if (Math.abs(matrix[j]![j]! - 1) > 1e-9)
      throw invalidInput(argument, matrix[j]![j]!, "must have 1 on its diagonal", "Divide the covariances by the SDs.");
}

function correlationOf(spec: MmrmPlanSpec, s: Settings, control: boolean): Matrix {
  if (control && spec.controlCorrelation !== undefined) return spec.controlCorrelation;
  if (spec.structure === "matrix") return spec.correlation!;
  return structuredCorrelation(spec.structure, s.rho!, timesOf(spec));
}

const timesOf = (spec: MmrmPlanSpec) => spec.times ?? spec.retention.map((_, j) => j + 1);

function describeStructure({ structure }: MmrmPlanSpec): string {
  return { "compound-symmetry": "compound symmetry", ar1: "AR(1)", matrix: "given correlations" }[structure];
}

function describeRetention({ retention }: MmrmPlanSpec): string {
  const lost = 1 - retention.at(-1)!;
  return lost === 0 ? "complete data" : `${Number((100 * lost).toPrecision(4))} % lost by then`;
}

function rFunctions(spec: MmrmPlanSpec, convention: MeansConvention): string {
  const visits = spec.retention.length;
  const times = rNumbers(timesOf(spec));
  const matrix = (m: Matrix) => rMatrix(m.flat(), visits);
  const structured = {
    "compound-symmetry": `matrix(s$rho, ${visits}, ${visits}) + diag(1 - s$rho, ${visits})`,
    ar1: `s$rho^abs(outer(${times}, ${times}, "-"))`,
    matrix: spec.correlation === undefined ? "" : matrix(spec.correlation),
  }[spec.structure];
  const control = spec.controlCorrelation === undefined ? "correlation(s)" : matrix(spec.controlCorrelation);
  return `${rPowerUnderConvention(convention, spec.sides)}
correlation <- function(s) ${structured}
phi <- function(R, retention) {
  visits <- length(retention)
  share <- retention - c(retention[-1], 0)
  information <- matrix(0, visits, visits)
  for (j in seq_len(visits))
    information[1:j, 1:j] <- information[1:j, 1:j] + share[j] * solve(R[1:j, 1:j, drop = FALSE])
  solve(information)[visits, visits]
}
se <- function(s, n1, n0) {
  sd1 <- s$standardDeviation
  sd0 <- ${spec.controlSd === undefined ? "sd1" : "s$controlSd"}
  v1 <- sd1^2 * phi(correlation(s), ${rNumbers(spec.retention)})
  v0 <- sd0^2 * phi(${control}, ${rNumbers(spec.controlRetention ?? spec.retention)})
  sqrt((1 - s$correlationDiscount^2 * s$rSquared) * (v1 / n1 + v0 / n0))
}
power_at <- function(s, n1, n0, effect, alpha)
  power_t(abs(effect - s$nullValue) / se(s, n1, n0), n1 + n0 - 2, n1 + n0, alpha)
fewest <- function(s) ${spec.convention === "normal" ? "1e-6" : "2.5"}
effect_range <- function(s, n1, n0)
  list(null = s$nullValue, limit = ${spec.direction === "greater" ? "Inf" : "-Inf"}, step = se(s, n1, n0))`;
}
