import type { NetworkShape } from "./network-layout.ts";

/** Patients whose likelihood is maximised. N patients. */
export interface LikelihoodProblem {
  readonly shape: NetworkShape;
  /** [N × I]. */
  readonly inputs: Float64Array;
  /** [N × n] standardised; NaN = not observed. */
  readonly outcomes: Float64Array;
  /** [n × n] correlation R of the outcomes given the hidden units. */
  readonly correlation: Float64Array;
  /** [N] weight of a patient. */
  readonly patientWeights: Float64Array;
}

/** The likelihood of one problem, ready to be evaluated at any weights. */
export interface Likelihood {
  /**
   * Weighted sum of the exact log-densities of some patients.
   *
   * @param weights - Flat vector of the network (`networkLayout`).
   * @param rows - Positions of the patients.
   * @param gradient - Overwritten with the derivatives by the flat vector; null when not needed.
   */
  evaluate(weights: Float64Array, rows: Int32Array, gradient: Float64Array | null): number;
  /** Replaces R. */
  setCorrelation(correlation: Float64Array): void;
  /** Frees what the backend holds; nothing may be evaluated afterwards. */
  close(): void;
}

/**
 * Where the likelihood and its gradient are computed. The area is pure, so a backend that has to be loaded (TensorFlow.js)
 * is made outside and handed in; evaluation is synchronous.
 */
export interface NeuralBackend {
  /** Named in the parameters and on the model card, e.g. "tensorflow.js 4.22.0 wasm". */
  readonly name: string;
  open(problem: LikelihoodProblem): Likelihood;
}
