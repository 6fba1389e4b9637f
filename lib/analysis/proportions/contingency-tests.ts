import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { binomialCdf } from "../../numerics/binomial.ts";
import { chiSquareUpperTail } from "../../numerics/chi-square.ts";

/**
 * Pearson's chi-square test of independence in a table of counts (METHODS.md eq. (P18)).
 *
 * @param counts - Rows of whole numbers; at least 2 × 2, no empty row or column.
 * @returns Statistic, degrees of freedom, p-value and the smallest expected count.
 * @throws DomainError INVALID_INPUT for ragged or negative counts, NOT_ESTIMABLE for an empty row or column.
 *
 * Source: Pearson (1900), Phil. Mag. 50:157–175.
 */
export function chiSquareTest(counts: readonly (readonly number[])[]): {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  readonly smallestExpected: number;
} {
  const columns = counts[0]?.length ?? 0;
  if (counts.length < 2 || columns < 2)
    throw invalidInput("counts", counts.length, "must have at least 2 rows and columns");
  counts.forEach((row, i) => {
    if (row.length !== columns) throw invalidInput(`counts.${i}`, row.length, `must have ${columns} columns`);
    row.forEach((count, j) => {
      if (!Number.isInteger(count) || count < 0)
        throw invalidInput(`counts.${i}.${j}`, count, "must be a whole number of at least 0");
    });
  });
  const rowSums = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columnSums = Array.from({ length: columns }, (_, j) => counts.reduce((sum, row) => sum + row[j]!, 0));
  const total = rowSums.reduce((sum, count) => sum + count, 0);
  if ([...rowSums, ...columnSums].some((sum) => sum === 0))
    throw new DomainError("NOT_ESTIMABLE", {
      argument: "counts",
      received: total,
      requirement: "must have no empty row and no empty column",
      hint: "Leave out the category without patients.",
    });
  let statistic = 0;
  let smallestExpected = Infinity;
  counts.forEach((row, i) => {
    row.forEach((count, j) => {
      const expected = (rowSums[i]! * columnSums[j]!) / total;
      smallestExpected = Math.min(smallestExpected, expected);
      statistic += (count - expected) ** 2 / expected;
    });
  });
  const degreesOfFreedom = (counts.length - 1) * (columns - 1);
  return { statistic, degreesOfFreedom, pValue: chiSquareUpperTail(statistic, degreesOfFreedom), smallestExpected };
}

/**
 * McNemar's test of paired proportions from the two discordant counts (METHODS.md eq. (P19)).
 *
 * @param kind - `chi-square`, with Edwards' correction `chi-square-continuity`, or `exact` (binomial).
 *
 * Source: McNemar (1947), Psychometrika 12:153–157.
 */
export function mcNemarTest(
  first: number,
  second: number,
  kind: "chi-square" | "chi-square-continuity" | "exact",
): { readonly statistic: number | null; readonly pValue: number } {
  for (const [name, count] of [
    ["first", first],
    ["second", second],
  ] as const) {
    if (!Number.isInteger(count) || count < 0) throw invalidInput(name, count, "must be a whole number of at least 0");
  }
  const total = first + second;
  if (total === 0) return { statistic: kind === "exact" ? null : 0, pValue: 1 };
  if (kind === "exact")
    return { statistic: null, pValue: Math.min(1, 2 * binomialCdf(Math.min(first, second), total, 0.5)) };
  const difference = Math.max(0, Math.abs(first - second) - (kind === "chi-square-continuity" ? 1 : 0));
  const statistic = difference ** 2 / total;
  return { statistic, pValue: chiSquareUpperTail(statistic, 1) };
}
