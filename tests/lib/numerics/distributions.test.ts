import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as beta from "../../../lib/numerics/beta.ts";
import * as binomial from "../../../lib/numerics/binomial.ts";
import * as chiSquare from "../../../lib/numerics/chi-square.ts";
import * as fisherF from "../../../lib/numerics/fisher-f.ts";
import * as gamma from "../../../lib/numerics/gamma.ts";
import * as logGamma from "../../../lib/numerics/log-gamma.ts";
import * as multivariateNormal from "../../../lib/numerics/multivariate-normal.ts";
import * as negativeBinomial from "../../../lib/numerics/negative-binomial.ts";
import * as noncentralChiSquare from "../../../lib/numerics/noncentral-chi-square.ts";
import * as noncentralT from "../../../lib/numerics/noncentral-t.ts";
import * as normal from "../../../lib/numerics/normal.ts";
import * as poisson from "../../../lib/numerics/poisson.ts";
import * as studentT from "../../../lib/numerics/student-t.ts";
import * as studentizedRange from "../../../lib/numerics/studentized-range.ts";
import { repositoryPath } from "../../support/shared.ts";

interface Case {
  readonly id: string;
  readonly input: {
    readonly family: string;
    readonly params: Readonly<Record<string, number>>;
    readonly x: readonly number[];
    readonly p?: readonly number[];
    readonly p_upper_tail?: readonly number[];
  };
  readonly expected: Readonly<Record<string, readonly (number | string)[]>>;
}

interface Family {
  readonly density: (x: number) => number;
  readonly cdf: (x: number) => number;
  readonly upper: (x: number) => number;
  readonly quantile: (p: number) => number;
  readonly quantileUpper: (p: number) => number;
  /** Absolute rounding error of the reference's own lower quantile, where it is larger than 1e-10 of the value. */
  readonly referenceQuantileError?: number;
}

const reference = JSON.parse(readFileSync(repositoryPath("tests/reference/distributions.json"), "utf8")) as {
  cases: Case[];
};

function familyOf({ family, params }: Case["input"]): Family | null {
  const get = (name: string) => params[name]!;
  switch (family) {
    case "normal": {
      const standard = (x: number) => (x - get("mean")) / get("sd");
      return {
        density: (x) => normal.normalDensity(standard(x)) / get("sd"),
        cdf: (x) => normal.normalCdf(standard(x)),
        upper: (x) => normal.normalUpperTail(standard(x)),
        quantile: (p) => get("mean") + get("sd") * normal.normalQuantile(p),
        quantileUpper: (p) => get("mean") + get("sd") * normal.normalUpperQuantile(p),
      };
    }
    case "t":
      return {
        density: (x) => studentT.studentTDensity(x, get("df")),
        cdf: (x) => studentT.studentTCdf(x, get("df")),
        upper: (x) => studentT.studentTUpperTail(x, get("df")),
        quantile: (p) => studentT.studentTQuantile(p, get("df")),
        quantileUpper: (p) => studentT.studentTUpperQuantile(p, get("df")),
      };
    case "chisq":
      return {
        density: (x) => chiSquare.chiSquareDensity(x, get("df")),
        cdf: (x) => chiSquare.chiSquareCdf(x, get("df")),
        upper: (x) => chiSquare.chiSquareUpperTail(x, get("df")),
        quantile: (p) => chiSquare.chiSquareQuantile(p, get("df")),
        quantileUpper: (p) => chiSquare.chiSquareUpperQuantile(p, get("df")),
      };
    case "f":
      return {
        density: (x) => fisherF.fisherFDensity(x, get("df1"), get("df2")),
        cdf: (x) => fisherF.fisherFCdf(x, get("df1"), get("df2")),
        upper: (x) => fisherF.fisherFUpperTail(x, get("df1"), get("df2")),
        quantile: (p) => fisherF.fisherFQuantile(p, get("df1"), get("df2")),
        quantileUpper: (p) => fisherF.fisherFUpperQuantile(p, get("df1"), get("df2")),
        // R forms 1/q − 1 from a beta quantile q near 1; the same quantiles to 1e-11 are in high-precision.json.
        referenceQuantileError: (2 * Number.EPSILON * get("df2")) / get("df1"),
      };
    case "beta":
      return {
        density: (x) => beta.betaDensity(x, get("shape1"), get("shape2")),
        cdf: (x) => beta.betaCdf(x, get("shape1"), get("shape2")),
        upper: (x) => beta.betaUpperTail(x, get("shape1"), get("shape2")),
        quantile: (p) => beta.betaQuantile(p, get("shape1"), get("shape2")),
        quantileUpper: (p) => beta.betaUpperQuantile(p, get("shape1"), get("shape2")),
      };
    case "gamma":
      return {
        density: (x) => gamma.gammaDensity(x, get("shape"), get("rate")),
        cdf: (x) => gamma.gammaCdf(x, get("shape"), get("rate")),
        upper: (x) => gamma.gammaUpperTail(x, get("shape"), get("rate")),
        quantile: (p) => gamma.gammaQuantile(p, get("shape"), get("rate")),
        quantileUpper: (p) => gamma.gammaUpperQuantile(p, get("shape"), get("rate")),
      };
    case "binomial":
      return {
        density: (x) => binomial.binomialDensity(x, get("size"), get("prob")),
        cdf: (x) => binomial.binomialCdf(x, get("size"), get("prob")),
        upper: (x) => binomial.binomialUpperTail(x, get("size"), get("prob")),
        quantile: (p) => binomial.binomialQuantile(p, get("size"), get("prob")),
        quantileUpper: (p) => binomial.binomialUpperQuantile(p, get("size"), get("prob")),
      };
    case "poisson":
      return {
        density: (x) => poisson.poissonDensity(x, get("lambda")),
        cdf: (x) => poisson.poissonCdf(x, get("lambda")),
        upper: (x) => poisson.poissonUpperTail(x, get("lambda")),
        quantile: (p) => poisson.poissonQuantile(p, get("lambda")),
        quantileUpper: (p) => poisson.poissonUpperQuantile(p, get("lambda")),
      };
    case "negbinom":
      return {
        density: (x) => negativeBinomial.negativeBinomialDensity(x, get("size"), get("mu")),
        cdf: (x) => negativeBinomial.negativeBinomialCdf(x, get("size"), get("mu")),
        upper: (x) => negativeBinomial.negativeBinomialUpperTail(x, get("size"), get("mu")),
        quantile: (p) => negativeBinomial.negativeBinomialQuantile(p, get("size"), get("mu")),
        quantileUpper: (p) => negativeBinomial.negativeBinomialUpperQuantile(p, get("size"), get("mu")),
      };
    default:
      return null;
  }
}

/** What R's pt(ncp) is good for: tails below it come from a subtraction. Checked to 1e-11 in high-precision.json. */
const NONCENTRAL_REFERENCE_ERROR = 1e-12;

/** Relative error, with numbers below the normal range of doubles counted as equal. */
function relativeError(actual: number, expected: number): number {
  if (actual === expected) return 0;
  return Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-307);
}

function expectAll(
  xs: readonly number[],
  f: (x: number) => number,
  values: readonly (number | string)[] | undefined,
  tolerance: number,
  referenceError: number | ((x: number) => number) = 0,
) {
  if (values === undefined) throw new Error("no reference values");
  const wrong = xs
    .map((x, i) => ({ x, actual: f(x), expected: Number(values[i]) }))
    .filter(
      ({ x, actual, expected }) =>
        !(
          relativeError(actual, expected) <= tolerance ||
          Math.abs(actual - expected) <= (typeof referenceError === "number" ? referenceError : referenceError(x))
        ),
    );
  expect(wrong).toEqual([]);
}

describe("central distributions agree with R", () => {
  for (const item of reference.cases) {
    const family = familyOf(item.input);
    if (family === null) continue;
    it(item.id, () => {
      const { x, p = [], p_upper_tail = [] } = item.input;
      expectAll(x, family.density, item.expected.density, 1e-10);
      expectAll(x, family.cdf, item.expected.cdf, 1e-10);
      expectAll(x, family.upper, item.expected.upper_tail, 1e-10);
      expectAll(p, family.quantile, item.expected.quantile, 1e-10, family.referenceQuantileError);
      expectAll(p_upper_tail, family.quantileUpper, item.expected.quantile_upper, 1e-10);
    });
  }
});

describe("normal log cdf and error function agree with R", () => {
  for (const item of reference.cases) {
    if (item.input.family === "normal") {
      it(`log cdf of ${item.id}`, () => {
        const { mean, sd } = item.input.params;
        expectAll(item.input.x, (x) => normal.normalLogCdf((x - mean!) / sd!), item.expected.log_cdf, 1e-10);
      });
    }
    if (item.input.family === "erf") {
      it("erf and erfc", () => {
        expectAll(item.input.x, normal.erf, item.expected.erf, 1e-10, 1e-15);
        expectAll(item.input.x, normal.erfc, item.expected.erfc, 1e-10);
      });
    }
  }
});

describe("noncentral t agrees with R", () => {
  for (const item of reference.cases) {
    if (item.input.family !== "noncentral_t") continue;
    it(item.id, () => {
      const { x, p = [], params } = item.input;
      const df = params.df!;
      const ncp = params.ncp!;
      // R's density is df/|t| times the difference of two such tails.
      const densityError = (t: number) => (2 * NONCENTRAL_REFERENCE_ERROR * df) / Math.abs(t);
      expectAll(x, (t) => noncentralT.noncentralTCdf(t, df, ncp), item.expected.cdf, 1e-8, NONCENTRAL_REFERENCE_ERROR);
      expectAll(
        x,
        (t) => noncentralT.noncentralTUpperTail(t, df, ncp),
        item.expected.upper_tail,
        1e-8,
        NONCENTRAL_REFERENCE_ERROR,
      );
      expectAll(x, (t) => noncentralT.noncentralTDensity(t, df, ncp), item.expected.density, 1e-8, densityError);
      expectAll(p, (q) => noncentralT.noncentralTQuantile(q, df, ncp), item.expected.quantile, 1e-8);
    });
  }
});

describe("tails and large parameters agree with 30-digit arithmetic", () => {
  const precise = JSON.parse(readFileSync(repositoryPath("tests/reference/numerics/high-precision.json"), "utf8")) as {
    cases: { function: string; arguments: number[]; value: string }[];
  };
  const functions: Record<string, (...values: number[]) => number> = {
    ...studentT,
    ...beta,
    ...gamma,
    ...binomial,
    ...fisherF,
    ...noncentralT,
    ...normal,
    ...logGamma,
    ...noncentralChiSquare,
  };
  for (const name of new Set(precise.cases.map((item) => item.function))) {
    it(name, () => {
      const wrong = precise.cases
        .filter((item) => item.function === name)
        .map((item) => {
          const expected = Number(item.value);
          const actual = functions[name]!(...item.arguments);
          return { arguments: item.arguments, actual, expected, error: relativeError(actual, expected) };
        })
        .filter(({ error }) => !(error <= 1e-11));
      expect(wrong).toEqual([]);
    });
  }
});

describe("noncentral chi-square and F agree with R", () => {
  for (const item of reference.cases) {
    const { family, params, x } = item.input;
    const ncp = params.ncp!;
    if (family === "noncentral_chisq") {
      it(item.id, () => {
        const { noncentralChiSquareCdf, noncentralChiSquareDensity, noncentralChiSquareUpperTail } =
          noncentralChiSquare;
        expectAll(x, (v) => noncentralChiSquareCdf(v, params.df!, ncp), item.expected.cdf, 1e-10, 1e-11);
        // R's series stops early in the far tail; the same points are in high-precision.json.
        expectAll(x, (v) => noncentralChiSquareDensity(v, params.df!, ncp), item.expected.density, 1e-10, 1e-14);
        for (const v of x) {
          const sum = noncentralChiSquareCdf(v, params.df!, ncp) + noncentralChiSquareUpperTail(v, params.df!, ncp);
          expect(Math.abs(sum - 1)).toBeLessThan(1e-13);
        }
      });
    }
    if (family === "noncentral_f") {
      it(item.id, () => {
        const cdf = (v: number) => noncentralChiSquare.noncentralFCdf(v, params.df1!, params.df2!, ncp);
        // R's pnbeta stops at an error of 1e-9 (AS 226); exact values are in high-precision.json.
        expectAll(x, cdf, item.expected.cdf, 1e-10, 1e-9);
      });
    }
  }
});

describe("studentized range agrees with R", () => {
  for (const item of reference.cases) {
    if (item.input.family !== "tukey") continue;
    it(item.id, () => {
      const { params, p = [] } = item.input;
      const q = (item.input as unknown as { q: number[] }).q;
      const { studentizedRangeCdf, studentizedRangeQuantile } = studentizedRange;
      expectAll(q, (v) => studentizedRangeCdf(v, params.nmeans!, params.df!), item.expected.cdf, 1e-10);
      // qtukey stops at 1e-4 of the quantile; the inverse is checked against the cdf, which agrees above.
      const quantile = (v: number) => studentizedRangeQuantile(v, params.nmeans!, params.df!);
      expectAll(p, quantile, item.expected.quantile, 1e-4);
      expectAll(p, (v) => studentizedRangeCdf(quantile(v), params.nmeans!, params.df!), p, 1e-11);
    });
  }
});

describe("rectangle probabilities of the multivariate normal", () => {
  interface RectangleCase {
    readonly id: string;
    readonly input: {
      family: string;
      corr: number[][];
      lower: (number | string)[];
      upper: (number | string)[];
      mean: number[];
    };
    readonly expected: { prob: number; tol: number };
  }
  const numbers = (values: readonly (number | string)[]) =>
    Float64Array.from(values, (v) => (v === "Inf" ? Infinity : v === "-Inf" ? -Infinity : Number(v)));

  for (const item of reference.cases as unknown as RectangleCase[]) {
    if (item.input.family !== "mvnormal_rect") continue;
    it(`${item.id} agrees with R`, () => {
      const { corr, lower, upper, mean } = item.input;
      const args = [numbers(mean), numbers(corr.flat()), numbers(lower), numbers(upper)] as const;
      const result = multivariateNormal.multivariateNormalRectangle(...args);
      expect(result.converged).toBe(true);
      expect(Math.abs(result.value - item.expected.prob)).toBeLessThan(item.expected.tol);
      // The same rectangle with the variables in another order is no longer a chain and takes the lattice rule.
      const order = mean.map((_, i) => (i * 2 + 1) % mean.length);
      if (item.id.includes("k=3,rep=2")) {
        const turned = multivariateNormal.multivariateNormalRectangle(
          args[0],
          numbers(order.flatMap((i) => order.map((j) => corr[i]![j]!))),
          numbers(order.map((i) => lower[i]!)),
          numbers(order.map((i) => upper[i]!)),
          1e-6,
        );
        expect(Math.abs(turned.value - item.expected.prob)).toBeLessThan(2e-6);
      }
    });
  }

  it("knows orthants: ¼ + asin(ρ)/2π, and ⅛ + Σ asin(ρ)/4π", () => {
    const two = multivariateNormal.multivariateNormalRectangle(
      new Float64Array(2),
      Float64Array.of(1, 0.6, 0.6, 1),
      new Float64Array(2),
      new Float64Array(2).fill(Infinity),
    );
    expect(Math.abs(two.value - (0.25 + Math.asin(0.6) / (2 * Math.PI)))).toBeLessThan(1e-12);
    const three = multivariateNormal.multivariateNormalRectangle(
      Float64Array.of(1, 2, 3),
      Float64Array.of(4, 1, -0.8, 1, 1, 0.3, -0.8, 0.3, 1),
      Float64Array.of(1, 2, 3),
      new Float64Array(3).fill(Infinity),
    );
    const exact = 0.125 + (Math.asin(0.5) + Math.asin(-0.4) + Math.asin(0.3)) / (4 * Math.PI);
    expect(Math.abs(three.value - exact)).toBeLessThan(1e-6);
  });
});
