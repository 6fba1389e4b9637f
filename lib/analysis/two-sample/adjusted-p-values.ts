import { invalidInput } from "../../errors/domain-error.ts";

/** Adjustment for several tests; the first five control the family-wise error rate or the false discovery rate. */
export type PValueAdjustment =
  | "bonferroni"
  | "holm"
  | "hochberg"
  | "hommel"
  | "benjamini-hochberg"
  | "benjamini-yekutieli"
  | "none";

/**
 * p-values adjusted for multiplicity (METHODS.md eq. (W14)): a hypothesis is rejected at level α when its adjusted value
 * is at most α.
 *
 * @param pValues - In [0, 1], any order.
 * @param method - Bonferroni, Holm, Hochberg and Hommel control the family-wise error (Hochberg and Hommel under positive
 *   dependence), the others the false discovery rate.
 * @returns Adjusted values in the order given.
 *
 * Source: Holm (1979), Scand. J. Stat. 6:65–70; Hochberg (1988), Biometrika 75:800–802; Hommel (1988), Biometrika
 * 75:383–386 in Wright's (1992) form; Benjamini & Hochberg (1995); Benjamini & Yekutieli (2001).
 */
export function adjustPValues(pValues: readonly number[], method: PValueAdjustment): number[] {
  pValues.forEach((p, i) => {
    if (!(p >= 0 && p <= 1)) throw invalidInput(`pValues.${i}`, p, "must lie in 0 … 1");
  });
  const n = pValues.length;
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
  const sorted = order.map((i) => pValues[i]!);
  const adjusted = adjustSorted(sorted, method);
  const result = new Array<number>(n);
  order.forEach((original, rank) => {
    result[original] = adjusted[rank]!;
  });
  return result;
}

function adjustSorted(p: readonly number[], method: PValueAdjustment): number[] {
  const n = p.length;
  switch (method) {
    case "none":
      return [...p];
    case "bonferroni":
      return p.map((value) => Math.min(1, n * value));
    case "holm":
      return runningMaximum(p.map((value, i) => Math.min(1, (n - i) * value)));
    case "hochberg":
      return runningMinimum(p.map((value, i) => Math.min(1, (n - i) * value)));
    case "benjamini-hochberg":
      return runningMinimum(p.map((value, i) => Math.min(1, (n / (i + 1)) * value)));
    case "benjamini-yekutieli": {
      let harmonic = 0;
      for (let i = 1; i <= n; i++) harmonic += 1 / i;
      return runningMinimum(p.map((value, i) => Math.min(1, ((harmonic * n) / (i + 1)) * value)));
    }
    case "hommel":
      return hommel(p);
  }
}

function hommel(p: readonly number[]): number[] {
  const n = p.length;
  if (n === 0) return [];
  let start = Infinity;
  p.forEach((value, i) => {
    start = Math.min(start, (n * value) / (i + 1));
  });
  const q = new Array<number>(n).fill(start);
  const adjusted = new Array<number>(n).fill(start);
  for (let m = n - 1; m >= 2; m--) {
    const head = n - m + 1;
    let smallest = Infinity;
    for (let i = head; i < n; i++) smallest = Math.min(smallest, (m * p[i]!) / (2 + i - head));
    for (let i = 0; i < head; i++) q[i] = Math.min(m * p[i]!, smallest);
    for (let i = head; i < n; i++) q[i] = q[head - 1]!;
    for (let i = 0; i < n; i++) adjusted[i] = Math.max(adjusted[i]!, q[i]!);
  }
  return adjusted.map((value, i) => Math.max(value, p[i]!));
}

function runningMaximum(values: readonly number[]): number[] {
  let largest = 0;
  return values.map((value) => {
    largest = Math.max(largest, value);
    return largest;
  });
}

function runningMinimum(values: readonly number[]): number[] {
  let smallest = Infinity;
  return [...values]
    .reverse()
    .map((value) => {
      smallest = Math.min(smallest, value);
      return smallest;
    })
    .reverse();
}
