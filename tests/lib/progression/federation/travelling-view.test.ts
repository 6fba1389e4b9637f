import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng } from "../../../../lib/numerics/philox.ts";
import { patternStatistics } from "../../../../lib/progression/federation/pattern-statistics.ts";
import { travellingView } from "../../../../lib/progression/federation/travelling-view.ts";

/** Random values; the first column is a 0/1 indicator, the last mostly 0. */
function randomValues(n: number, D: number, missing: number, seed: number): Float64Array {
  const rng = createRng(seed);
  return Float64Array.from({ length: n * D }, (_, k) => {
    if (rng.uniform() < missing) return Number.NaN;
    if (k % D === 0) return rng.uniform() < 0.2 ? 1 : 0;
    return k % D === D - 1 && rng.uniform() < 0.9 ? 0 : rng.normal();
  });
}

const cases = fc.record({
  n: fc.integer({ min: 1, max: 80 }),
  D: fc.integer({ min: 2, max: 7 }),
  missing: fc.constantFrom(0, 0.02, 0.1, 0.4),
  minimum: fc.integer({ min: 3, max: 12 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

/** The view, or null where nothing may leave the site. */
function viewOf({ n, D, missing, minimum, seed }: typeof cases extends fc.Arbitrary<infer T> ? T : never) {
  const values = randomValues(n, D, missing, seed);
  try {
    return { values, view: travellingView(values, D, { minimum, patterns: "merge", levelGroups: [[0]] }) };
  } catch {
    return null;
  }
}

describe("what may leave a site", () => {
  it("no pattern has fewer patients than the minimum, so that no union and no difference of patterns has", () => {
    fc.assert(
      fc.property(cases, (given) => {
        const made = viewOf(given);
        if (made === null) return;
        const rows = made.view.cells.flatMap((cell) => cell.rows);
        expect(new Set(rows).size).toBe(rows.length);
        for (const cell of made.view.cells) expect(cell.rows.length).toBeGreaterThanOrEqual(given.minimum);
        for (const { patients } of patternStatistics(made.view, given.D))
          expect(patients).toBeGreaterThanOrEqual(given.minimum);
      }),
      { numRuns: 300, seed: 20260802 },
    );
  });

  it("in no column of a pattern do fewer patients than the minimum differ from the rest", () => {
    fc.assert(
      fc.property(cases, (given) => {
        const made = viewOf(given);
        if (made === null) return;
        const { D, minimum } = given;
        for (const { observed, rows } of made.view.cells) {
          if (observed.includes(0)) {
            const ones = rows.filter((i) => made.values[i * D] === 1).length;
            for (const count of [ones, rows.length - ones]) expect(count === 0 || count >= minimum).toBe(true);
          }
          if (observed.includes(D - 1)) {
            const zeros = rows.filter((i) => made.values[i * D + D - 1] === 0).length;
            const others = rows.length - zeros;
            if (zeros > rows.length / 2) expect(others === 0 || others >= minimum).toBe(true);
          }
        }
      }),
      { numRuns: 300, seed: 20260803 },
    );
  });

  it("values are left out, never changed or made up, and the losses are counted", () => {
    fc.assert(
      fc.property(cases, (given) => {
        const made = viewOf(given);
        if (made === null) return;
        let lost = 0;
        made.view.values.forEach((value, k) => {
          if (!Number.isNaN(value)) expect(value).toBe(made.values[k]);
          else if (!Number.isNaN(made.values[k]!)) lost++;
        });
        expect(made.view.leftOut.values).toBe(lost);
      }),
      { numRuns: 100, seed: 20260804 },
    );
  });

  it("a site that must not join patterns declines as soon as one is small", () => {
    const values = randomValues(40, 3, 0, 7);
    values[1] = Number.NaN;
    expect(() => travellingView(values, 3, { minimum: 5, patterns: "refuse", levelGroups: [] })).toThrow(
      /1 of 2 missing patterns|2 of 2 missing patterns/,
    );
    const few = randomValues(3, 3, 0, 8);
    expect(() => travellingView(few, 3, { minimum: 5, patterns: "merge", levelGroups: [] })).toThrow(
      /cannot take part/,
    );
  });
});
