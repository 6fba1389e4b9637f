/**
 * Exact sum of finite doubles, kept as a list of parts whose mathematical sum is the sum of everything added.
 *
 * Rounding the whole list once gives a value that does not depend on the order or the grouping of the additions, so any
 * number of workers obtains the same bits.
 *
 * Source: Shewchuk (1997), Discrete Comput Geom 18:305–363 (grow-expansion); METHODS.md eq. (M10).
 */
export type ExactSum = number[];

/**
 * Adds a finite number to a sum, in place.
 *
 * @param parts - Non-overlapping parts in increasing magnitude; changed.
 * @param value - Finite number.
 */
export function addExactly(parts: ExactSum, value: number): void {
  let carried = value;
  let kept = 0;
  for (let i = 0; i < parts.length; i++) {
    let other = parts[i]!;
    if (Math.abs(carried) < Math.abs(other)) [carried, other] = [other, carried];
    const high = carried + other;
    const low = other - (high - carried);
    if (low !== 0) parts[kept++] = low;
    carried = high;
  }
  parts.length = kept;
  if (carried !== 0) parts.push(carried);
}

/** The sum, correctly rounded to the nearest double (ties to even). */
export function roundedSum(parts: readonly number[]): number {
  let i = parts.length - 1;
  if (i < 0) return 0;
  let high = parts[i]!;
  let low = 0;
  while (i > 0) {
    const before = high;
    const part = parts[--i]!;
    high = before + part;
    low = part - (high - before);
    if (low !== 0) break;
  }
  // Halfway between two doubles the smaller parts decide.
  if (i > 0 && ((low < 0 && parts[i - 1]! < 0) || (low > 0 && parts[i - 1]! > 0))) {
    const twice = 2 * low;
    const candidate = high + twice;
    if (twice === candidate - high) high = candidate;
  }
  return high;
}
