import { formatCount, formatInput } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { predictorName, stackMembers } from "../member-description.ts";
import { bullets, heading, paragraph, prose, see, strong } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** What was done, in the order in which it was done; equations are in the appendix. */
export function methodsSection(context: DossierContext): ReportBlock[] {
  const { record, study } = context;
  const { training } = record.model;
  return [
    heading(1, "methods", SECTION_TITLES.methods),
    paragraph`The steps are listed here in the order in which they were taken; equations, with labels such as (P3), are in ${see("appendixMethods")}, code that reproduces the closed forms in ${see("appendixCode")}.`,
    bullets(
      prose`${strong("Progression model. ")}${modelSentence(context)}`,
      prose`${strong("Comparison. ")}Mean change, last value carried forward, ANCOVA on baseline value and strata, and ANCOVA on all covariates were fitted in the same ${String(training.folds)} folds by patient. The gain of the twin is 1 − SSE(twin)/SSE(ANCOVA), its interval from ${formatCount(training.bootstrapReplicates)} bootstrap resamples of patients (P10, P11).`,
      prose`${strong("Calibration. ")}Regression of observed on predicted, probability integral transform, coverage of the 50, 80 and 95 % bands with exact binomial intervals (P13, P14).`,
      prose`${strong("Twins. ")}For every enrolled patient the law of the course given the observed baseline items, its mean computed without sampling (T1–T4). Nothing measured after time zero enters a score.`,
      prose`${strong("Planned analysis. ")}Linear regression of ${context.primaryLabel} on treatment, baseline value${study.strata.length === 0 ? "" : `, ${study.strata.join(", ")}`} and the prognostic score centred at its mean, without interaction.`,
      prose`${strong("Sample size. ")}Exact noncentral t; discount λ = ${formatInput(record.sizing.spec.correlationDeflation.value)} on correlations and γ = ${formatInput(record.sizing.spec.controlSdInflation.value)} on the control SD, in all analyses alike (S1–S7).`,
      prose`${strong("Simulation. ")}Patient-level trials with accrual, dropout and drift, analysed at every look with the planned regression; counter-based random numbers keyed by seed, scenario and replicate (M1–M14).`,
      prose`${strong("Multiplicity. ")}One primary endpoint at one visit is tested. Subgroups, secondary endpoints and protocol variants are described, not tested; all variants examined are reported.`,
    ),
    paragraph`Rounding: half away from zero, once, when printed. Intervals are two-sided at 95 % unless stated. No language model takes part in any number or sentence of this report; all texts are templates of the program or the sponsor's own.`,
  ];
}

function modelSentence({ record }: DossierContext): string {
  const members = stackMembers(record.model);
  if (members.length === 0) {
    return "A multivariate normal law of baseline features and all endpoints at all visits, fitted to the historical controls by expectation–maximisation with missing values, with the covariance shrunk towards a structured target (P1–P7).";
  }
  return `A ${predictorName(record.model)}, fitted to the historical controls one by one and combined by convex weights learnt in inner folds, with conformal bands (ST1–ST4). A multivariate normal law of baseline and outcomes (P1–P7) gives the support of twins and the patients of simulated trials.`;
}
