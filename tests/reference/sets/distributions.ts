import { z } from "zod";
import { betaLogCdf } from "../../../lib/numerics/beta.ts";
import { gammaLogCdf } from "../../../lib/numerics/gamma.ts";
import { multivariateNormalRectangle } from "../../../lib/numerics/multivariate-normal.ts";
import * as noncentralChiSquare from "../../../lib/numerics/noncentral-chi-square.ts";
import * as noncentralT from "../../../lib/numerics/noncentral-t.ts";
import { erf, erfc, normalLogCdf } from "../../../lib/numerics/normal.ts";
import { studentTLogCdf } from "../../../lib/numerics/student-t.ts";
import { studentizedRangeCdf, studentizedRangeQuantile } from "../../../lib/numerics/studentized-range.ts";
import type { ReferenceLeaf, ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";
import { distributionFamily } from "./distribution-families.ts";
import { inputOf, numbersSchema } from "./gs-rpact.ts";

const limitsSchema = z.array(z.union([z.number(), z.literal("Inf"), z.literal("-Inf")]));

const inputSchema = z.object({
  family: z.string(),
  params: z.union([z.record(z.string(), z.number()), z.array(z.never()).transform(() => ({}))]),
  x: numbersSchema.default([]),
  q: numbersSchema.default([]),
  p: numbersSchema.default([]),
  p_upper_tail: numbersSchema.default([]),
  corr: z.array(z.array(z.number())).optional(),
  lower: limitsSchema.optional(),
  upper: limitsSchema.optional(),
  mean: z.array(z.number()).optional(),
});

type Input = z.infer<typeof inputSchema>;

/** What R's pt(ncp) is good for: tails below it come from a subtraction. Checked to 1e-11 in high-precision.json. */
const NONCENTRAL_T_ERROR = 1e-12;

/** Densities, distribution functions, tails, quantiles and normal rectangles as R computes them. */
export const distributionsSet: ReferenceSet = {
  files: /^distributions/,
  tolerance: (leaf) => {
    const { rate, floor } = accuracyOf(leaf);
    // Numbers below the normal range of doubles count as equal.
    return Math.max(rate * Math.abs(leaf.expected), floor, 1e-307);
  },
  notCompared: [{ path: /^tol$/, reason: "the tolerance of the case, not a result" }],
  evaluate: (item) => {
    const input = inputOf(item, inputSchema);
    const params: Readonly<Record<string, number>> = input.params;
    const family = distributionFamily(input.family, params);
    if (family !== null)
      return {
        density: input.x.map(family.density),
        cdf: input.x.map(family.cdf),
        upper_tail: input.x.map(family.upper),
        log_cdf: input.x.map((x) => logCdf(input, x, family.cdf(x), family.upper(x))),
        quantile: input.p.map(family.quantile),
        quantile_upper: input.p_upper_tail.map(family.quantileUpper),
      };
    const at = (name: string) => params[name] ?? Number.NaN;
    switch (input.family) {
      case "erf":
        return { erf: input.x.map(erf), erfc: input.x.map(erfc) };
      case "noncentral_t":
        return {
          cdf: input.x.map((x) => noncentralT.noncentralTCdf(x, at("df"), at("ncp"))),
          upper_tail: input.x.map((x) => noncentralT.noncentralTUpperTail(x, at("df"), at("ncp"))),
          density: input.x.map((x) => noncentralT.noncentralTDensity(x, at("df"), at("ncp"))),
          quantile: input.p.map((p) => noncentralT.noncentralTQuantile(p, at("df"), at("ncp"))),
        };
      case "noncentral_chisq":
        return {
          cdf: input.x.map((x) => noncentralChiSquare.noncentralChiSquareCdf(x, at("df"), at("ncp"))),
          density: input.x.map((x) => noncentralChiSquare.noncentralChiSquareDensity(x, at("df"), at("ncp"))),
        };
      case "noncentral_f":
        return { cdf: input.x.map((x) => noncentralChiSquare.noncentralFCdf(x, at("df1"), at("df2"), at("ncp"))) };
      case "tukey":
        return {
          cdf: input.q.map((q) => studentizedRangeCdf(q, at("nmeans"), at("df"))),
          quantile: input.p.map((p) => studentizedRangeQuantile(p, at("nmeans"), at("df"))),
        };
      case "mvnormal_rect":
        return rectangle(input, item.id);
      default:
        throw new UnknownCaseError(`unknown distribution ${input.family}`);
    }
  },
};

/** Logarithm of a distribution function, by its own kernel where the probability can underflow. */
function logCdf({ family, params }: Input, x: number, cdf: number, upper: number): number {
  const given: Readonly<Record<string, number>> = params;
  const at = (name: string) => given[name] ?? Number.NaN;
  switch (family) {
    case "normal":
      return normalLogCdf((x - at("mean")) / at("sd"));
    case "t":
      return studentTLogCdf(x, at("df"));
    case "beta":
      return betaLogCdf(x, at("shape1"), at("shape2"));
    case "gamma":
      return gammaLogCdf(x, at("shape"), at("rate"));
    case "chisq":
      return gammaLogCdf(x, at("df") / 2, 0.5);
    default:
      return upper < 0.5 ? Math.log1p(-upper) : Math.log(cdf);
  }
}

function rectangle({ corr, lower, upper, mean }: Input, id: string) {
  if (!corr || !lower || !upper || !mean) throw new UnknownCaseError(`${id}: a rectangle without its limits`);
  const limits = (values: readonly (number | string)[]) =>
    Float64Array.from(values, (value) => (value === "Inf" ? Infinity : value === "-Inf" ? -Infinity : Number(value)));
  const result = multivariateNormalRectangle(
    Float64Array.from(mean),
    Float64Array.from(corr.flat()),
    limits(lower),
    limits(upper),
  );
  return { prob: result.value };
}

/** Relative tolerance, and the absolute error that R's own algorithm has where it is larger. */
function accuracyOf({ path, item, expectedAt }: ReferenceLeaf): { rate: number; floor: number } {
  const { family, params, x } = inputSchema.parse(item.input);
  const [what = "", index = "0"] = path.split(".");
  const given: Readonly<Record<string, number>> = params;
  switch (family) {
    case "f":
      // R forms 1/q − 1 from a beta quantile q near 1; the same quantiles to 1e-11 are in high-precision.json.
      return { rate: 1e-10, floor: what === "quantile" ? (2 * Number.EPSILON * given.df2!) / given.df1! : 0 };
    case "noncentral_t": {
      // R's density is df/|t| times the difference of two such tails.
      const density = (2 * NONCENTRAL_T_ERROR * given.df!) / Math.abs(x[Number(index)]!);
      return { rate: 1e-8, floor: what === "density" ? density : what === "quantile" ? 0 : NONCENTRAL_T_ERROR };
    }
    case "noncentral_chisq":
      // R's series stops early in the far tail; the same points are in high-precision.json.
      return { rate: 1e-10, floor: what === "density" ? 1e-14 : 1e-11 };
    case "noncentral_f":
      // R's pnbeta stops at an error of 1e-9 (AS 226); exact values are in high-precision.json.
      return { rate: 1e-10, floor: 1e-9 };
    case "tukey":
      // qtukey stops at 1e-4 of the quantile; the distribution function has no such slack.
      return { rate: what === "quantile" ? 1e-4 : 1e-10, floor: 0 };
    case "erf":
      return { rate: 1e-10, floor: what === "erf" ? 1e-15 : 0 };
    case "mvnormal_rect":
      return { rate: 0, floor: Number(expectedAt("tol") ?? 1e-7) };
    default:
      return { rate: 1e-10, floor: 0 };
  }
}
