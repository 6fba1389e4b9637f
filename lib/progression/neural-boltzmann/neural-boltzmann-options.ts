import { invalidInput } from "../../errors/domain-error.ts";
import type { TrainingSpec } from "../model-document.ts";
import { float64Backend } from "./float64-backend.ts";
import { MOST_HIDDEN_UNITS } from "./hidden-states.ts";
import type { NeuralBackend } from "./likelihood-backend.ts";
import { DEFAULT_NEURAL_SIZES, type NeuralSizes } from "./neural-sizes.ts";
import type { TrainingSchedule } from "./train-together.ts";

export interface NeuralBoltzmannOptions extends NeuralSizes {
  /** M: rectified units of the mean. */
  readonly meanUnits: number;
  readonly schedule: TrainingSchedule;
  /** Of the Gaussian joint model that the networks begin from. */
  readonly shrinkage: TrainingSpec["shrinkage"];
  /** Where likelihood and gradient are computed in training; opening and predicting need none. */
  readonly backend: NeuralBackend;
}

export const DEFAULT_NEURAL_OPTIONS: NeuralBoltzmannOptions = {
  ...DEFAULT_NEURAL_SIZES,
  meanUnits: 32,
  schedule: {
    learningRate: 0.005,
    weightDecay: 1,
    stepsPerEpoch: 8,
    largestBatch: 256,
    maximumEpochs: 200,
    patience: 120,
  },
  shrinkage: { kind: "chosen" },
  backend: float64Backend,
};

/**
 * Refuses sizes that no network can have.
 *
 * @throws DomainError INVALID_INPUT.
 */
export function checkNeuralOptions({ hiddenUnits, networks, meanUnits }: NeuralBoltzmannOptions): void {
  const check = (argument: string, value: number, least: number, most: number) => {
    if (Number.isInteger(value) && value >= least && value <= most) return;
    throw invalidInput(`options.${argument}`, value, `must be a whole number from ${least} to ${most}`);
  };
  check("hiddenUnits", hiddenUnits, 0, MOST_HIDDEN_UNITS);
  check("networks", networks, 1, 50);
  check("meanUnits", meanUnits, 0, 256);
}
