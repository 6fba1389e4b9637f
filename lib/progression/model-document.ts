import { z } from "zod";
import { diagnosticSchema } from "../errors/diagnostic.ts";
import { covariateSchema } from "../trial/covariate.ts";
import { endpointSchema } from "../trial/endpoint.ts";
import { intervalEstimateSchema } from "../trial/interval.ts";
import { plannedVisitSchema } from "../trial/visit-schedule.ts";
import { byOutcomeParametersSchema } from "./by-outcome/by-outcome-parameters.ts";
import { enrichmentSchema } from "./enrichment.ts";
import {
  candidateSchema,
  collinearitySchema,
  driftSchema,
  runInSchema,
  seedSpreadSchema,
} from "./evaluation/candidate-document.ts";
import { type EventSection, eventSectionSchema } from "./event-model/event-document.ts";
import { federationRecordSchema } from "./federation/federation-record.ts";
import { gaussianJointParametersSchema } from "./gaussian-joint/gaussian-joint-parameters.ts";
import { memberIdSchema } from "./member-parameters.ts";
import { neuralSizesSchema } from "./neural-boltzmann/neural-sizes.ts";
import { stackParametersSchema } from "./stack/stack-parameters.ts";

export { type BaselineFeature, baselineFeatureSchema } from "./baseline-feature.ts";
export {
  type GaussianJointParameters,
  gaussianJointParametersSchema,
} from "./gaussian-joint/gaussian-joint-parameters.ts";

/** What the person (or the CLI) asks for. */
export const trainingSpecSchema = z.object({
  format: z.literal("understudy-training/1"),
  /** Covariates the twin may use; baseline endpoints are always in. */
  covariateIds: z
    .array(z.string())
    .describe("ids of the mapping's covariates; the endpoints' baselines are always used"),
  /** Strata of the comparator ANCOVA (ids of covariates). */
  strata: z
    .array(z.string())
    .describe("covariates of the ANCOVA that a twin must beat, besides the baseline value: the trial's strata, or []"),
  primary: z
    .object({ endpointId: z.string(), visitId: z.string() })
    .describe("ids of the mapping's endpoint and visit that a trial would be judged by"),
  folds: z.number().int().min(2).max(50).default(10),
  /** Independent repetitions of the fold assignment; out-of-fold predictions are averaged over them. */
  repeats: z.number().int().min(1).max(20).default(1),
  bootstrapReplicates: z.number().int().min(200).max(20000).default(2000),
  /** `chosen`: by cross-validated likelihood inside each training fold; `fixed`: the prior weight ν given. */
  shrinkage: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("chosen") }),
      z.object({ kind: z.literal("fixed"), priorWeight: z.number().nonnegative() }),
    ])
    .default({ kind: "chosen" })
    .describe("chosen: by cross-validation (recommended); fixed: weight in pseudo-patients"),
  /**
   * The Gaussian joint model alone, or the members of a stack (baseline ANCOVA is always in it); absent: the default of
   * `defaultMembers`.
   */
  members: z
    .array(memberIdSchema)
    .min(1)
    .optional()
    .describe("gaussian-joint alone, or the members of a stack; left out: the default"),
  /** Sizes of the neural Boltzmann machine where it is a member; absent: its defaults. */
  neuralBoltzmann: neuralSizesSchema.optional(),
  /**
   * `chosen` or absent: the Gaussian joint model takes scales of endpoints and curves of features where patients held out
   * inside the training data ask for them; `none`: values as they are.
   */
  curvature: z
    .enum(["chosen", "none"])
    .optional()
    .describe(
      "chosen (default): other scales and curves where held-out patients ask for them; none: values as they are",
    ),
  /** A rare subgroup that counts for more in training; absent: all patients alike. */
  enrichment: enrichmentSchema.optional().describe("a rare subgroup and its share of the training weight"),
  /** Event and dropout model beside the course: absent: where the data record events. */
  events: z
    .enum(["learn", "ignore"])
    .optional()
    .describe("learn: when courses end and by what; ignore: not; left out: learnt where the data record events"),
  /** Why a partial correlation above 0.6 is no leak; without it such a training is stopped. */
  acknowledgedLeakage: z
    .string()
    .trim()
    .min(10, "must be a reason of at least ten characters")
    .max(500)
    .optional()
    .describe("why partial correlations above 0.6 are no leak (all known at time zero); without it training stops"),
  seed: z.number().int().nonnegative().describe("any whole number; the same seed gives the same model"),
});
export type TrainingSpec = z.infer<typeof trainingSpecSchema>;

const at = { endpointId: z.string(), visitId: z.string() };

/** Out-of-fold comparison at one endpoint × visit, every method on the same patients and folds. */
export const gainAtVisitSchema = z.object({
  ...at,
  patients: z.number().int(),
  /** 1 − SSE(ANCOVA + twin score) is NOT this: this is 1 − SSE(twin) / SSE(ANCOVA on baseline value and strata). */
  gain: intervalEstimateSchema,
  /** Signed correlation of out-of-fold twin and outcome given baseline value and strata. */
  partialCorrelation: intervalEstimateSchema,
  /** 1 − SSE(ANCOVA on all covariates) / SSE(ANCOVA on baseline value and strata): what plain adjustment would buy. */
  allCovariateAncovaGain: intervalEstimateSchema,
  /** Out-of-fold root mean squared error of each method, analysis scale. */
  rmse: z.object({
    twin: z.number(),
    baselineAncova: z.number(),
    allCovariateAncova: z.number(),
    meanChange: z.number(),
    lastValueCarriedForward: z.number(),
  }),
  /** For sizing: SD of the outcome, R² of ANCOVA, R² of ANCOVA + score; out of fold, same patients. */
  variance: z.object({
    standardDeviation: z.number(),
    rSquaredAncova: intervalEstimateSchema,
    rSquaredWithScore: intervalEstimateSchema,
  }),
  /** Only true when the lower limits of `gain` and `partialCorrelation` both exceed 0. */
  gainClaimed: z.boolean(),
});
export type GainAtVisit = z.infer<typeof gainAtVisitSchema>;

export const coverageAtVisitSchema = z.object({
  ...at,
  /** Nominal level of the prediction band, 0.5, 0.8 or 0.95. */
  level: z.number(),
  covered: z.number().int(),
  patients: z.number().int(),
  /** Of a discrete outcome: observations inside the prediction sets as shown, which hold at least their level. */
  inSet: z.number().int().optional(),
  /** Proportion covered with the exact binomial (Clopper–Pearson) 95 % interval. */
  coverage: intervalEstimateSchema,
});

export const calibrationAtVisitSchema = z.object({
  ...at,
  patients: z.number().int(),
  /** Regression of observed on predicted: target 1 and 0. */
  slope: intervalEstimateSchema,
  intercept: intervalEstimateSchema,
  /** Mean continuous ranked probability score, analysis scale. */
  crps: z.number(),
  pitMean: z.number(),
  /** Kolmogorov–Smirnov distance of the PIT from uniform; null, as histogram and groups are empty, for a federated model. */
  pitKs: z.number().nullable(),
  /** Ten equal bins of the PIT, counts. */
  pitHistogram: z.array(z.number().int()),
  /** Deciles of prediction: mean predicted, mean observed, n — for the calibration plot. */
  groups: z.array(
    z.object({ predicted: z.number(), observed: z.number(), standardError: z.number(), patients: z.number().int() }),
  ),
});

export const subgroupGainSchema = z.object({
  ...at,
  subgroup: z.string(),
  patients: z.number().int(),
  gain: intervalEstimateSchema,
  meanError: intervalEstimateSchema,
  /** From here on absent in models of formats 1 and 2. Signed partial correlation, as for all patients. */
  partialCorrelation: intervalEstimateSchema.optional(),
  /** Regression of observed on predicted: target 1. */
  slope: intervalEstimateSchema.optional(),
  /** Share of patients inside each band, with exact binomial limits. */
  coverage: z.array(z.object({ level: z.number(), coverage: intervalEstimateSchema })).optional(),
  /** Mean CRPS in the endpoint's unit; models trained before it was computed have none. */
  crps: z.number().optional(),
});

/** Performance with one historical study left out of training; only where there are several studies. */
export const leaveOneStudyOutSchema = z.object({
  ...at,
  study: z.string(),
  patients: z.number().int(),
  gain: intervalEstimateSchema,
  meanError: intervalEstimateSchema,
  /** Signed partial correlation of score and outcome in the study left out; absent in models of formats 1 and 2. */
  partialCorrelation: intervalEstimateSchema.optional(),
});

export const evaluationSchema = z.object({
  scheme: z.object({ folds: z.number(), repeats: z.number(), byPatient: z.literal(true), seed: z.number() }),
  gain: z.array(gainAtVisitSchema),
  coverage: z.array(coverageAtVisitSchema),
  calibration: z.array(calibrationAtVisitSchema),
  subgroups: z.array(subgroupGainSchema),
  leaveOneStudyOut: z.array(leaveOneStudyOutSchema),
  verdicts: z.array(
    z.object({
      ...at,
      decision: z.enum(["use", "use-with-care", "do-not-use"]),
      /** The sentence shown above every figure. */
      sentence: z.string(),
      reasons: z.array(z.string()),
    }),
  ),
});

/** Evaluation of format 2: also every member, the stack and the nulls on the same folds, and what a run-in would buy. */
export const memberEvaluationSchema = evaluationSchema.extend({
  candidates: z.array(candidateSchema),
  collinearity: z.array(collinearitySchema),
  runIn: z.array(runInSchema),
  drift: z.array(driftSchema),
  /** Empty where no member draws at random; models trained before it was measured have none. */
  seedSpread: z.array(seedSpreadSchema).optional(),
});
export type Evaluation = z.infer<typeof memberEvaluationSchema>;

/** What makes the twins. */
export const predictorSchema = z.discriminatedUnion("kind", [
  /** `parameters` alone. */
  z.object({ kind: z.literal("gaussian-joint") }),
  stackParametersSchema,
  byOutcomeParametersSchema,
]);
export type Predictor = z.infer<typeof predictorSchema>;

const modelContent = {
  engineVersion: z.string(),
  name: z.string(),
  /** SHA-256 of the canonical long data set it was trained on. */
  dataHash: z.string(),
  training: trainingSpecSchema,
  endpoints: z.array(endpointSchema),
  visits: z.array(plannedVisitSchema),
  covariates: z.array(covariateSchema),
  /** Joint law of baseline and outcomes: support of twins, nearest patients, patients of simulated trials. */
  parameters: gaussianJointParametersSchema,
  diagnostics: z.array(diagnosticSchema),
  hash: z.string(),
};

/** Format 1, no longer written: twins from the Gaussian joint model, without figures of other members. */
export const frozenModelVersion1Schema = z.object({
  format: z.literal("understudy-model/1"),
  ...modelContent,
  evaluation: evaluationSchema,
});

export type FrozenModelVersion1 = z.infer<typeof frozenModelVersion1Schema>;

/** Format 2, no longer written: values as they are. */
export const frozenModelVersion2Schema = z.object({
  format: z.literal("understudy-model/2"),
  ...modelContent,
  predictor: predictorSchema,
  evaluation: memberEvaluationSchema,
});
export type FrozenModelVersion2 = z.infer<typeof frozenModelVersion2Schema>;

/** Format 3: the Gaussian joint model may be on working scales (`parameters.curved`), which a reader of format 2 would miss. */
export const frozenModelVersion3Schema = z.object({
  ...frozenModelVersion2Schema.shape,
  format: z.literal("understudy-model/3"),
  /** What ends courses, and when; absent: not learnt. */
  events: eventSectionSchema.optional(),
  /** Absent where the patients were together in one place. */
  federation: federationRecordSchema.optional(),
});
/** A model as training freezes it. */
export type TrainedModel = z.infer<typeof frozenModelVersion3Schema>;
/** A model with figures of all members. */
export type EvaluatedModel = TrainedModel | FrozenModelVersion2;

/** A frozen progression model. `hash` is SHA-256 of the canonical JSON of all other fields. */
export const frozenModelSchema = z.discriminatedUnion(
  "format",
  [frozenModelVersion1Schema, frozenModelVersion2Schema, frozenModelVersion3Schema],
  { error: (issue) => formatFault(issue.input) },
);
export type FrozenModel = z.infer<typeof frozenModelSchema>;

/** The event model of a frozen model, where one was learnt. */
export function eventSection(model: FrozenModel): EventSection | undefined {
  return model.format === "understudy-model/3" ? model.events : undefined;
}

function formatFault(input: unknown): string {
  const given = typeof input === "object" && input !== null && "format" in input ? input.format : undefined;
  const newer = typeof given === "string" && given.startsWith("understudy-model/");
  return `must be "understudy-model/1", "understudy-model/2" or "understudy-model/3"${newer ? "; the file is of another version of the program" : ""}`;
}
