import { z } from "zod";
import { baselineFeatureSchema } from "../baseline-feature.ts";
import { MOST_HIDDEN_UNITS } from "./hidden-states.ts";
import { inputEncodingSchema } from "./input-encoding.ts";

/** One network of the mixture: the arrays of (N1), row-major, and the correlation R. */
export const neuralNetworkSchema = z.object({
  meanIntercept: z.array(z.number()),
  meanSlope: z.array(z.number()),
  unitIntercept: z.array(z.number()),
  unitSlope: z.array(z.number()),
  unitEffect: z.array(z.number()),
  logPrecisionIntercept: z.array(z.number()),
  logPrecisionSlope: z.array(z.number()),
  couplingIntercept: z.array(z.number()),
  couplingSlope: z.array(z.number()),
  /** [n × n] R. */
  correlation: z.array(z.number()),
});

export const neuralScheduleSchema = z.object({
  learningRate: z.number().positive(),
  weightDecay: z.number().nonnegative(),
  stepsPerEpoch: z.number().int().positive(),
  largestBatch: z.number().int().positive(),
  maximumEpochs: z.number().int().nonnegative(),
  patience: z.number().int().positive(),
});

/** Parameters of the neural Boltzmann machine; outcomes endpoint-major: e·V + v. */
export const neuralBoltzmannParametersSchema = z.object({
  kind: z.literal("neural-boltzmann"),
  features: z.array(baselineFeatureSchema),
  encoding: inputEncodingSchema,
  /** [n] outcomes enter as (y − centre)/unit: mean, and residual SD of the linear start. */
  outcomeCentre: z.array(z.number()),
  outcomeUnit: z.array(z.number().positive()),
  /** Hidden units in use; 0 when they did not improve the held-out likelihood. */
  hiddenUnits: z.number().int().min(0).max(MOST_HIDDEN_UNITS),
  hiddenUnitsTried: z.number().int().min(0).max(MOST_HIDDEN_UNITS),
  /** How the couplings began: small, or as two groups along the leading axis. */
  hiddenStart: z.enum(["none", "small", "two-groups"]),
  meanUnits: z.number().int().nonnegative(),
  /** Equally weighted. */
  networks: z.array(neuralNetworkSchema).min(1),
  schedule: neuralScheduleSchema,
  /** Passes kept and made, without and with hidden units. */
  epochs: z.object({
    gaussian: z.number().int(),
    gaussianRun: z.number().int(),
    hidden: z.number().int(),
    hiddenRun: z.number().int(),
  }),
  /** Mean held-out log-density of a patient (standardised outcomes) at the linear start and at the networks kept; null when none was held out. */
  heldOut: z.object({ linear: z.number(), gaussian: z.number(), final: z.number() }).nullable(),
  /** [n] factor ≥ 1 on the SD, from held-out residuals. */
  predictionInflation: z.array(z.number()),
  /** Prior weight of the Gaussian joint model that the networks begin from. */
  priorWeight: z.number(),
  patients: z.number().int(),
  /** Where training was computed. */
  backend: z.string(),
});
export type NeuralBoltzmannParameters = z.infer<typeof neuralBoltzmannParametersSchema>;
export type NeuralNetworkDocument = z.infer<typeof neuralNetworkSchema>;
