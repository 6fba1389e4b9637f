import { type AnalysisSpec, analysisSpecSchema } from "../../lib/trial-analysis/analysis-spec.ts";
import { BINARY_LAWS } from "./binary-laws.ts";
import type { CalibrationFamily, CalibrationMethod, Estimand } from "./calibration-setting.ts";
import { COMPLETE_LAWS, DROPOUT_LAWS } from "./continuous-laws.ts";
import { COUNT_LAWS } from "./count-laws.ts";
import { HORIZON, SURVIVAL_LAWS } from "./survival-laws.ts";

const AT = { endpoint: "scale", visit: "month3" };
const VARIANCES = ["model", "HC0", "HC1", "HC2", "HC3", "HC4"];

const method = (title: string, estimand: Estimand, spec: object): CalibrationMethod => ({
  title,
  estimand,
  spec: parsed(spec),
});

function parsed(spec: object): AnalysisSpec {
  return analysisSpecSchema.parse(spec);
}

function ancovaMethods(): CalibrationMethod[] {
  const forms: readonly (readonly [string, object, readonly string[]])[] = [
    ["ANCOVA, baseline and age", { covariates: ["age"] }, VARIANCES],
    ["PROCOVA, score, baseline and age", { covariates: ["age"], score: true }, VARIANCES],
    ["ANCOVA with interaction", { covariates: ["age"], interaction: "arm-by-covariate" }, VARIANCES],
    ["PROCOVA with interaction", { covariates: ["age"], score: true, interaction: "arm-by-covariate" }, VARIANCES],
    ["Weighted PROCOVA", { covariates: ["age"], score: true, weights: "twin-variance" }, VARIANCES],
  ];
  return forms.flatMap(([title, fields, variances]) =>
    variances.map((varianceEstimator) =>
      method(`${title}, ${varianceEstimator}`, "difference", { method: "ancova", ...AT, ...fields, varianceEstimator }),
    ),
  );
}

function twoSampleMethods(): CalibrationMethod[] {
  const test = (title: string, name: string) =>
    method(title, "difference", { method: "two-sample-test", ...AT, test: name });
  return [
    test("Welch t test of change", "welch-t"),
    test("Pooled t test of change", "pooled-t"),
    { ...test("Wilcoxon, exact", "rank-sum-exact"), onlySmall: true },
    test("Wilcoxon, normal", "rank-sum-normal"),
    test("Wilcoxon, normal with continuity", "rank-sum-normal-continuity"),
  ];
}

function mmrmMethods(): CalibrationMethod[] {
  const mmrm = (title: string, fields: object) =>
    method(`MMRM, ${title}`, "difference", { method: "mmrm", endpoint: "scale", covariates: ["age"], ...fields });
  const modelBased = [
    ["Satterthwaite", "satterthwaite"],
    ["Kenward–Roger", "kenward-roger"],
    ["Kenward–Roger linear", "kenward-roger-linear"],
    ["between-within df", "between-within"],
    ["residual df", "residual"],
  ].map(([title, degreesOfFreedom]) => mmrm(title!, { degreesOfFreedom }));
  const empirical = [
    ["CR0", "empirical"],
    ["CR2", "empirical-bias-reduced"],
    ["CR3", "empirical-jackknife"],
  ].flatMap(([title, covariance]) => [
    mmrm(`${title}, Satterthwaite`, { covariance }),
    mmrm(`${title}, between-within df`, { covariance, degreesOfFreedom: "between-within" }),
  ]);
  return [...modelBased, ...empirical];
}

function slopeMethods(): CalibrationMethod[] {
  return [
    ["Satterthwaite", "satterthwaite"],
    ["Kenward–Roger", "kenward-roger"],
    ["between-within df", "between-within"],
    ["normal", "normal"],
  ].map(([title, degreesOfFreedom]) =>
    method(`Random slopes, ${title}`, "difference", { method: "mixed-model", endpoint: "scale", degreesOfFreedom }),
  );
}

function imputationMethods(): CalibrationMethod[] {
  return ["MAR", "JR"].flatMap((strategy) => [
    method(`${strategy}, conditional mean, jackknife`, "difference", {
      method: "multiple-imputation",
      ...AT,
      strategy,
    }),
    method(`${strategy}, approximate Bayes, 40 imputations, Rubin`, "difference", {
      method: "multiple-imputation",
      ...AT,
      strategy,
      inference: { kind: "approximate-bayes", imputations: 40 },
    }),
  ]);
}

const RESPONSE = { kind: "threshold", endpoint: "response", visit: "end", comparison: ">=", threshold: 0.5 };

function binaryMethods(): CalibrationMethod[] {
  const standardised = [
    ["risk-difference", "risk-difference"],
    ["risk-ratio", "log-risk-ratio"],
    ["odds-ratio", "log-odds-ratio"],
  ].flatMap(([measure, estimand]) =>
    (measure === "risk-difference"
      ? ["ye", "ye-direct", "ge-model-based", "ge-HC0", "ge-HC1", "ge-HC2", "ge-HC3"]
      : ["ye", "ge-model-based", "ge-HC0", "ge-HC3"]
    ).map((variance) =>
      method(`Logistic, standardised ${measure!.replace("-", " ")}, ${variance}`, estimand as Estimand, {
        method: "binary-regression",
        outcome: RESPONSE,
        covariates: ["risk"],
        measure,
        variance,
      }),
    ),
  );
  const conditional = [
    ["maximum likelihood, model-based", "maximum-likelihood", "ye"],
    ["maximum likelihood, HC0", "maximum-likelihood", "ge-HC0"],
    ["Firth, model-based", "firth", "ye"],
  ].map(([title, estimation, variance]) =>
    method(`Logistic, conditional odds ratio, ${title}`, "conditional-log-odds-ratio", {
      method: "binary-regression",
      outcome: RESPONSE,
      covariates: ["risk"],
      measure: "conditional-odds-ratio",
      variance,
      estimation,
    }),
  );
  const cmh = (title: string, fields: object) =>
    method(`Cochran–Mantel–Haenszel, ${title}`, "none", {
      method: "cochran-mantel-haenszel",
      outcome: RESPONSE,
      strata: ["stratum"],
      ...fields,
    });
  return [
    ...standardised,
    ...conditional,
    cmh("odds ratio", {}),
    cmh("odds ratio, continuity", { continuity: true }),
    cmh("risk ratio", { measure: "risk-ratio" }),
    cmh("risk difference, Sato", { measure: "risk-difference" }),
    cmh("risk difference, Greenland–Robins", {
      measure: "risk-difference",
      riskDifferenceVariance: "greenland-robins",
    }),
  ];
}

function countMethods(): CalibrationMethod[] {
  const counts = (title: string, estimand: Estimand, fields: object) =>
    method(title, estimand, {
      method: "count-regression",
      outcome: { endpoint: "attacks", visit: "end" },
      covariates: ["risk"],
      ...fields,
    });
  return [
    ...["model-based", "HC0", "HC1", "HC2", "HC3"].map((variance) =>
      counts(`Poisson, ${variance}`, "log-rate-ratio", { distribution: "poisson", variance }),
    ),
    ...["model-based", "observed", "HC0", "HC3"].map((variance) =>
      counts(`Negative binomial, ${variance}`, "log-rate-ratio", { variance }),
    ),
    counts("Negative binomial, standardised rate ratio, Ye", "log-rate-ratio", {
      measure: "marginal-rate-ratio",
      variance: "ye",
    }),
    counts("Negative binomial, standardised rate difference, Ye", "rate-difference", {
      measure: "marginal-rate-difference",
      variance: "ye",
    }),
  ];
}

function survivalMethods(): CalibrationMethod[] {
  const event = { events: ["death"] };
  const adjusted = { covariates: ["risk"] };
  const survival = (title: string, estimand: Estimand, fields: object) =>
    method(title, estimand, { ...event, ...fields });
  return [
    survival("Log-rank", "log-hazard-ratio", { method: "log-rank" }),
    survival("Log-rank, stratified", "log-hazard-ratio", { method: "log-rank", strata: ["stratum"] }),
    survival("Log-rank, adjusted", "log-hazard-ratio", { method: "log-rank", ...adjusted }),
    survival("Log-rank, late weights (0, 1)", "none", { method: "log-rank", gamma: 1 }),
    survival("Cox, model", "log-hazard-ratio", { method: "cox" }),
    survival("Cox, robust", "log-hazard-ratio", { method: "cox", variance: "robust" }),
    survival("Cox adjusted, model", "conditional-log-hazard-ratio", { method: "cox", ...adjusted }),
    survival("Cox adjusted, robust", "conditional-log-hazard-ratio", {
      method: "cox",
      ...adjusted,
      variance: "robust",
    }),
    survival("Restricted mean", "restricted-mean-difference", { method: "restricted-mean", horizon: HORIZON }),
    survival("Restricted mean, adjusted", "restricted-mean-difference", {
      method: "restricted-mean",
      horizon: HORIZON,
      ...adjusted,
    }),
    survival("Milestone, plain", "survival-difference", { method: "milestone", day: HORIZON }),
    survival("Milestone, log-log", "survival-difference", { method: "milestone", day: HORIZON, scale: "log-log" }),
    survival("Weibull, adjusted", "log-time-ratio", { method: "failure-time", ...adjusted }),
  ];
}

/** Every test of a treatment effect with its main choices. */
export const FAMILIES: readonly CalibrationFamily[] = [
  {
    id: "one-visit",
    title: "Continuous, one visit, complete",
    laws: COMPLETE_LAWS,
    share: [1, 0.3],
    methods: [...ancovaMethods(), ...twoSampleMethods()],
  },
  {
    id: "repeated-measures",
    title: "Continuous, repeated measures, dropout at random",
    laws: DROPOUT_LAWS,
    share: [1, 0.3],
    methods: [...mmrmMethods(), ...slopeMethods()],
  },
  {
    id: "imputation",
    title: "Imputation, dropout at random",
    laws: DROPOUT_LAWS,
    share: [0.2, 0.1],
    largeLaw: "normal",
    methods: imputationMethods(),
  },
  { id: "binary", title: "Binary", laws: BINARY_LAWS, share: [1, 0.3], methods: binaryMethods() },
  { id: "count", title: "Counts", laws: COUNT_LAWS, share: [1, 0.3], methods: countMethods() },
  { id: "survival", title: "Time to event", laws: SURVIVAL_LAWS, share: [1, 0.3], methods: survivalMethods() },
];
