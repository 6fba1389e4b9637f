/** Ranks of a sample with what ties do to them. */
export interface Midranks {
  /** Ranks from 1, the mean of the tied ones, in the order of the values. */
  readonly ranks: Float64Array;
  /** Σ(t³ − t) over the groups of t equal values; 0 without ties. */
  readonly tieSum: number;
}

/** Ranks with ties sharing their mean (METHODS.md eq. (W1)). */
export function midranks(values: ArrayLike<number>): Midranks {
  const n = values.length;
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  order.sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(n);
  let tieSum = 0;
  for (let from = 0; from < n; ) {
    let to = from + 1;
    while (to < n && values[order[to]!]! === values[order[from]!]!) to++;
    const size = to - from;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + 1 + to) / 2;
    tieSum += size ** 3 - size;
    from = to;
  }
  return { ranks, tieSum };
}
