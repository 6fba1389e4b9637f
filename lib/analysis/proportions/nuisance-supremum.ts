import { logGamma } from "../../numerics/log-gamma.ts";

/** A set of outcomes of two binomials. */
export interface OutcomeRegion {
  readonly m: number;
  readonly n: number;
  /** 1 for the outcomes in the set, row-major by the first count; shape [(m + 1) · (n + 1)]. */
  readonly inside: Uint8Array;
}

const GRID = 160;
/** Local maxima within this share of the largest on the grid are refined. */
const CANDIDATE = 0.9;
const GOLDEN = (3 - Math.sqrt(5)) / 2;

/**
 * Largest probability of a set of outcomes over the control proportion, which is unknown (METHODS.md eq. (P16)): a grid that is
 * dense near the ends, then a golden-section search around every promising maximum.
 *
 * @param experimentalOf - Experimental proportion at a control proportion.
 * @param low - Smallest control proportion.
 * @param high - Largest control proportion.
 */
export function largestProbability(
  region: OutcomeRegion,
  experimentalOf: (control: number) => number,
  low: number,
  high: number,
): { readonly probability: number; readonly proportion: number } {
  const { m, n } = region;
  const chooseM = logChoose(m);
  const chooseN = logChoose(n);
  const first = new Float64Array(m + 1);
  const second = new Float64Array(n + 1);
  const probability = (control: number): number => {
    fillBinomial(first, chooseM, experimentalOf(control));
    fillBinomial(second, chooseN, control);
    let total = 0;
    for (let i = 0; i <= m; i++) {
      const weight = first[i]!;
      if (weight === 0) continue;
      let row = 0;
      const at = i * (n + 1);
      for (let j = 0; j <= n; j++) if (region.inside[at + j] === 1) row += second[j]!;
      total += weight * row;
    }
    return total;
  };
  const points = Array.from(
    { length: GRID + 1 },
    (_, k) => low + (high - low) * Math.sin((k * Math.PI) / (2 * GRID)) ** 2,
  );
  const values = points.map(probability);
  let best = { probability: 0, proportion: low };
  const largest = Math.max(...values);
  values.forEach((value, k) => {
    if (value > best.probability) best = { probability: value, proportion: points[k]! };
    const isPeak = value >= (values[k - 1] ?? -1) && value >= (values[k + 1] ?? -1);
    if (!isPeak || value < CANDIDATE * largest) return;
    const peak = goldenMaximum(probability, points[k - 1] ?? low, points[k + 1] ?? high);
    if (peak.probability > best.probability) best = peak;
  });
  return { probability: Math.min(1, best.probability), proportion: best.proportion };
}

function goldenMaximum(f: (x: number) => number, from: number, to: number) {
  let [a, b] = [from, to];
  let x = a + GOLDEN * (b - a);
  let y = b - GOLDEN * (b - a);
  let [fx, fy] = [f(x), f(y)];
  for (let k = 0; k < 45 && b - a > 1e-10; k++) {
    if (fx > fy) {
      [b, y, fy] = [y, x, fx];
      x = a + GOLDEN * (b - a);
      fx = f(x);
    } else {
      [a, x, fx] = [x, y, fy];
      y = b - GOLDEN * (b - a);
      fy = f(y);
    }
  }
  return fx > fy ? { probability: fx, proportion: x } : { probability: fy, proportion: y };
}

function logChoose(n: number): Float64Array {
  return Float64Array.from({ length: n + 1 }, (_, k) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1));
}

function fillBinomial(out: Float64Array, choose: Float64Array, p: number): void {
  const n = out.length - 1;
  if (!(p > 0 && p < 1)) {
    out.fill(0);
    out[p > 0 ? n : 0] = 1;
    return;
  }
  const [a, b] = [Math.log(p), Math.log1p(-p)];
  for (let k = 0; k <= n; k++) out[k] = Math.exp(choose[k]! + k * a + (n - k) * b);
}
