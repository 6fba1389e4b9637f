import type { JointColumns } from "./joint-columns.ts";
import { IDENTITY, logSlope, type OutcomeTransform, toWorking } from "./outcome-transform.ts";

/** Admissible values of an endpoint on the analysis scale; null where no bound is known. */
export interface EndpointBounds {
  readonly minimum: number | null;
  readonly maximum: number | null;
}

/** Distances of a logit's limits from the bounds, in parts of the range. */
const LOGIT_MARGINS = [0.02, 0.1];
/** Scales of the inverse hyperbolic sine in SDs, with its centre at the low end, the middle or the high end. */
const TAIL_SCALES = [0.3, 1];
const MIDDLE_SCALES = [1, 2];
const LOW_END = 0.01;
/** Log-likelihood that a transform must be ahead by to be tried at all. */
const LEAD = 3;

/**
 * The transform of an endpoint that makes its visits most nearly normal about a regression on baseline, by in-sample
 * likelihood with Jacobian; every candidate has the same number of estimated parameters. METHODS.md, equation (P25).
 *
 * @param columns - Training patients, analysis scale.
 * @param endpoint - Which.
 * @param bounds - Of the endpoint.
 * @returns The identity unless another leads it by three units of log-likelihood.
 */
export function likeliestTransform(columns: JointColumns, endpoint: number, bounds: EndpointBounds): OutcomeTransform {
  const D = columns.items.length;
  const own = columns.items.flatMap((item, j) => (item.kind === "course" && item.endpoint === endpoint ? [j] : []));
  const column = (j: number) => Float64Array.from({ length: columns.count }, (_, i) => columns.values[i * D + j]!);
  const baseline = own.find((j) => {
    const item = columns.items[j]!;
    return item.kind === "course" && item.day === 0;
  });
  const visits = own.filter((j) => j !== baseline).map(column);
  const start = baseline === undefined ? null : column(baseline);
  const all = [...(start === null ? [] : [start]), ...visits].flatMap((values) =>
    Array.from(values).filter((value) => !Number.isNaN(value)),
  );
  let best = IDENTITY;
  let highest = logLikelihood(IDENTITY, start, visits) + LEAD;
  for (const candidate of candidates(all, bounds)) {
    const score = logLikelihood(candidate, start, visits);
    if (score > highest) {
      highest = score;
      best = candidate;
    }
  }
  return best;
}

function candidates(values: readonly number[], { minimum, maximum }: EndpointBounds): OutcomeTransform[] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (probability: number) => sorted[Math.round(probability * (sorted.length - 1))]!;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const deviation = Math.sqrt(sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sorted.length);
  if (!(deviation > 0)) return [];
  const sinh = (centre: number, scales: readonly number[]) =>
    scales.map((scale): OutcomeTransform => ({ kind: "inverse-sinh", centre, scale: scale * deviation }));
  const found = [
    ...sinh(at(LOW_END), TAIL_SCALES),
    ...sinh(at(1 - LOW_END), TAIL_SCALES),
    ...sinh(at(0.5), MIDDLE_SCALES),
  ];
  if (minimum !== null && maximum !== null && maximum > minimum) {
    for (const margin of LOGIT_MARGINS) {
      const outside = margin * (maximum - minimum);
      found.push({ kind: "logit", lower: minimum - outside, upper: maximum + outside });
    }
  }
  return found;
}

/** Σ over visits of the profile log-likelihood of a regression of the transformed value on the transformed baseline. */
function logLikelihood(
  transform: OutcomeTransform,
  start: Float64Array | null,
  visits: readonly Float64Array[],
): number {
  let total = 0;
  for (const visit of visits) {
    let n = 0;
    let jacobian = 0;
    const sums = { x: 0, y: 0, xx: 0, xy: 0, yy: 0 };
    for (let i = 0; i < visit.length; i++) {
      const value = visit[i]!;
      const before = start === null ? 0 : start[i]!;
      if (Number.isNaN(value) || Number.isNaN(before)) continue;
      const x = start === null ? 0 : toWorking(transform, before);
      const y = toWorking(transform, value);
      n++;
      jacobian += logSlope(transform, value);
      sums.x += x;
      sums.y += y;
      sums.xx += x * x;
      sums.xy += x * y;
      sums.yy += y * y;
    }
    if (n < 3) continue;
    const sxx = sums.xx - (sums.x * sums.x) / n;
    const sxy = sums.xy - (sums.x * sums.y) / n;
    const rest = sums.yy - (sums.y * sums.y) / n - (sxx > 0 ? (sxy * sxy) / sxx : 0);
    if (rest > 0) total += jacobian - 0.5 * n * Math.log(rest / n);
  }
  return total;
}
