/**
 * Limits at which a rank statistic, a falling step function of the shift, passes two values (METHODS.md eq. (W7)).
 *
 * @param steps - Points at which the function can change, ascending.
 * @param value - The function, asked for between steps only.
 * @param target - Value passed.
 * @returns The step at which the function falls below the target; the first or last step when it never does.
 */
export function stepWhereBelow(steps: Float64Array, value: (shift: number) => number, target: number): number {
  const unique = distinct(steps);
  let low = 0;
  let high = unique.length;
  // Interval j lies above step j − 1 and below step j.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value(between(unique, middle)) > target) low = middle + 1;
    else high = middle;
  }
  return unique[Math.min(unique.length - 1, Math.max(0, low - 1))]!;
}

function distinct(sorted: Float64Array): Float64Array {
  let count = 0;
  const out = new Float64Array(sorted.length);
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) out[count++] = sorted[i]!;
  return out.subarray(0, count);
}

function between(steps: Float64Array, j: number): number {
  if (j === 0) return steps[0]! - 1;
  if (j === steps.length) return steps[j - 1]! + 1;
  return (steps[j - 1]! + steps[j]!) / 2;
}
