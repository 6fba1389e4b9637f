import { z } from "zod";
import { runInSchema } from "../../lib/progression/evaluation/candidate-document.ts";
import { intervalEstimateSchema } from "../../lib/trial/interval.ts";

const place = { endpointId: z.string(), visitId: z.string() };

/** Out-of-fold figures of one method at one endpoint and visit. */
export const methodAtVisitSchema = z.object({
  ...place,
  patients: z.number().int(),
  /** 1 − SSE/SSE(ANCOVA on baseline value and strata). */
  gain: intervalEstimateSchema,
  rmse: z.number(),
  /** What only a method with a law and a score has. */
  law: z
    .object({
      partialCorrelation: intervalEstimateSchema,
      coverage: z.array(z.object({ level: z.number(), coverage: intervalEstimateSchema })),
      crps: intervalEstimateSchema,
      /** 1 − CRPS/CRPS(ANCOVA on baseline value and strata). */
      crpsGain: intervalEstimateSchema,
      gainClaimed: z.boolean(),
    })
    .nullable(),
});
export type MethodAtVisit = z.infer<typeof methodAtVisitSchema>;

export const methodResultsSchema = z.object({
  id: z.string(),
  name: z.string(),
  group: z.enum(["null", "member", "stack", "software"]),
  visits: z.array(methodAtVisitSchema),
  /** Classifier two-sample test of whole trajectories. */
  endpoints: z.array(
    z.object({
      endpointId: z.string(),
      pairs: z.number().int(),
      area: intervalEstimateSchema,
      nullUpper: z.number(),
      pValue: z.number(),
    }),
  ),
});
export type MethodResults = z.infer<typeof methodResultsSchema>;

const leftOutStudySchema = z.object({
  ...place,
  methodId: z.string(),
  study: z.string(),
  patients: z.number().int(),
  gain: intervalEstimateSchema,
  meanError: intervalEstimateSchema,
});
export type LeftOutStudy = z.infer<typeof leftOutStudySchema>;

const named = z.object({ id: z.string(), label: z.string() });

/** Everything the report says about one data set; aggregates only. */
export const dataSetResultsSchema = z.object({
  format: z.literal("understudy-evidence/1"),
  id: z.string(),
  title: z.string(),
  description: z.string(),
  patients: z.number().int(),
  features: z.number().int(),
  folds: z.number().int(),
  endpoints: z.array(named.extend({ unit: z.string() })),
  visits: z.array(named),
  primary: z.object(place),
  methods: z.array(methodResultsSchema),
  /** Members that could not be trained, and why. */
  leftOut: z.array(z.string()),
  leaveOneStudyOut: z.array(leftOutStudySchema),
  runIn: z.array(runInSchema),
  software: z.object({ notes: z.array(z.string()), missing: z.array(z.string()) }),
});
export type DataSetResults = z.infer<typeof dataSetResultsSchema>;

export const temporalSplitSchema = z.object({
  format: z.literal("understudy-evidence-split/1"),
  trained: z.number().int(),
  rows: z.array(
    z.object({
      methodId: z.string(),
      name: z.string(),
      endpointId: z.string(),
      tested: z.number().int(),
      /** Of score and outcome given baseline, in the patients tested. */
      partialCorrelation: intervalEstimateSchema,
      gain: intervalEstimateSchema,
    }),
  ),
});
export type TemporalSplit = z.infer<typeof temporalSplitSchema>;

export const eventResultsSchema = z.object({
  format: z.literal("understudy-evidence-events/1"),
  patients: z.number().int(),
  events: z.number().int(),
  horizon: z.string(),
  /** Packages that are not installed. */
  missing: z.array(z.string()),
  calibration: z.array(
    z.object({
      kind: z.string(),
      visitId: z.string(),
      atRisk: z.number(),
      observed: z.number(),
      expected: z.number(),
      standardDeviation: z.number(),
    }),
  ),
  survival: z.array(
    z.object({
      name: z.string(),
      /** Null where everybody has the same chance. */
      concordance: intervalEstimateSchema.nullable(),
      brier: intervalEstimateSchema,
      /** 1 − Brier score / Brier score of the Kaplan–Meier estimate of the training folds. */
      brierGain: intervalEstimateSchema,
    }),
  ),
});
export type EventResults = z.infer<typeof eventResultsSchema>;

const truthRow = z.object({ quantity: z.string(), truth: z.number(), estimate: z.number(), standardError: z.number() });

export const knownLawSchema = z.object({
  format: z.literal("understudy-evidence-law/1"),
  trained: z.number().int(),
  tested: z.number().int(),
  recovery: z.array(truthRow),
  methods: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      visits: z.array(
        z.object({
          visitId: z.string(),
          gain: z.number(),
          gainError: z.number(),
          trueGain: z.number(),
          coverage: z.array(z.object({ level: z.number(), share: z.number() })),
        }),
      ),
    }),
  ),
});
export type KnownLawResults = z.infer<typeof knownLawSchema>;

export const noiseSchema = z.object({
  format: z.literal("understudy-evidence-noise/1"),
  patients: z.number().int(),
  settings: z.array(
    z.object({
      name: z.string(),
      repetitions: z.number().int(),
      /** Repetitions with a gain claimed at the last visit, and at any. */
      claimedAtLast: z.number().int(),
      claimedAnywhere: z.number().int(),
      meanGain: z.number(),
    }),
  ),
});
export type NoiseResults = z.infer<typeof noiseSchema>;
