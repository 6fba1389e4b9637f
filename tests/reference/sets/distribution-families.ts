import * as beta from "../../../lib/numerics/beta.ts";
import * as binomial from "../../../lib/numerics/binomial.ts";
import * as chiSquare from "../../../lib/numerics/chi-square.ts";
import * as fisherF from "../../../lib/numerics/fisher-f.ts";
import * as gamma from "../../../lib/numerics/gamma.ts";
import * as negativeBinomial from "../../../lib/numerics/negative-binomial.ts";
import * as normal from "../../../lib/numerics/normal.ts";
import * as poisson from "../../../lib/numerics/poisson.ts";
import * as studentT from "../../../lib/numerics/student-t.ts";

/** The functions of a central distribution with its parameters fixed. */
export interface DistributionFamily {
  readonly density: (x: number) => number;
  readonly cdf: (x: number) => number;
  readonly upper: (x: number) => number;
  readonly quantile: (p: number) => number;
  readonly quantileUpper: (p: number) => number;
}

type Kernel = (value: number, first: number, second: number) => number;

/** Families of two or fewer parameters: names of the parameters and density, cdf, upper tail, quantile, upper quantile. */
const FAMILIES: Readonly<Record<string, { parameters: readonly string[]; kernels: readonly Kernel[] }>> = {
  t: {
    parameters: ["df"],
    kernels: [
      studentT.studentTDensity,
      studentT.studentTCdf,
      studentT.studentTUpperTail,
      studentT.studentTQuantile,
      studentT.studentTUpperQuantile,
    ],
  },
  chisq: {
    parameters: ["df"],
    kernels: [
      chiSquare.chiSquareDensity,
      chiSquare.chiSquareCdf,
      chiSquare.chiSquareUpperTail,
      chiSquare.chiSquareQuantile,
      chiSquare.chiSquareUpperQuantile,
    ],
  },
  f: {
    parameters: ["df1", "df2"],
    kernels: [
      fisherF.fisherFDensity,
      fisherF.fisherFCdf,
      fisherF.fisherFUpperTail,
      fisherF.fisherFQuantile,
      fisherF.fisherFUpperQuantile,
    ],
  },
  beta: {
    parameters: ["shape1", "shape2"],
    kernels: [beta.betaDensity, beta.betaCdf, beta.betaUpperTail, beta.betaQuantile, beta.betaUpperQuantile],
  },
  gamma: {
    parameters: ["shape", "rate"],
    kernels: [gamma.gammaDensity, gamma.gammaCdf, gamma.gammaUpperTail, gamma.gammaQuantile, gamma.gammaUpperQuantile],
  },
  binomial: {
    parameters: ["size", "prob"],
    kernels: [
      binomial.binomialDensity,
      binomial.binomialCdf,
      binomial.binomialUpperTail,
      binomial.binomialQuantile,
      binomial.binomialUpperQuantile,
    ],
  },
  poisson: {
    parameters: ["lambda"],
    kernels: [
      poisson.poissonDensity,
      poisson.poissonCdf,
      poisson.poissonUpperTail,
      poisson.poissonQuantile,
      poisson.poissonUpperQuantile,
    ],
  },
  negbinom: {
    parameters: ["size", "mu"],
    kernels: [
      negativeBinomial.negativeBinomialDensity,
      negativeBinomial.negativeBinomialCdf,
      negativeBinomial.negativeBinomialUpperTail,
      negativeBinomial.negativeBinomialQuantile,
      negativeBinomial.negativeBinomialUpperQuantile,
    ],
  },
};

/** The family of a case with its parameters; null for a name that is no central distribution. */
export function distributionFamily(
  name: string,
  parameters: Readonly<Record<string, number>>,
): DistributionFamily | null {
  if (name === "normal") return normalFamily(parameters.mean ?? 0, parameters.sd ?? 1);
  const found = FAMILIES[name];
  if (found === undefined) return null;
  const [first = Number.NaN, second = Number.NaN] = found.parameters.map((key) => parameters[key] ?? Number.NaN);
  const [density, cdf, upper, quantile, quantileUpper] = found.kernels.map(
    (kernel) => (value: number) => kernel(value, first, second),
  );
  return { density: density!, cdf: cdf!, upper: upper!, quantile: quantile!, quantileUpper: quantileUpper! };
}

function normalFamily(mean: number, sd: number): DistributionFamily {
  const standard = (x: number) => (x - mean) / sd;
  return {
    density: (x) => normal.normalDensity(standard(x)) / sd,
    cdf: (x) => normal.normalCdf(standard(x)),
    upper: (x) => normal.normalUpperTail(standard(x)),
    quantile: (p) => mean + sd * normal.normalQuantile(p),
    quantileUpper: (p) => mean + sd * normal.normalUpperQuantile(p),
  };
}
