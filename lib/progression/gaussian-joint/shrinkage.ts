/** What one item of z = (baseline features, outcomes) stands for. */
export type JointItem =
  /** A value of a followed variable: at baseline (day 0) or at a planned visit. */
  | { readonly kind: "course"; readonly endpoint: number; readonly day: number }
  /** Any other baseline characteristic. */
  | { readonly kind: "characteristic" };

/** Decays exp(−bΔ) tried over the whole follow-up, b from 0 (no decay) to 4 (1.8 % left). */
const DECAYS = Array.from({ length: 41 }, (_, k) => k / 10);
/** Largest correlation the target may hold: it must stay positive definite by itself. */
const LARGEST_CORRELATION = 0.98;

/**
 * Structured covariance towards which the joint covariance is shrunk.
 *
 * Variances are those of the reference. Values of followed variables e at day s and f at day t correlate by
 * B_ef [g_e g_f exp(−b|s − t|/T) + √(1 − g_e²) √(1 − g_f²) 1{s = t}], where B is the mean same-day correlation between the
 * variables, g_e² the part of variable e that persists, and b a common decay fitted by least squares to the reference's
 * within-variable correlations. Other baseline characteristics are uncorrelated with everything. METHODS.md, equation (P5).
 *
 * @param reference - [D × D] row-major covariance the structure is read from.
 * @param items - [D] meaning of each item.
 * @returns [D × D] row-major, positive definite: sums and elementwise products of positive semidefinite matrices with
 *   correlations capped at 0.98.
 */
export function structuredTarget(reference: Float64Array, items: readonly JointItem[]): Float64Array {
  const D = items.length;
  const deviation = Float64Array.from({ length: D }, (_, j) => Math.sqrt(reference[j * D + j]!));
  const correlation = (i: number, j: number) => reference[i * D + j]! / (deviation[i]! * deviation[j]!);
  const span = Math.max(1, ...items.map((item) => (item.kind === "course" ? item.day : 0)));
  const endpoints = 1 + Math.max(-1, ...items.map((item) => (item.kind === "course" ? item.endpoint : -1)));
  const { decay, persistence } = fitPersistence(items, endpoints, span, correlation);
  const between = betweenVariables(items, endpoints, correlation);
  const target = new Float64Array(D * D);
  for (let i = 0; i < D; i++) {
    target[i * D + i] = deviation[i]! ** 2;
    const a = items[i]!;
    if (a.kind !== "course") continue;
    for (let j = 0; j < i; j++) {
      const b = items[j]!;
      if (b.kind !== "course") continue;
      const pe = persistence[a.endpoint]!;
      const pf = persistence[b.endpoint]!;
      const lasting = Math.sqrt(pe * pf) * Math.exp((-decay * Math.abs(a.day - b.day)) / span);
      const passing = a.day === b.day ? Math.sqrt((1 - pe) * (1 - pf)) : 0;
      const value = between[a.endpoint * endpoints + b.endpoint]! * (lasting + passing) * deviation[i]! * deviation[j]!;
      target[i * D + j] = value;
      target[j * D + i] = value;
    }
  }
  return target;
}

/** Least squares of within-variable correlations on g_e² exp(−bΔ), b on a grid, g_e² in closed form. */
function fitPersistence(
  items: readonly JointItem[],
  endpoints: number,
  span: number,
  correlation: (i: number, j: number) => number,
): { decay: number; persistence: Float64Array } {
  const pairs: { endpoint: number; lag: number; value: number }[] = [];
  items.forEach((a, i) => {
    if (a.kind !== "course") return;
    items.slice(0, i).forEach((b, j) => {
      if (b.kind !== "course" || b.endpoint !== a.endpoint) return;
      pairs.push({ endpoint: a.endpoint, lag: Math.abs(a.day - b.day) / span, value: correlation(i, j) });
    });
  });
  let best = { decay: 0, persistence: new Float64Array(endpoints), loss: Number.POSITIVE_INFINITY };
  for (const decay of DECAYS) {
    const product = new Float64Array(endpoints);
    const square = new Float64Array(endpoints);
    for (const { endpoint, lag, value } of pairs) {
      const shape = Math.exp(-decay * lag);
      product[endpoint]! += value * shape;
      square[endpoint]! += shape * shape;
    }
    const persistence = product.map((sum, e) =>
      square[e]! > 0 ? Math.min(LARGEST_CORRELATION, Math.max(0, sum / square[e]!)) : 0,
    );
    let loss = 0;
    for (const { endpoint, lag, value } of pairs) {
      loss += (value - persistence[endpoint]! * Math.exp(-decay * lag)) ** 2;
    }
    if (loss < best.loss) best = { decay, persistence, loss };
  }
  return best;
}

/** [E × E] mean same-day correlation between followed variables over the days that all of them share. */
function betweenVariables(
  items: readonly JointItem[],
  endpoints: number,
  correlation: (i: number, j: number) => number,
): Float64Array {
  const positions = new Map<number, (number | undefined)[]>();
  items.forEach((item, i) => {
    if (item.kind !== "course") return;
    const atDay = positions.get(item.day) ?? new Array<number | undefined>(endpoints).fill(undefined);
    atDay[item.endpoint] = i;
    positions.set(item.day, atDay);
  });
  const between = new Float64Array(endpoints * endpoints);
  for (let e = 0; e < endpoints; e++) between[e * endpoints + e] = 1;
  // Only days with every variable: a mean of correlation matrices is positive semidefinite, a pairwise patchwork need not be.
  const shared = [...positions.values()].filter((atDay) => atDay.every((position) => position !== undefined));
  if (shared.length === 0) return between;
  for (let e = 0; e < endpoints; e++) {
    for (let f = 0; f < e; f++) {
      let sum = 0;
      for (const atDay of shared) sum += correlation(atDay[e]!, atDay[f]!);
      const value = (LARGEST_CORRELATION * sum) / shared.length;
      between[e * endpoints + f] = value;
      between[f * endpoints + e] = value;
    }
  }
  return between;
}
