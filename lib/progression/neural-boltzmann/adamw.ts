/** Settings of the optimiser. */
export interface AdamWSettings {
  readonly learningRate: number;
  /** Pull per step towards the anchor, as a share of the learning rate. */
  readonly weightDecay: number;
}

const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.999;
const FLOOR = 1e-8;

/** Adam with decoupled weight decay towards an anchor; moves one vector in place. METHODS.md, equation (N8). */
export interface AdamW {
  /** @param gradient - Of the objective to be made small; overwritten. */
  step(weights: Float64Array, gradient: Float64Array): void;
}

/** Linear change of coordinates in which Adam scales its steps. */
export interface StepBasis {
  /** Gradient by the weights → gradient by the coordinates, in place. */
  gradientToCoordinates(gradient: Float64Array): void;
  /** Step of the coordinates → step of the weights, in place. */
  stepToWeights(step: Float64Array): void;
}

/**
 * θ ← θ − η [ m̂/(√v̂ + 10⁻⁸) + λ(θ − θ₀) ] with bias-corrected moments m̂, v̂ (decays 0.9 and 0.999); m̂/√v̂ is formed in
 * the coordinates of the basis.
 *
 * The decay pulls towards the anchor θ₀, the linear start, not towards 0: what the data do not ask for stays linear.
 *
 * @param anchor - θ₀.
 * @param settings - Learning rate η and decay λ.
 * @param basis - Coordinates.
 *
 * Source: Kingma & Ba (2015); Loshchilov & Hutter (2019), "Decoupled weight decay regularization".
 */
export function createAdamW(anchor: Float64Array, settings: AdamWSettings, basis: StepBasis): AdamW {
  const first = new Float64Array(anchor.length);
  const second = new Float64Array(anchor.length);
  let steps = 0;
  return {
    step(weights, gradient) {
      steps++;
      const firstCorrection = 1 - FIRST_DECAY ** steps;
      const secondCorrection = 1 - SECOND_DECAY ** steps;
      basis.gradientToCoordinates(gradient);
      for (let k = 0; k < gradient.length; k++) {
        const slope = gradient[k]!;
        const m = FIRST_DECAY * first[k]! + (1 - FIRST_DECAY) * slope;
        const v = SECOND_DECAY * second[k]! + (1 - SECOND_DECAY) * slope * slope;
        first[k] = m;
        second[k] = v;
        gradient[k] = m / firstCorrection / (Math.sqrt(v / secondCorrection) + FLOOR);
      }
      basis.stepToWeights(gradient);
      const { learningRate, weightDecay } = settings;
      for (let k = 0; k < weights.length; k++) {
        weights[k]! -= learningRate * (gradient[k]! + weightDecay * (weights[k]! - anchor[k]!));
      }
    },
  };
}
