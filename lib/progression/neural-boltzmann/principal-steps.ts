import { symmetricEigen } from "../../numerics/symmetric-eigen.ts";
import type { StepBasis } from "./adamw.ts";
import type { NetworkLayout, WeightBlock } from "./network-layout.ts";

/** Smallest eigenvalue of a correlation that is told apart from 0. */
const SMALLEST = 1e-8;

/**
 * Steps along the principal axes of the residuals: with R = QΛQᵀ, effects on the mean are QΛ/√λ₁ times their coordinates and
 * couplings QΛ^(−½) times theirs. METHODS.md, equation (N8).
 *
 * In coordinates QΛ^½ all residuals have variance 1; steps that are scaled weight by weight in the outcomes' own
 * coordinates would chase the noise of small contrasts between visits and miss what all visits have in common. The further
 * factor (Λ/λ₁)^½ lets the network leave the linear start first in what varies most.
 *
 * @param layout - Of the network.
 * @param correlation - [n × n] R of the start.
 */
export function principalSteps(layout: NetworkLayout, correlation: Float64Array): StepBasis {
  const { outcomes: n, hidden: H } = layout.shape;
  const { blocks } = layout;
  const { values, vectors } = symmetricEigen(correlation, n);
  const largest = Math.sqrt(values[0]!);
  const effect = new Float64Array(n * n);
  const coupling = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let c = 0; c < n; c++) {
      const root = Math.sqrt(Math.max(SMALLEST, values[c]!));
      effect[j * n + c] = (vectors[j * n + c]! * root * root) / largest;
      coupling[j * n + c] = vectors[j * n + c]! / root;
    }
  }
  const effects = [blocks.meanIntercept, blocks.meanSlope, blocks.unitEffect];
  const couplings = H === 0 ? [] : [blocks.couplingIntercept, blocks.couplingSlope];
  const scratch = new Float64Array(n);
  const apply = (into: Float64Array, transposed: boolean) => {
    for (const block of effects) multiplyOutcomes(effect, transposed, n, block, into, scratch);
    for (const block of couplings) multiplyOutcomes(coupling, transposed, n, block, into, scratch);
  };
  return {
    gradientToCoordinates: (gradient) => apply(gradient, true),
    stepToWeights: (step) => apply(step, false),
  };
}

/** Multiplies a block, seen as n rows, by the matrix or its transpose from the left. */
function multiplyOutcomes(
  matrix: Float64Array,
  transposed: boolean,
  n: number,
  block: WeightBlock,
  into: Float64Array,
  scratch: Float64Array,
): void {
  const width = (block.rows * block.columns) / n;
  for (let column = 0; column < width; column++) {
    for (let a = 0; a < n; a++) {
      let sum = 0;
      for (let b = 0; b < n; b++) {
        sum += (transposed ? matrix[b * n + a]! : matrix[a * n + b]!) * into[block.offset + b * width + column]!;
      }
      scratch[a] = sum;
    }
    for (let a = 0; a < n; a++) into[block.offset + a * width + column] = scratch[a]!;
  }
}
