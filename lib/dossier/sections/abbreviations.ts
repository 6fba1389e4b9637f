import type { ReportBlock } from "../../reporting/report-document.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** Every abbreviation and term of the field that a dossier can use; the report lists those it uses. */
export const ABBREVIATIONS: readonly (readonly [short: string, meaning: string])[] = [
  ["ADTWIN", "Analysis data set of the twins, one row per patient, endpoint and visit"],
  ["AI", "Artificial intelligence"],
  ["AIC", "Akaike information criterion"],
  ["ANCOVA", "Analysis of covariance on the baseline value and the randomisation strata"],
  ["AR(1)", "First-order autoregressive correlation over visits"],
  ["AUC", "Area under the receiver operating characteristic curve"],
  ["BFGS", "Broyden–Fletcher–Goldfarb–Shanno algorithm, a quasi-Newton method"],
  ["BIC", "Bayesian information criterion"],
  ["CHMP", "Committee for Medicinal Products for Human Use"],
  ["CIR", "Copy increments in reference: imputation after the event with the increments of the reference arm"],
  ["CP", "Conditional power: probability of success given interim data and a fixed effect"],
  ["CRPS", "Continuous ranked probability score"],
  ["CSR", "Clinical study report"],
  ["DMC", "Data monitoring committee"],
  ["EM", "Expectation–maximisation algorithm"],
  ["EMA", "European Medicines Agency"],
  ["FDA", "United States Food and Drug Administration"],
  ["FIPS", "Federal Information Processing Standard (United States)"],
  ["HC0, HC1, HC2, HC3", "Heteroscedasticity-consistent standard errors of MacKinnon and White"],
  ["HSD", "Hwang–Shih–DeCani spending function"],
  ["ICH", "International Council for Harmonisation"],
  ["JSON", "JavaScript Object Notation, a text format for data"],
  ["JR", "Jump to reference: imputation after the event with the means of the reference arm"],
  ["KS", "Kolmogorov–Smirnov distance"],
  ["LD-OF", "Lan–DeMets spending function of O'Brien–Fleming type"],
  ["LVCF", "Last value carried forward"],
  ["MAR", "Missing at random"],
  ["MCSE", "Monte Carlo standard error"],
  ["MMD", "Maximum mean discrepancy: distance of two laws in a kernel"],
  ["MMRM", "Mixed model for repeated measures"],
  ["PDF", "Portable Document Format"],
  ["PIT", "Probability integral transform"],
  ["PP", "Predictive power: conditional power averaged over the uncertainty of the effect"],
  ["PROCOVA", "Prognostic covariate adjustment"],
  ["REML", "Restricted maximum likelihood"],
  ["RFC", "Request for Comments: a published internet standard"],
  ["RMSE", "Root mean squared error"],
  ["RNG", "Random number generator"],
  ["SAS", "Statistical Analysis System, a commercial program"],
  ["SD", "Standard deviation"],
  ["SE", "Standard error"],
  ["SHA-256", "Secure Hash Algorithm with 256 bits: fingerprint of a file or record"],
  ["SMD", "Standardised mean difference: difference in means over the root mean square of the two SDs"],
  ["SSE", "Sum of squared errors"],
  ["UTC", "Coordinated Universal Time"],
  ["VIF", "Variance inflation factor"],
  ["analysis scale", "The scale after the stated transformation of an endpoint, e.g. the natural logarithm"],
  ["gain", "1 − SSE(method)/SSE(ANCOVA), out of fold; 0 means no better than ANCOVA"],
  ["history", "The historical control patients the progression model was trained on"],
  ["out of fold", "Predicted by a model that was trained without the patient"],
  ["prognostic score", "The twin's mean of the primary endpoint at the primary visit, from baseline only"],
  ["R²", "Share of the variance of the outcome under control that an analysis explains"],
  ["replicate", "One simulated trial"],
  ["scenario", "One assumption of what nature does; a design is what the protocol does"],
  ["twin", "The course a patient would be expected to have under control, from baseline only, with its uncertainty"],
  ["α, γ, λ", "One-sided type I error; inflation of the control SD; deflation of the correlation"],
];

/**
 * The abbreviations and terms that a report uses.
 *
 * @param blocks - Everything else in the report.
 */
export function abbreviationsSection(blocks: readonly ReportBlock[]): ReportBlock[] {
  const text = JSON.stringify(blocks.filter((block) => block.kind !== "code"));
  const isUsed = ([short]: readonly [string, string]) =>
    short
      .split(", ")
      .some(
        (term) =>
          new RegExp(`(?<![\\p{L}\\d])${term.replace(/[()]/g, "\\$&")}(?![\\p{L}\\d])`, "u").test(text) ||
          text.includes(`${term}s`),
      );
  return [
    heading(1, "abbreviations", SECTION_TITLES.abbreviations),
    paragraph`Abbreviations and terms are explained in ${see("table-abbreviations")}. Names of variables, studies and scales are the sponsor's own and are explained in ${see("provenance")}.`,
    table({
      id: "table-abbreviations",
      title: "Abbreviations and definitions",
      population: "",
      columns: columns("Term", "Meaning"),
      rows: ABBREVIATIONS.filter(isUsed).map((row) => [...row]),
    }),
  ];
}
