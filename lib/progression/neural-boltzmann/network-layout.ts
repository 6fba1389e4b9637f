/** Sizes of one network: I inputs, n = E·V outcomes, H hidden units, M rectified units of the mean. */
export interface NetworkShape {
  readonly inputs: number;
  readonly outcomes: number;
  readonly hidden: number;
  readonly meanUnits: number;
}

/** One array of a network inside its flat vector of weights. */
export interface WeightBlock {
  readonly name: WeightName;
  readonly offset: number;
  readonly rows: number;
  readonly columns: number;
}

/** Arrays of a network, in the order of the flat vector. METHODS.md, equation (N1). */
export const WEIGHT_NAMES = [
  "meanIntercept",
  "meanSlope",
  "unitIntercept",
  "unitSlope",
  "unitEffect",
  "logPrecisionIntercept",
  "logPrecisionSlope",
  "couplingIntercept",
  "couplingSlope",
] as const;
export type WeightName = (typeof WEIGHT_NAMES)[number];

export interface NetworkLayout {
  readonly shape: NetworkShape;
  readonly blocks: Readonly<Record<WeightName, WeightBlock>>;
  /** Length of the flat vector. */
  readonly size: number;
}

/** Smallest and largest log-precision, in units of the residual variance of the linear start. METHODS.md, equation (N1). */
export const LOG_PRECISION_LIMIT = Math.log(1e3);

/**
 * Where each array of a network lies in the flat vector that the optimiser moves; all row-major.
 *
 * @param shape - Sizes.
 */
export function networkLayout(shape: NetworkShape): NetworkLayout {
  const { inputs: I, outcomes: n, hidden: H, meanUnits: M } = shape;
  const sizes: Record<WeightName, readonly [number, number]> = {
    meanIntercept: [n, 1],
    meanSlope: [n, I],
    unitIntercept: [M, 1],
    unitSlope: [M, I],
    unitEffect: [n, M],
    logPrecisionIntercept: [n, 1],
    logPrecisionSlope: [n, I],
    couplingIntercept: [n * H, 1],
    couplingSlope: [n * H, I],
  };
  let size = 0;
  const blocks = Object.fromEntries(
    WEIGHT_NAMES.map((name) => {
      const [rows, columns] = sizes[name];
      const block: WeightBlock = { name, offset: size, rows, columns };
      size += rows * columns;
      return [name, block];
    }),
  ) as Record<WeightName, WeightBlock>;
  return { shape, blocks, size };
}
