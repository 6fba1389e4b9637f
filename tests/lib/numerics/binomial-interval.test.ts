import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { binomialCdf, binomialUpperTail } from "../../../lib/numerics/binomial.ts";
import { clopperPearsonInterval, exactUpperLimit, wilsonInterval } from "../../../lib/numerics/binomial-interval.ts";

const counts = fc
  .integer({ min: 1, max: 20_000 })
  .chain((trials) => fc.tuple(fc.integer({ min: 0, max: trials }), fc.constant(trials)));

describe("Clopper–Pearson interval", () => {
  it("gives binom.test of R 4.2.2", () => {
    // binom.test(7, 50)$conf.int; binom.test(250, 10000)$conf.int
    const seven = clopperPearsonInterval(7, 50);
    expect(seven.lower).toBeCloseTo(0.058191700340372, 13);
    expect(seven.upper).toBeCloseTo(0.267396002497008, 13);
    const error = clopperPearsonInterval(250, 10_000);
    expect(error.lower).toBeCloseTo(0.022028967353281, 13);
    expect(error.upper).toBeCloseTo(0.028251857385923, 13);
  });

  it("puts half of the error into each tail, at every count", () => {
    fc.assert(
      fc.property(counts, ([successes, trials]) => {
        const { lower, upper } = clopperPearsonInterval(successes, trials);
        if (successes === 0) expect(lower).toBe(0);
        else expect(binomialUpperTail(successes - 1, trials, lower)).toBeCloseTo(0.025, 11);
        if (successes === trials) expect(upper).toBe(1);
        else expect(binomialCdf(successes, trials, upper)).toBeCloseTo(0.025, 11);
      }),
      { seed: 1 },
    );
  });

  it("is closed with no events: 1 − α^{1/n}", () => {
    expect(exactUpperLimit(0, 100)).toBeCloseTo(1 - 0.05 ** (1 / 100), 14);
    expect(clopperPearsonInterval(0, 100).upper).toBeCloseTo(1 - 0.025 ** (1 / 100), 14);
    expect(exactUpperLimit(5, 5)).toBe(1);
  });
});

describe("Wilson interval", () => {
  it("gives prop.test(7, 50, correct = FALSE) of R 4.2.2 and mirrors", () => {
    const { lower, upper } = wilsonInterval(7, 50);
    expect(lower).toBeCloseTo(0.069508334270163, 13);
    expect(upper).toBeCloseTo(0.261861937105855, 13);
    const mirrored = wilsonInterval(43, 50);
    expect(mirrored.lower).toBeCloseTo(1 - upper, 14);
    expect(mirrored.upper).toBeCloseTo(1 - lower, 14);
  });
});

it.each([
  [3, 2, 0.95],
  [-1, 2, 0.95],
  [1, 0, 0.95],
  [1, 2, 1],
  [0.5, 2, 0.9],
])("refuses %d of %d at %d", (successes, trials, confidence) => {
  for (const interval of [clopperPearsonInterval, exactUpperLimit, wilsonInterval]) {
    expect(() => interval(successes, trials, confidence)).toThrow(DomainError);
  }
});
