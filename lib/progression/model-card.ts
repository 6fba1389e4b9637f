import { z } from "zod";
import { curvatureSentences } from "./curvature-text.ts";
import {
  candidateSchema,
  collinearitySchema,
  driftSchema,
  runInSchema,
  seedSpreadSchema,
} from "./evaluation/candidate-document.ts";
import { eventCalibrationSchema } from "./event-model/event-document.ts";
import { eventLabel } from "./event-model/event-parameters.ts";
import { featureLabel } from "./feature-encoding.ts";
import { memberNames } from "./member-names.ts";
import { calibrationAtVisitSchema, evaluationSchema, type TrainedModel, trainingSpecSchema } from "./model-document.ts";
import { leftOutMembers, weightedMembers } from "./weighted-members.ts";

const DOUBLE_PRECISION = "double precision";

/** What a reader needs to judge a frozen model without opening its parameters. */
export const modelCardSchema = z.object({
  format: z.literal("understudy-model-card/1"),
  name: z.string(),
  modelHash: z.string(),
  dataHash: z.string(),
  engineVersion: z.string(),
  training: trainingSpecSchema,
  /** Sizes of what was trained on and what was held out. */
  split: z.object({
    patients: z.number().int(),
    folds: z.number().int(),
    repeats: z.number().int(),
    /** Patients in the smallest training part of a fold. */
    trainingPerFold: z.number().int(),
    bootstrapReplicates: z.number().int(),
    seed: z.number().int(),
  }),
  features: z.array(z.string()),
  /** Who makes the twins: the Gaussian joint model alone, or members with weights per endpoint. */
  members: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      /** What computed its training. */
      arithmetic: z.string(),
      /** Weight per endpoint. */
      weights: z.array(z.object({ endpointId: z.string(), weight: z.number() })),
    }),
  ),
  leftOut: z.array(z.object({ member: z.string(), reason: z.string() })),
  /** Hyper-parameters of the Gaussian joint model: pseudo-patients of the shrinkage, scales and curves with their evidence. */
  gaussianJoint: z.object({ priorWeight: z.number(), scalesAndCurves: z.array(z.string()) }),
  gain: evaluationSchema.shape.gain,
  coverage: evaluationSchema.shape.coverage,
  leaveOneStudyOut: evaluationSchema.shape.leaveOneStudyOut,
  verdicts: evaluationSchema.shape.verdicts,
  candidates: z.array(candidateSchema),
  collinearity: z.array(collinearitySchema),
  runIn: z.array(runInSchema),
  drift: z.array(driftSchema),
  /** What another seed changes; empty where no member draws at random. */
  seedSpread: z.array(seedSpreadSchema),
  calibration: z.array(calibrationAtVisitSchema),
  subgroups: evaluationSchema.shape.subgroups,
  /** Kinds of event learnt, penalties, and events out of fold; null when none was learnt. */
  events: z
    .object({
      kinds: z.array(z.object({ kind: z.string(), events: z.number().int(), penalty: z.number() })),
      calibration: eventCalibrationSchema.nullable(),
    })
    .nullable(),
  /** Where every quantity is defined. */
  methods: z.string(),
  diagnostics: z.array(z.string()),
});
export type ModelCard = z.infer<typeof modelCardSchema>;

/**
 * The card of a frozen model: provenance, members and weights, and every figure of its evaluation.
 *
 * @param model - As training froze it.
 */
export function modelCard(model: TrainedModel): ModelCard {
  const { training, evaluation, parameters } = model;
  const { folds, repeats, seed } = evaluation.scheme;
  return {
    format: "understudy-model-card/1",
    name: model.name,
    modelHash: model.hash,
    dataHash: model.dataHash,
    engineVersion: model.engineVersion,
    training,
    split: {
      patients: parameters.patients,
      folds,
      repeats,
      trainingPerFold: parameters.patients - Math.ceil(parameters.patients / folds),
      bootstrapReplicates: training.bootstrapReplicates,
      seed,
    },
    features: parameters.features.map((feature) => featureLabel(feature, model.endpoints, model.covariates)),
    members: weightedMembers(model).map(({ parameters: member, weights }) => ({
      kind: member.kind,
      name: memberNames[member.kind],
      arithmetic: member.kind === "neural-boltzmann" ? member.backend : DOUBLE_PRECISION,
      weights: model.endpoints.map(({ id }, e) => ({ endpointId: id, weight: weights[e]! })),
    })),
    leftOut: [...leftOutMembers(model)],
    gaussianJoint: {
      priorWeight: parameters.curved?.priorWeight ?? parameters.priorWeight,
      scalesAndCurves: curvatureSentences(parameters, model),
    },
    gain: evaluation.gain,
    coverage: evaluation.coverage,
    leaveOneStudyOut: evaluation.leaveOneStudyOut,
    verdicts: evaluation.verdicts,
    candidates: evaluation.candidates,
    collinearity: evaluation.collinearity,
    runIn: evaluation.runIn,
    drift: evaluation.drift,
    seedSpread: evaluation.seedSpread ?? [],
    calibration: evaluation.calibration,
    subgroups: evaluation.subgroups,
    events:
      model.events === undefined
        ? null
        : {
            kinds: model.events.parameters.kinds.map(({ event, events, penalty }) => ({
              kind: eventLabel(event),
              events,
              penalty,
            })),
            calibration: model.events.calibration,
          },
    methods: "lib/progression/METHODS.md and the METHODS.md of each member's folder",
    diagnostics: model.diagnostics.map(({ severity, message }) => `${severity}: ${message}`),
  };
}
