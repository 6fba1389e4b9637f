import { distanceToShow } from "./check-sizing-spec.ts";
import type { SizingAnalysis, SizingResult } from "./sizing-document.ts";

const ANALYSIS_NAME: Record<SizingAnalysis, string> = {
  unadjusted: "the unadjusted comparison of means",
  ancova: "analysis of covariance on the baseline value and the randomisation strata",
  "ancova-with-score":
    "analysis of covariance on the baseline value, the randomisation strata and the prognostic score",
};

const REFERENCES = [
  "Schuler A, Walsh D, Hall D, et al. Increasing the efficiency of randomized trial estimates via linear adjustment for a prognostic score. Int J Biostat 2022;18(2):329-356.",
  "European Medicines Agency. Qualification opinion for prognostic covariate adjustment (PROCOVA). September 2022.",
  "US Food and Drug Administration. Adjusting for covariates in randomized clinical trials for drugs and biological products: guidance for industry. May 2023.",
];

/**
 * The sample-size paragraph of a protocol, with every input, the formula, the rounding rule and the references.
 *
 * @param result - A sizing without its text.
 * @returns Plain text; paragraphs separated by a blank line.
 */
export function sizingProtocolText(result: Omit<SizingResult, "protocolText">): string {
  return [
    hypothesisSentence(result),
    runInSentence(result),
    inputSentence(result),
    ...result.rows.map(rowSentence),
    fallbackSentence(result),
    controlOnlySentence(result),
    rangeSentence(result),
    formulaSentence(result),
    "The score is a covariate of a randomised comparison: it does not replace randomised controls, and the type I error does not depend on the score being right.",
    `References: ${REFERENCES.map((reference, index) => `[${index + 1}] ${reference}`).join(" ")}`,
  ]
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}

function hypothesisSentence({ spec, twoSidedAlphaEquivalent }: Omit<SizingResult, "protocolText">): string {
  const margin = spec.margin.value;
  const alpha = `a one-sided significance level of ${number(spec.oneSidedAlpha.value)} (two-sided ${number(twoSidedAlphaEquivalent)})`;
  const power = `${percent(spec.power.value)} power`;
  const { endpoint, visit, unit } = spec.names ?? { endpoint: spec.endpointId, visit: spec.visitId, unit: "" };
  const effect = `a difference in ${endpoint} at ${visit}, experimental minus control, of ${number(spec.effect.value)}${unit === "" ? "" : ` ${unit}`}`;
  if (spec.hypothesis === "non-inferiority")
    return `The trial is to show, with ${power} at ${alpha}, that the experimental treatment is not worse than control by ${number(margin)} or more, expecting ${effect} (distance to show ${number(distanceToShow(spec))}).`;
  const excess =
    margin === 0
      ? ""
      : `, against the hypothesis that the benefit is ${number(margin)} or less (distance to show ${number(distanceToShow(spec))})`;
  return `The trial is to detect ${effect}${excess}, with ${power} at ${alpha}.`;
}

function runInSentence({ spec: { runIn } }: Omit<SizingResult, "protocolText">): string {
  if (runIn === undefined || runIn.visits === 0) return "";
  return `Patients are randomised after a run-in of ${runIn.visits} ${runIn.visits === 1 ? "visit" : "visits"}; the value at ${runIn.lastVisit}, the last before randomisation, takes the place of the baseline value, and ${runIn.treatedDays} days of treatment remain to the visit of the endpoint.`;
}

function inputSentence({ spec }: Omit<SizingResult, "protocolText">): string {
  const lambda = spec.correlationDeflation.value;
  const gamma = spec.controlSdInflation.value;
  return [
    `The standard deviation under control is taken as ${number(spec.standardDeviation.value)}`,
    `the randomisation ratio as ${number(spec.randomizationRatio.value)}:1 (experimental:control)`,
    `R² as ${number(spec.rSquaredAncova.value)} for analysis of covariance and ${number(spec.rSquaredWithScore.value)} with the prognostic score added`,
    lambda === 1
      ? "the correlations are not discounted (λ = 1)"
      : `every correlation is multiplied by λ = ${number(lambda)} in case the covariates predict less well in the trial`,
    gamma === 1
      ? "the control standard deviation is not inflated (γ = 1)"
      : `the control standard deviation is multiplied by γ = ${number(gamma)} in all analyses, adjusted or not`,
    `and ${percent(spec.dropout.value)} of the patients are expected to lack the endpoint.`,
  ].join("; ");
}

function rowSentence(row: SizingResult["rows"][number]): string {
  return `With ${ANALYSIS_NAME[row.analysis]} (planned R² ${number(row.discountedRSquared)}), ${row.experimental} experimental and ${row.control} control patients (${row.total} in all) with the endpoint give ${percent(row.power, 2)} power; ${row.enrolled.experimental} and ${row.enrolled.control} (${row.enrolled.total}) are to be randomised.`;
}

function fallbackSentence({ rows }: Omit<SizingResult, "protocolText">): string {
  const row = rows.find(({ analysis }) => analysis === "ancova-with-score")!;
  return `Should covariates and score explain nothing (R² = 0), the ${row.total} patients planned with the score would still have ${percent(row.powerAtZeroRSquared, 2)} power.`;
}

function controlOnlySentence({ controlOnly }: Omit<SizingResult, "protocolText">): string {
  const row = controlOnly.find(({ analysis }) => analysis === "ancova-with-score")!;
  if (row.control === null)
    return `With the experimental arm held at ${row.experimentalFixed} patients no control arm reaches the power with the score.`;
  return `With the experimental arm held at the ${row.experimentalFixed} patients of the analysis of covariance, ${row.control} control patients suffice with the score (${percent(row.power!, 2)} power; ${savingWords(row.savedVersusAncova!)} than with analysis of covariance).`;
}

function savingWords(saved: number): string {
  return saved >= 0 ? `${saved} fewer` : `${-saved} more`;
}

function rangeSentence({ range, spec }: Omit<SizingResult, "protocolText">): string {
  const limits = spec.rSquaredWithScoreLimits;
  if (range === null || limits === null) return "";
  return `At the 95 % limits of the score's partial correlation (R² with the score ${number(limits.lower)} to ${number(limits.upper)}) the total is ${range.totalAtLower} and ${range.totalAtUpper}.`;
}

function formulaSentence({ rows }: Omit<SizingResult, "protocolText">): string {
  const approximations = rows.map((row) => row.normalApproximationTotal.toFixed(1)).join(", ");
  return `Sizes are the smallest for which the one-sided t test has the stated power by the exact noncentral t distribution, with noncentrality δ / (σ √((1 − λ²R²)(1/n₁ + γ²/n₀))) and n₁ + n₀ − 2 − q degrees of freedom, q being the number of covariates; the solution is split by the randomisation ratio and each arm rounded up [1, 2, 3]. The normal approximation, which takes the variance as known, would give ${approximations}.`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function percent(value: number, digits = 1): string {
  return `${Number((100 * value).toFixed(digits))} %`;
}
