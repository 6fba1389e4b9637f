import { formatFixed, formatInput } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { stackMembers } from "../member-description.ts";
import { bullets, code, columns, heading, paragraph, prose, see, strong, table } from "../prose.ts";
import { scoreEquation } from "../score-equation.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** The planned analysis with the prognostic score, and what the EMA qualification asks of it. */
export function adjustmentSection(context: DossierContext): ReportBlock[] {
  const { record, study, primary } = context;
  const strata = study.strata.map(
    (id) => record.model.covariates.find((covariate) => covariate.id === id)?.label ?? id,
  );
  const { varianceInflation: inflation, numericalError } = scoreEquation(record.model, primary);
  const stacked = stackMembers(record.model).length > 0;
  return [
    heading(1, "adjustment", SECTION_TITLES.adjustment),
    heading(2, "adjustment-scope", "Scope"),
    paragraph`The trial is randomised, the endpoint continuous and the primary analysis a linear model: the setting of the EMA qualification opinion on prognostic covariate adjustment (2022). The opinion does not endorse any particular model; the conditions it names are set against this study in ${see("table-conditions")}. Repeated-measures, binary and time-to-event analyses lie outside the qualification and are not part of this report.`,
    table({
      id: "table-conditions",
      title: "Conditions of the EMA qualification opinion",
      population: "",
      columns: columns("Condition", "This study"),
      rows: [
        ["Randomised trial, continuous endpoint", "Randomised; continuous; linear model."],
        [
          "Score from pre-randomisation covariates only",
          `Baseline only. Inputs: ${[...record.model.endpoints.map((endpoint) => `${endpoint.label} at baseline`), ...record.model.covariates.map((covariate) => covariate.label)].join(", ")}. Checked: no outcome visit is among the features of the frozen model.`,
        ],
        [
          "Training data independent of the trial",
          `Independent: ${Math.max(...record.datasets.map((dataset) => dataset.sharedPatients))} patients stand in both data sets; the model was frozen before twins were generated.`,
        ],
        [
          "Type I error does not rest on the model",
          "Simulated under no effect with an uninformative and with a misspecified score (section on the simulation).",
        ],
        [
          "Score and discounts pre-specified",
          `Model hash, λ = ${formatInput(record.sizing.spec.correlationDeflation.value)} and γ = ${formatInput(record.sizing.spec.controlSdInflation.value)} stand in this report.`,
        ],
        ["Correlation judged on independent data", "Out of fold, with interval (section on credibility)."],
        [
          "Collinearity watched",
          inflation === null
            ? "Baseline value and strata determine the score: VIF not finite."
            : `VIF of the score ${formatFixed(inflation, 2)} given baseline value and strata.`,
        ],
        [
          "Other objectives still met",
          "Safety exposure and subgroups at the reduced size are for the sponsor to judge.",
        ],
      ],
    }),
    heading(2, "adjustment-model", "Analysis model"),
    paragraph`${code(`Y = β0 + β1·A + β2·(baseline − mean)${strata.length === 0 ? "" : " + β3'·strata"} + β4·(score − mean) + ε`)}`,
    paragraph`Y is ${context.primaryLabel} (${context.primaryUnit}), A the treatment (1 experimental, 0 control), the score the frozen model's prediction of Y under control from baseline only, centred at its mean over all randomised patients and not rescaled. β1 is the treatment effect. There is no interaction. The plan without the score drops the last term; the test is the same.`,
    bullets(
      prose`${strong("Strata and allocation. ")}${strata.length === 0 ? "Randomisation is not stratified." : `Randomisation is stratified by ${strata.join(", ")}; the strata are covariates of every adjusted analysis.`} Unequal randomisation enters the standard error through 1/n₁ + γ²/n₀; the ratio planned is ${formatInput(record.sizing.spec.randomizationRatio.value)} : 1.`,
      prose`${strong("Variance. ")}Sizes and simulation use the model-based standard error with its residual degrees of freedom. The analysis of the trial reports beside it the heteroscedasticity-consistent standard error HC3, which holds its level in small samples and when the linear model is wrong.`,
      prose`${strong("Missing baseline items. ")}${stacked ? "The score is the weighted mean of the members’ means given the baseline items that were measured; each member handles missing baseline items by its own rule, none at random." : "The score is the exact conditional mean given the baseline items that were measured; missing baseline items are left out of the conditioning and not imputed."} No patient lacks a score.`,
      prose`${strong("Monte Carlo error of the score. ")}${numericalError === 0 ? "None: the score is an analytic mean, not an average of samples." : `None: the score is the same for the same baseline, with a numerical error of ${formatInput(numericalError, 2)} SD of the outcome at the mean baseline.`}`,
      prose`${strong("First-stage uncertainty. ")}The score is treated as a fixed covariate; that it was estimated from a finite history costs precision (shown out of fold) and not validity.`,
      prose`${strong("Collinearity. ")}${inflation === null ? "The score is a function of baseline value and strata; it cannot add anything." : `Given baseline value and strata the variance inflation factor (VIF) of the score is ${formatFixed(inflation, 2)} under the fitted model.`}`,
    ),
    paragraph`The twin does not replace randomised controls: every patient saved is saved by precision, and the comparison stays one between randomised arms.`,
  ];
}
