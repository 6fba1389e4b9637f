import type { Rng } from "../../numerics/rng.ts";

/** Random halves over which the figures are averaged. */
const SPLITS = 40;
/** More patients are thinned to these: the kernel matrix grows with the square. */
const MOST_PATIENTS = 400;

export interface MeanDiscrepancy {
  /** Patients in both halves together. */
  readonly patients: number;
  /** Mean over random halves of the squared discrepancy between observed courses of one half and drawn ones of the other. */
  readonly value: number;
  /** The same between the observed courses of both halves: what sampling alone gives, near 0. */
  readonly floor: number;
  /** 95 % quantile of the latter over the halves. */
  readonly floorUpper: number;
}

/**
 * Squared maximum mean discrepancy of observed and drawn courses, with the floor of observed against observed.
 * METHODS.md, equation (P31).
 *
 * @param observed - [n × p] columns of the observed courses, on scales of order 1.
 * @param drawn - [n × p] the same columns of drawn ones, same missing values.
 * @param count - n patients, at least 4.
 * @param rng - Thinning and halves.
 *
 * @remarks
 * Gaussian kernel exp(−|x − y|²/2h²), h the median distance of observed courses; unbiased estimator, two different halves of
 * the patients, so that a patient's drawn course is never compared with the same patient's observed one.
 *
 * Source: Gretton, Borgwardt, Rasch, Schölkopf & Smola (2012), J Mach Learn Res 13:723–773, eq. (3).
 */
export function meanDiscrepancy(observed: Float64Array, drawn: Float64Array, count: number, rng: Rng): MeanDiscrepancy {
  const p = observed.length / count;
  const chosen = shuffled(count, rng.fork("patients")).slice(0, MOST_PATIENTS);
  const n = chosen.length;
  const rows = new Float64Array(2 * n * p);
  chosen.forEach((patient, i) => {
    rows.set(observed.subarray(patient * p, (patient + 1) * p), i * p);
    rows.set(drawn.subarray(patient * p, (patient + 1) * p), (n + i) * p);
  });
  const kernel = kernelMatrix(rows, 2 * n, n, p);
  const halves = rng.fork("halves");
  const value = new Float64Array(SPLITS);
  const floor = new Float64Array(SPLITS);
  for (let split = 0; split < SPLITS; split++) {
    const order = shuffled(n, halves.fork(split));
    const first = order.slice(0, n >> 1);
    const second = order.slice(n >> 1);
    value[split] = discrepancy(
      kernel,
      2 * n,
      first,
      second.map((i) => n + i),
    );
    floor[split] = discrepancy(kernel, 2 * n, first, second);
  }
  const sorted = floor.slice().sort();
  return {
    patients: n,
    value: mean(value),
    floor: mean(floor),
    floorUpper: sorted[Math.ceil(0.95 * SPLITS) - 1]!,
  };
}

/** [m × m]; the bandwidth is the median distance among the first `reference` rows. */
function kernelMatrix(rows: Float64Array, m: number, reference: number, p: number): Float64Array {
  const squared = new Float64Array(m * m);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let a = 0; a < p; a++) sum += (rows[i * p + a]! - rows[j * p + a]!) ** 2;
      squared[i * m + j] = sum;
      squared[j * m + i] = sum;
    }
  }
  const distances: number[] = [];
  for (let i = 0; i < reference; i++) for (let j = 0; j < i; j++) distances.push(squared[i * m + j]!);
  distances.sort((a, b) => a - b);
  // Courses that are all alike have no distance; any bandwidth gives the same answer then.
  const bandwidth = distances[distances.length >> 1] || 1;
  return squared.map((distance) => Math.exp(-distance / (2 * bandwidth)));
}

function discrepancy(kernel: Float64Array, m: number, x: readonly number[], y: readonly number[]): number {
  const within = (rows: readonly number[]) => {
    let sum = 0;
    for (const i of rows) for (const j of rows) if (i !== j) sum += kernel[i * m + j]!;
    return sum / (rows.length * (rows.length - 1));
  };
  let across = 0;
  for (const i of x) for (const j of y) across += kernel[i * m + j]!;
  return within(x) + within(y) - (2 * across) / (x.length * y.length);
}

function shuffled(count: number, rng: Rng): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = rng.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
