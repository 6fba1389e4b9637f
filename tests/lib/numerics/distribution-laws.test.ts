import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { betaCdf, betaQuantile, betaUpperQuantile, betaUpperTail } from "../../../lib/numerics/beta.ts";
import {
  binomialCdf,
  binomialDensity,
  binomialQuantile,
  binomialUpperQuantile,
  binomialUpperTail,
} from "../../../lib/numerics/binomial.ts";
import {
  chiSquareCdf,
  chiSquareQuantile,
  chiSquareUpperQuantile,
  chiSquareUpperTail,
} from "../../../lib/numerics/chi-square.ts";
import { fisherFCdf, fisherFQuantile, fisherFUpperQuantile, fisherFUpperTail } from "../../../lib/numerics/fisher-f.ts";
import { gammaCdf, gammaQuantile, gammaUpperQuantile, gammaUpperTail } from "../../../lib/numerics/gamma.ts";
import { negativeBinomialQuantile } from "../../../lib/numerics/negative-binomial.ts";
import { noncentralTCdf, noncentralTQuantile, noncentralTUpperTail } from "../../../lib/numerics/noncentral-t.ts";
import { normalCdf, normalQuantile } from "../../../lib/numerics/normal.ts";
import {
  studentTCdf,
  studentTQuantile,
  studentTUpperQuantile,
  studentTUpperTail,
} from "../../../lib/numerics/student-t.ts";

const logUniform = (low: number, high: number) =>
  fc.double({ min: Math.log(low), max: Math.log(high), noNaN: true }).map(Math.exp);
const probability = logUniform(1e-13, 0.9999);
const shape = logUniform(0.05, 1e5);

const close = (actual: number, expected: number, tolerance = 1e-9) =>
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(tolerance * Math.abs(expected));

/** Both tails take their own quantile back to the probability and add up to one. */
function expectInverse(
  p: number,
  family: {
    cdf: (x: number) => number;
    upper: (x: number) => number;
    quantile: (p: number) => number;
    upperQuantile: (p: number) => number;
  },
): void {
  const x = family.quantile(p);
  // A quantile that underflows, or rounds to the end of the support, has no neighbour to tell it from.
  if (x > 1e-290 && x < 1 - 1e-9) close(family.cdf(x), p);
  const y = family.upperQuantile(p);
  if (y > 1e-290 && y < 1e290 && Math.abs(y - 1) > 1e-9) close(family.upper(y), p, 1e-8);
  expect(Math.abs(family.cdf(x) + family.upper(x) - 1)).toBeLessThan(1e-12);
}

describe("quantiles invert their distributions, down to probabilities of 1e-13", () => {
  it("Student's t", () => {
    fc.assert(
      fc.property(probability, logUniform(0.2, 1e6), (p, df) => {
        close(studentTCdf(studentTQuantile(p, df), df), p);
        close(studentTUpperTail(studentTUpperQuantile(p, df), df), p);
        close(studentTQuantile(p, df), -studentTUpperQuantile(p, df), 1e-12);
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  it("Student's t of few degrees of freedom, where t² overflows", () => {
    // mpmath, 30 digits.
    close(studentTUpperQuantile(1e-300, 1.076), 2.26500114777977e278, 1e-12);
    close(studentTUpperTail(studentTUpperQuantile(1e-200, 0.7), 0.7), 1e-200, 1e-12);
    expect(studentTQuantile(1e-300, 0.66)).toBe(-Infinity);
  });

  it("beta", () => {
    fc.assert(
      fc.property(probability, shape, shape, (p, a, b) => {
        const x = betaQuantile(p, a, b);
        if (x > 1e-290 && x < 0.99) close(betaCdf(x, a, b), p);
        const y = betaUpperQuantile(p, a, b);
        if (y > 1e-290 && y < 0.99) close(betaUpperTail(y, a, b), p, 1e-8);
        expect(Math.abs(x - (1 - betaUpperQuantile(p, b, a)))).toBeLessThan(1e-12);
      }),
      { seed: 2, numRuns: 400 },
    );
  });

  it("F, chi-square and gamma", () => {
    fc.assert(
      fc.property(probability, shape, shape, (p, a, b) => {
        expectInverse(p, {
          cdf: (x) => fisherFCdf(x, a, b),
          upper: (x) => fisherFUpperTail(x, a, b),
          quantile: (q) => fisherFQuantile(q, a, b),
          upperQuantile: (q) => fisherFUpperQuantile(q, a, b),
        });
        expectInverse(p, {
          cdf: (x) => chiSquareCdf(x, a),
          upper: (x) => chiSquareUpperTail(x, a),
          quantile: (q) => chiSquareQuantile(q, a),
          upperQuantile: (q) => chiSquareUpperQuantile(q, a),
        });
        expectInverse(p, {
          cdf: (x) => gammaCdf(x, a, b),
          upper: (x) => gammaUpperTail(x, a, b),
          quantile: (q) => gammaQuantile(q, a, b),
          upperQuantile: (q) => gammaUpperQuantile(q, a, b),
        });
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("noncentral t, which also tends to the normal", () => {
    fc.assert(
      fc.property(probability, logUniform(1, 5000), fc.double({ min: -8, max: 12, noNaN: true }), (p, df, delta) => {
        const t = noncentralTQuantile(p, df, delta);
        close(noncentralTCdf(t, df, delta), p);
        expect(Math.abs(noncentralTCdf(t, df, delta) + noncentralTUpperTail(t, df, delta) - 1)).toBeLessThan(1e-12);
      }),
      { seed: 4, numRuns: 200 },
    );
    close(noncentralTCdf(1.3, 1e9, 0.4), normalCdf(0.9), 1e-8);
    expect(noncentralTCdf(1.3, Number.POSITIVE_INFINITY, 0.4)).toBe(normalCdf(0.9));
    close(noncentralTCdf(1.3, 12, 1e-12), studentTCdf(1.3, 12), 1e-11);
  });

  it("normal", () => {
    fc.assert(
      fc.property(logUniform(1e-300, 0.9999999), (p) => {
        close(normalCdf(normalQuantile(p)), p, 1e-12);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it("counts tell levels near 1 apart", () => {
    // mpmath: P(X > 9027) = 1.00000846e-9 and P(X > 9028) = 9.98e-10, on either side of 1 − level.
    expect(negativeBinomialQuantile(1 - 1e-9, 0.09427688375611767, 53.637003412493996)).toBe(9028);
  });

  it("binomial: the smallest count that reaches the level", () => {
    fc.assert(
      fc.property(
        probability,
        fc.integer({ min: 1, max: 3000 }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (p, n, prob) => {
          const k = binomialQuantile(p, n, prob);
          expect(binomialCdf(k, n, prob)).toBeGreaterThanOrEqual(p * (1 - 1e-13));
          if (k > 0) expect(binomialCdf(k - 1, n, prob)).toBeLessThan(p);
          const u = binomialUpperQuantile(p, n, prob);
          expect(binomialUpperTail(u, n, prob)).toBeLessThanOrEqual(p * (1 + 1e-13));
          if (u > 0) expect(binomialUpperTail(u - 1, n, prob)).toBeGreaterThan(p);
        },
      ),
      { seed: 6, numRuns: 300 },
    );
  });

  it("binomial probabilities add up to the cdf", () => {
    let sum = 0;
    for (let k = 0; k <= 40; k++) {
      sum += binomialDensity(k, 40, 0.37);
      close(binomialCdf(k, 40, 0.37), sum, 1e-12);
    }
  });
});

describe("noncentral t far from its centre", () => {
  /** P(T > t) by quadrature of the definition at 25 digits (mpmath). */
  it.each([
    [180, 0.5, 250, 0.8413767678218419],
    [250, 1, 283, 0.7423617582956847],
    [700, 10, 670, 0.4831253907365892],
    [2400, 100, 2011, 0.0103550669417072],
    [6500, 1000, 6330, 0.1230602674076812],
    [1e5, 2, 1e4, 0.00995016634785683],
  ])("P(T > %d) with %d degrees of freedom and noncentrality %d", (t, df, delta, expected) => {
    expect(Math.abs(noncentralTUpperTail(t, df, delta) / expected - 1)).toBeLessThan(1e-12);
  });

  it("answers at once for any noncentrality", () => {
    expect(noncentralTUpperTail(5, 0.5, 1e300)).toBe(1);
    expect(noncentralTUpperTail(5, 4, -1e300)).toBe(0);
    expect(noncentralTCdf(12.7, 0.5, 1e6)).toBe(0);
  });
});
