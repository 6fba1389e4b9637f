import { curvatureSentences } from "../../progression/curvature-text.ts";
import { subgroupText } from "../../progression/enrichment.ts";
import { federationOf } from "../../progression/federation/federation-of.ts";
import type { FrozenModel } from "../../progression/model-document.ts";
import { formatCount, formatFixed, formatInput } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { scoreEquation } from "../score-equation.ts";
import { byOutcomeBlocks } from "./credibility-outcomes.ts";
import { inputsTable, scoreBlocks, stackArchitectureBlocks, stackTrainingBlocks } from "./credibility-stack.ts";

/** What the model is, how it was trained, and the fitted score as an equation. */
export function modelBlocks(context: DossierContext): ReportBlock[] {
  const { model } = context.record;
  const title = heading(2, "credibility-model", "The model (step 5)");
  if (model.format === "understudy-model/1" || model.predictor.kind === "gaussian-joint") {
    return [title, ...architectureBlocks(context), ...trainingBlocks(context), ...equationBlocks(context)];
  }
  if (model.predictor.kind === "by-outcome") {
    return [title, ...byOutcomeBlocks(context, model.predictor), ...scoreBlocks(context)];
  }
  return [
    title,
    ...stackArchitectureBlocks(context, model.predictor),
    ...stackTrainingBlocks(context, model.predictor),
    ...scoreBlocks(context),
  ];
}

function architectureBlocks(context: DossierContext): ReportBlock[] {
  const { model } = context.record;
  const { parameters } = model;
  const D = parameters.mean.length;
  const Q = parameters.features.length;
  const free = D + (D * (D + 1)) / 2;
  return [
    paragraph`The model is a multivariate normal law of ${formatCount(D)} items: ${formatCount(Q)} baseline features and ${formatCount(D - Q)} outcomes (${formatCount(model.endpoints.length)} endpoints at ${formatCount(model.visits.length)} visits). Inputs are ${see("table-inputs")}; outputs are the mean, variance and bands of every outcome given the baseline of a patient. It was chosen because conditioning is exact with any pattern of missing values, because ${parameters.curved === undefined ? "its mean is linear and can be written down" : "only those scales and curves depart from the values as they are that held-out patients ask for"}, and because history of this size does not support more flexible models. It is one deterministic member: there is no random start, hence no spread over seeds.`,
    paragraph`Parameters: ${formatCount(D)} means and ${formatCount((D * (D + 1)) / 2)} variances and covariances, ${formatCount(free)} parameters in all, against ${formatCount(parameters.patients)} training patients with up to ${formatCount(D)} values each. Shrinkage towards a structured target with the weight of ${formatInput(parameters.priorWeight)} pseudo-patients limits overfitting; all performance is out of fold, so that overfitting shows as a loss.`,
    inputsTable(context),
  ];
}

function trainingBlocks({ record }: DossierContext): ReportBlock[] {
  const { training, parameters } = record.model;
  return [
    heading(3, "credibility-training", "Training"),
    paragraph`${see("table-training")} lists what determines the fit. The same data, specification and engine version give the same model to the last bit.`,
    table({
      id: "table-training",
      title: "Training: loss, optimiser, hyper-parameters, stopping rule, seeds",
      population: "",
      columns: columns("Item", "Value"),
      rows: [
        ["Loss", "penalised observed-data log-likelihood ℓ(μ, Σ) − ν/2 [log|Σ| + tr(ΛΣ⁻¹)] (P4)"],
        [
          "Optimiser",
          "EM (expectation–maximisation) with missing values, accelerated by squared extrapolation (P2, P6)",
        ],
        ["Stopping rule", "objective and every parameter settled (1e-8; 1e-7 in SD units), at most 5,000 steps"],
        [
          "Steps used",
          `${formatCount(parameters.iterations)}; ${parameters.converged ? "converged" : "NOT converged"}`,
        ],
        ["Log-likelihood at the fit", formatFixed(parameters.logLikelihood, 2)],
        [
          "Shrinkage: prior weight ν",
          training.shrinkage.kind === "fixed"
            ? `${formatInput(training.shrinkage.priorWeight)}, fixed by the user`
            : `${formatInput(parameters.priorWeight)}, chosen from 1000, 500, 200, 100, 50, 20, 10, 5 by the held-out log-density of the outcomes given baseline in 5 inner folds (P7)`,
        ],
        ["Target Λ", "persistent and passing part of each endpoint with exponential decay in time (P5)"],
        ["Scales and curves (P25, P27)", curvatureText(record.model)],
        ["Enrichment of a subgroup (P29)", enrichmentText(record.model)],
        ["Partial correlation above 0.6 (P30)", leakageText(record.model)],
        [
          "Folds of the evaluation",
          federationOf(record.model) === undefined
            ? `${training.folds} by patient${training.repeats > 1 ? `, ${training.repeats} repetitions` : ""}`
            : "the sites: each is predicted by models of the others",
        ],
        [
          "Bootstrap resamples of patients",
          federationOf(record.model) === undefined
            ? formatCount(training.bootstrapReplicates)
            : "none: intervals by linearisation, from sums",
        ],
        ["Seed", String(training.seed)],
        ["Random numbers", "Philox4x32-10, keyed by seed and purpose; used for folds and bootstrap only"],
      ],
      notes: ["Labels in parentheses: equations of the appendix on statistical methods."],
    }),
  ];
}

function curvatureText(model: FrozenModel): string {
  if (model.training.curvature === "none" || model.format !== "understudy-model/3") return "none: values as they are";
  const sentences = curvatureSentences(model.parameters, model);
  if (sentences.length === 0) return "values as they are: no other scale and no curve improves held-out patients";
  return sentences.join(" ");
}

function leakageText({ training, evaluation }: FrozenModel): string {
  const highest = Math.max(0, ...evaluation.gain.map(({ partialCorrelation }) => partialCorrelation.value));
  if (training.acknowledgedLeakage === undefined) return `none; the highest is ${formatFixed(highest, 2)}`;
  return `the highest is ${formatFixed(highest, 2)}; acknowledged: ${training.acknowledgedLeakage}`;
}

function enrichmentText(model: FrozenModel): string {
  const { enrichment } = model.training;
  if (enrichment === undefined) return "none: every patient counts once";
  return `${subgroupText(enrichment, model.covariates)}: ${formatFixed(100 * enrichment.share, 0)} % of the training weight; evaluation counts every patient once`;
}

function equationBlocks(context: DossierContext): ReportBlock[] {
  const equation = scoreEquation(context.record.model, context.primary);
  if (!equation.isLinear) return scoreBlocks(context);
  const decimals = context.decimals(context.primary.endpointId) + 1;
  return [
    heading(3, "credibility-equation", "The fitted score"),
    paragraph`For a patient with complete baseline the prognostic score is linear: score = ${formatFixed(equation.centre, decimals)} + Σ β (x − mean), with the coefficients β of ${see("table-score")} and the means of ${see("table-inputs")}. With missing items the same law is conditioned on the items that are there. The SD of a new patient’s outcome about the score is ${formatFixed(equation.residualStandardDeviation, decimals)} ${context.primaryUnit} at the mean baseline. All means, variances and covariances are in results.json under model.parameters.`,
    table({
      id: "table-score",
      title: `Coefficients of the prognostic score, ${context.primaryLabel}`,
      population: context.historyPopulation,
      columns: columns("Baseline feature", ">β per unit", ">β per SD"),
      rows: equation.terms.map((term) => [
        term.feature,
        formatInput(term.coefficient, 4),
        formatFixed(term.perStandardDeviation, decimals),
      ]),
      notes: [
        `Unit of the score: ${context.primaryUnit}. Coefficients describe prediction, not cause; correlated features share their weight.`,
      ],
    }),
  ];
}
