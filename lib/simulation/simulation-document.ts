import { z } from "zod";
import { efficacyBoundarySchema } from "../design/efficacy-bound.ts";
import { boundScaleSchema } from "../design/futility-scale.ts";
import { errorSpendingSchema, spendingFunctionSchema } from "../design/spending-function.ts";
import { diagnosticSchema } from "../errors/diagnostic.ts";

/** When to stop for lack of effect. `nonBinding`: efficacy bounds are computed as if it were not there. */
export const trialFutilitySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  z.object({
    kind: z.literal("beta-spending"),
    spending: errorSpendingSchema,
    /** Power the beta spending is built for: type II error spent is 1 − power. */
    power: z.number().gt(0).lt(1),
    binding: z.boolean(),
    /** Whether each interim look stops for futility; absent: all do. A skipped one spends nothing. */
    looks: z.array(z.boolean()).optional(),
  }),
  /** Bounds that meet the efficacy bound at the end: δ√t − c·t^(shape − ½), δ the drift that has this power. */
  z.object({
    kind: z.literal("pampallona-tsiatis"),
    shape: z.number().min(-0.5).max(1),
    power: z.number().gt(0).lt(1),
    binding: z.boolean(),
  }),
  /** One bound per interim look on the z scale in the direction of benefit; null = no futility at that look. */
  z.object({ kind: z.literal("z-scale"), bounds: z.array(z.number().nullable()), binding: z.boolean() }),
  /** The same list on another scale; scales of effect and power refer to the effect shown with this power. */
  z.object({
    kind: z.literal("scale"),
    scale: boundScaleSchema,
    bounds: z.array(z.number().nullable()),
    power: z.number().gt(0).lt(1),
    binding: z.boolean(),
  }),
]);
export type TrialFutility = z.infer<typeof trialFutilitySchema>;

/** Primary analysis of a simulated trial: least squares at the primary visit, or MMRM over the visits up to it. */
export const simulatedAnalysisSchema = z.enum(["unadjusted", "ancova", "ancova-with-score", "mmrm", "mmrm-with-score"]);
export type SimulatedAnalysis = z.infer<typeof simulatedAnalysisSchema>;

/** A protocol variant: what we do. */
export const trialDesignSchema = z.object({
  id: z.string().min(1).max(60),
  name: z.string().min(1).max(80),
  experimental: z.number().int().min(2),
  control: z.number().int().min(2),
  oneSidedAlpha: z.number().gt(0).lt(0.5),
  analysis: simulatedAnalysisSchema,
  /** Increasing in (0, 1], last = 1: fraction of patients with the final endpoint at each look. */
  lookFractions: z.array(z.number()).min(1).max(10),
  efficacy: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("fixed") }),
    z.object({ kind: z.literal("spending"), spending: spendingFunctionSchema }),
    /** Bounds of a classical shape, or spending by hand. */
    z.object({ kind: z.literal("boundary"), boundary: efficacyBoundarySchema }),
  ]),
  /** Whether each look tests for efficacy, the last true; absent: all do. */
  efficacyLooks: z.array(z.boolean()).optional(),
  /** A simulated trial succeeds in the direction of benefit alone. */
  sides: z
    .enum(["one-sided", "symmetric-two-sided"])
    .refine((sides) => sides === "one-sided", {
      message:
        "must be one-sided: a simulated trial succeeds only in the direction of benefit. Give half the two-sided error as oneSidedAlpha: without futility the same trials succeed; inner futility bounds of two-sided tests are computed by the group-sequential calculations.",
    })
    .optional(),
  futility: trialFutilitySchema,
});
export type TrialDesign = z.infer<typeof trialDesignSchema>;

/** What nature does. */
export const scenarioSchema = z.object({
  id: z.string().min(1).max(60),
  name: z.string().min(1).max(80),
  /** Experimental minus control at the primary visit (analysis scale); grows linearly in time from 0 at day 0. 0 = null. */
  effect: z.number(),
  generator: z.discriminatedUnion("kind", [
    /** Patients drawn from the frozen progression model. */
    z.object({ kind: z.literal("fitted-model") }),
    /** Baseline and course Gaussian: compound correlation law stated in METHODS. */
    z.object({
      kind: z.literal("parametric"),
      standardDeviation: z.number().positive(),
      rSquaredBaseline: z.number().min(0).lt(1),
      /** Further R² that only the score knows. */
      rSquaredScore: z.number().min(0).lt(1),
    }),
  ]),
  accrualPerMonth: z.number().positive(),
  /** Probability of dropping out before the primary visit (exponential in time). */
  dropoutProbability: z.number().min(0).lt(1),
  drift: z.object({
    /** Added to every outcome of both arms. */
    meanShift: z.number(),
    /** Multiplies the residual SD of both arms. */
    residualSdRatio: z.number().positive(),
    /** Multiplies the informative part of the score (0 = the score is noise, 1 = as trained). */
    scoreInformation: z.number().min(0).max(1),
    /**
     * Share of the residual variance that is a quadratic function of the score, so that the score is misspecified; the
     * residual variance stays the same. Absent = 0.
     */
    scoreCurvature: z.number().min(0).max(1).optional(),
  }),
});
export type Scenario = z.infer<typeof scenarioSchema>;

export const simulationSpecSchema = z.object({
  format: z.literal("understudy-simulation/1"),
  designs: z.array(trialDesignSchema).min(1).max(20),
  scenarios: z.array(scenarioSchema).min(1).max(40),
  replicates: z.number().int().min(10).max(1_000_000),
  seed: z.number().int().nonnegative(),
  primary: z.object({
    endpointId: z.string(),
    visitId: z.string(),
    /** Target day of the visit; needed only when the simulation runs without a model, which otherwise states it. */
    day: z.number().positive().optional(),
  }),
  benefit: z.enum(["lower-is-better", "higher-is-better"]),
});
export type SimulationSpec = z.infer<typeof simulationSpecSchema>;

/** Every simulated number carries its Monte Carlo standard error; `upperLimit` is exact binomial where a count was 0 or all. */
export const monteCarloEstimateSchema = z.object({
  value: z.number(),
  mcse: z.number(),
  limits: z.object({ lower: z.number(), upper: z.number() }).nullable(),
});
export type MonteCarloEstimate = z.infer<typeof monteCarloEstimateSchema>;

export const lookSummarySchema = z.object({
  look: z.number().int(),
  informationFraction: z.number(),
  /** Patients randomised whose primary visit is over at this look, both arms. */
  cohort: z.number().int(),
  /** Z scale in the direction of benefit; null when no trial can stop for efficacy at this look. */
  efficacyBound: z.number().nullable(),
  futilityBound: z.number().nullable(),
  stopEfficacy: monteCarloEstimateSchema,
  stopFutility: monteCarloEstimateSchema,
});

export const exampleTrialSchema = z.object({
  replicate: z.number().int(),
  /** Why this one is shown, e.g. "stopped for efficacy at look 1". */
  title: z.string(),
  looks: z.array(
    z.object({
      look: z.number().int(),
      month: z.number(),
      /** Patients analysed. */
      experimental: z.number().int(),
      control: z.number().int(),
      /** Patients randomised by then, both arms. */
      enrolled: z.number().int(),
      estimate: z.number(),
      standardError: z.number(),
      /** In the direction of benefit; the t statistic carried to the normal scale with equal tail probability. */
      z: z.number(),
      efficacyBound: z.number().nullable(),
      futilityBound: z.number().nullable(),
      decision: z.enum(["continue", "stop-efficacy", "stop-futility", "final-success", "final-failure"]),
    }),
  ),
});
export type ExampleTrial = z.infer<typeof exampleTrialSchema>;

export const cellResultSchema = z.object({
  designId: z.string(),
  scenarioId: z.string(),
  replicates: z.number().int(),
  failed: z.number().int(),
  failureReasons: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  /** Power, or type I error when the scenario's effect is 0. */
  rejection: monteCarloEstimateSchema,
  isNull: z.boolean(),
  looks: z.array(lookSummarySchema),
  expectedPatients: monteCarloEstimateSchema,
  patientsPercentiles: z.object({ median: z.number(), p90: z.number() }),
  expectedMonths: monteCarloEstimateSchema,
  monthsPercentiles: z.object({ median: z.number(), p90: z.number() }),
  bias: monteCarloEstimateSchema,
  rootMeanSquaredError: monteCarloEstimateSchema,
  /** Of the naive 95 % interval at the analysis where the trial ended. */
  coverage: monteCarloEstimateSchema,
  /** The same measures over the trials that rejected H0 only; null when none did. */
  givenRejection: z.object({ bias: monteCarloEstimateSchema, coverage: monteCarloEstimateSchema }).nullable(),
  /** Analytic value where the law allows one. */
  analytic: z
    .object({
      rejection: z.number(),
      /** The same if the futility rule were ignored; the difference is the power it costs. */
      rejectionWithoutFutility: z.number(),
      expectedPatients: z.number().nullable(),
      expectedMonths: z.number().nullable(),
      /** Per look; shape [K] each. */
      stopEfficacy: z.array(z.number()),
      stopFutility: z.array(z.number()),
      note: z.string(),
    })
    .nullable(),
  examples: z.array(exampleTrialSchema),
});
export type CellResult = z.infer<typeof cellResultSchema>;

/** Difference of rejection probabilities of two designs on the same simulated patients; the reference is the first design. */
export const pairedDifferenceSchema = z.object({
  scenarioId: z.string(),
  designId: z.string(),
  referenceDesignId: z.string(),
  /** Replicates that both designs could analyse. */
  replicates: z.number().int(),
  rejectionDifference: monteCarloEstimateSchema,
});

export type PairedDifference = z.infer<typeof pairedDifferenceSchema>;

export const simulationResultSchema = z.object({
  format: z.literal("understudy-simulation-result/1"),
  engineVersion: z.string(),
  spec: simulationSpecSchema,
  modelHash: z.string().nullable(),
  rngAlgorithm: z.literal("philox4x32-10"),
  cells: z.array(cellResultSchema),
  pairedDifferences: z.array(pairedDifferenceSchema),
  diagnostics: z.array(diagnosticSchema),
});
export type SimulationResult = z.infer<typeof simulationResultSchema>;
