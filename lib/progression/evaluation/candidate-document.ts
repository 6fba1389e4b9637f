import { z } from "zod";
import { intervalEstimateSchema } from "../../trial/interval.ts";

const at = { endpointId: z.string(), visitId: z.string() };

/** Out-of-fold figures of one method at one endpoint × visit; the same patients and resamples for every method. */
export const candidateAtVisitSchema = z.object({
  ...at,
  patients: z.number().int(),
  /** 1 − SSE/SSE(ANCOVA on baseline value and strata). */
  gain: intervalEstimateSchema,
  rmse: z.number(),
  /** What only a method with a law and a score has. */
  law: z
    .object({
      partialCorrelation: intervalEstimateSchema,
      crps: z.number(),
      pitMean: z.number(),
      pitKs: z.number(),
      slope: intervalEstimateSchema,
      coverage: z.array(z.object({ level: z.number(), covered: z.number().int(), coverage: intervalEstimateSchema })),
      /** Lower limits of gain and partial correlation both above 0. */
      gainClaimed: z.boolean(),
    })
    .nullable(),
});

/** Whole trajectories of one endpoint, one drawn per patient and 100 for the energy score. */
export const candidateTrajectoriesSchema = z.object({
  endpointId: z.string(),
  patients: z.number().int(),
  /** Mean energy score in SDs, patient-bootstrap interval; smaller is better. */
  energyScore: intervalEstimateSchema,
  /** 1 − energy score / energy score of baseline ANCOVA. */
  energyGain: intervalEstimateSchema,
  /** Null below 20 patients. */
  twoSampleTest: z
    .object({
      pairs: z.number().int(),
      auc: z.number(),
      /** Of the area; models trained before it was computed have none. */
      interval: intervalEstimateSchema.optional(),
      nullUpper: z.number(),
      pValue: z.number(),
    })
    .nullable(),
  /** Observed against drawn courses by a kernel, beside observed against observed; models trained before it was computed have none. */
  meanDiscrepancy: z
    .object({ patients: z.number().int(), value: z.number(), floor: z.number(), floorUpper: z.number() })
    .nullable()
    .optional(),
  /** Predicted against observed correlations between outcomes; null where no pair has 30 patients. */
  correlationError: z
    .object({
      pairs: z.number().int(),
      rootMeanSquare: z.number(),
      largest: z.number(),
      expectedFromSampling: z.number(),
    })
    .nullable(),
});

export const candidateStudySchema = z.object({
  ...at,
  study: z.string(),
  patients: z.number().int(),
  gain: intervalEstimateSchema,
  meanError: intervalEstimateSchema,
  /** Absent in models of format 2. */
  partialCorrelation: intervalEstimateSchema.optional(),
});

export const candidateSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(["null", "member", "stack"]),
  /** The one that makes the twins. */
  chosen: z.boolean(),
  visits: z.array(candidateAtVisitSchema),
  trajectories: z.array(candidateTrajectoriesSchema),
  leaveOneStudyOut: z.array(candidateStudySchema),
});
export type CandidateEvaluation = z.infer<typeof candidateSchema>;
export type CandidateAtVisit = z.infer<typeof candidateAtVisitSchema>;

/** What another seed of the training changes: trainings on the patients outside the first fold, judged in that fold. */
export const seedSpreadSchema = z.object({
  ...at,
  /** A member with random training, or the stack that holds it. */
  candidate: z.string(),
  name: z.string(),
  patients: z.number().int(),
  /** Gain over baseline ANCOVA in the fold, one per seed. */
  gains: z.array(z.number()),
  /** SD of the gains over seeds. */
  gainStandardDeviation: z.number(),
  /** Root mean square over patients of the SD of a patient's prediction over seeds, analysis scale. */
  predictionStandardDeviation: z.number(),
});
export type SeedSpread = z.infer<typeof seedSpreadSchema>;

/** Whether the score is more than a sum of covariates that an ANCOVA could hold itself. */
export const collinearitySchema = z.object({
  ...at,
  /** Share of the score's variance that a regression on all covariates explains, out of fold. */
  scoreExplainedByCovariates: z.number(),
  /** Signed correlation of score and outcome given all covariates, cross-fitted as the partial correlation. */
  correlationBeyondCovariates: intervalEstimateSchema,
  sentence: z.string(),
});
export type Collinearity = z.infer<typeof collinearitySchema>;

/** What visits before randomisation would buy: figures after the first one or two planned visits. */
export const runInSchema = z.object({
  ...at,
  /** Number of run-in visits, the last of which takes the place of baseline. */
  runInVisits: z.number().int(),
  lastRunInVisitId: z.string(),
  patients: z.number().int(),
  /** 1 − SSE(twin)/SSE(ANCOVA on the last run-in value and strata). */
  gain: intervalEstimateSchema,
  /** Of twin and outcome given last run-in value and strata. */
  partialCorrelation: intervalEstimateSchema,
  gainClaimed: z.boolean(),
  /** For sizing a trial with this run-in. */
  variance: z.object({
    standardDeviation: z.number(),
    rSquaredAncova: intervalEstimateSchema,
    rSquaredWithScore: intervalEstimateSchema,
  }),
  /** The same patients without the run-in. */
  withoutRunIn: z.object({ rSquaredAncova: intervalEstimateSchema, rSquaredWithScore: intervalEstimateSchema }),
});
export type RunInAtVisit = z.infer<typeof runInSchema>;

/** Differences between studies that the twin does not foresee. */
export const driftSchema = z.object({
  ...at,
  studies: z.number().int(),
  /** Random-effects mean of observed − predicted over studies left out of training. */
  meanError: intervalEstimateSchema,
  /** Between-study SD of that error (DerSimonian–Laird), analysis scale. */
  betweenStudies: z.number(),
});
export type Drift = z.infer<typeof driftSchema>;
