import { invalidInput } from "../../errors/domain-error.ts";
import { conditionalTable } from "./conditional-table.ts";
import { largestProbability, type OutcomeRegion } from "./nuisance-supremum.ts";
import { assertTwoByTwo, type TwoByTwo } from "./two-by-two.ts";

/**
 * What orders the tables of an unconditional exact test: the pooled or unpooled z (Barnard's test as Suissa & Shuster do it), or
 * Fisher's p-value (Boschloo), which is never less powerful than Fisher's test.
 */
export type UnconditionalOrdering = "pooled-z" | "unpooled-z" | "boschloo";

export interface UnconditionalExactTest {
  /** P(experimental arm as low, as high as observed, or more) at the worst common proportion. */
  readonly lowerPValue: number;
  readonly upperPValue: number;
  readonly twoSidedPValue: number;
  /** Common proportion at which the two-sided p-value is reached. */
  readonly worstProportion: number;
}

/** Most pairs of outcomes that are enumerated. */
const MOST_TABLES = 400_000;
/** Statistics this close are the same, up to rounding. */
const SAME = 1e-9;

/**
 * Unconditional exact test that two proportions are equal: the largest probability, over the common proportion, of tables at
 * least as extreme as the observed one. Its level never exceeds the nominal one (METHODS.md eq. (P16)).
 *
 * @throws DomainError INVALID_INPUT when the arms are too large to enumerate.
 *
 * Source: Barnard (1947), Biometrika 34:123–138; Boschloo (1970), Stat. Neerl. 24:1–35; Suissa & Shuster (1985), J. R. Stat.
 * Soc. A 148:317–327.
 */
export function unconditionalExactTest(table: TwoByTwo, ordering: UnconditionalOrdering): UnconditionalExactTest {
  assertTwoByTwo(table);
  const { experimentalEvents: a, experimentalTotal: m, controlEvents: c, controlTotal: n } = table;
  if ((m + 1) * (n + 1) > MOST_TABLES)
    throw invalidInput(
      "test",
      m + n,
      "is too large a number of patients for an unconditional exact test",
      "Use Fisher's exact test or a score test.",
    );
  const rank = ordering === "boschloo" ? fisherRanks(m, n) : zRanks(m, n, ordering);
  const observed = a * (n + 1) + c;
  const supremum = (values: Float64Array) => {
    const limit = values[observed]! - SAME * Math.max(1, Math.abs(values[observed]!));
    const region: OutcomeRegion = { m, n, inside: Uint8Array.from(values, (value) => (value >= limit ? 1 : 0)) };
    return largestProbability(region, (p) => p, 0, 1);
  };
  const twoSided = supremum(rank.twoSided);
  return {
    lowerPValue: supremum(rank.lower).probability,
    upperPValue: supremum(rank.upper).probability,
    twoSidedPValue: twoSided.probability,
    worstProportion: twoSided.proportion,
  };
}

/** How extreme each table is, row-major by experimental events; larger is more extreme. */
interface TableRanks {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly twoSided: Float64Array;
}

function zRanks(m: number, n: number, ordering: "pooled-z" | "unpooled-z"): TableRanks {
  const z = new Float64Array((m + 1) * (n + 1));
  for (let i = 0; i <= m; i++) {
    for (let j = 0; j <= n; j++) {
      const p1 = i / m;
      const p0 = j / n;
      const p = (i + j) / (m + n);
      const spread =
        ordering === "pooled-z" ? p * (1 - p) * (1 / m + 1 / n) : (p1 * (1 - p1)) / m + (p0 * (1 - p0)) / n;
      const difference = i * n - j * m;
      // Tables without any variance: no difference is no evidence, a full difference is the strongest.
      z[i * (n + 1) + j] =
        difference === 0 ? 0 : spread > 0 ? difference / (m * n) / Math.sqrt(spread) : Math.sign(difference) * 1e300;
    }
  }
  return { lower: z.map((value) => -value), upper: z, twoSided: z.map(Math.abs) };
}

/** Minus Fisher's p-values, on the log scale so that small ones stay apart. */
function fisherRanks(m: number, n: number): TableRanks {
  const size = (m + 1) * (n + 1);
  const lower = new Float64Array(size);
  const upper = new Float64Array(size);
  const twoSided = new Float64Array(size);
  for (let events = 0; events <= m + n; events++) {
    const { lowest, logDensity } = conditionalTable(m, n, events);
    const density = logDensity.map(Math.exp);
    const order = Array.from(density, (_, k) => k).sort((x, y) => density[x]! - density[y]!);
    const extreme = new Float64Array(density.length);
    // Equally likely tables, up to rounding, enter together.
    for (let from = 0, sum = 0; from < order.length; ) {
      let to = from;
      while (to < order.length && density[order[to]!]! <= density[order[from]!]! * (1 + 1e-7))
        sum += density[order[to++]!]!;
      for (let k = from; k < to; k++) extreme[order[k]!] = sum;
      from = to;
    }
    let below = 0;
    for (let k = 0; k < density.length; k++) {
      below += density[k]!;
      lower[(lowest + k) * (n + 1) + events - lowest - k] = -Math.log(Math.min(1, below));
      twoSided[(lowest + k) * (n + 1) + events - lowest - k] = -Math.log(Math.min(1, extreme[k]!));
    }
    let above = 0;
    for (let k = density.length - 1; k >= 0; k--) {
      above += density[k]!;
      upper[(lowest + k) * (n + 1) + events - lowest - k] = -Math.log(Math.min(1, above));
    }
  }
  return { lower, upper, twoSided };
}
