import { federationOf } from "../../progression/federation/federation-of.ts";
import type { StackParameters } from "../../progression/stack/stack-parameters.ts";
import {
  decimalsForScale,
  formatCount,
  formatFixed,
  formatInput,
  formatPercent,
} from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { describeMember, memberName } from "../member-description.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { memberScores, scoreEquation } from "../score-equation.ts";

/** What a stack is made of: members, weights, how each was fitted. */
export function stackArchitectureBlocks(context: DossierContext, stack: StackParameters): ReportBlock[] {
  const { model } = context.record;
  const { parameters } = model;
  const descriptions = stack.members.map(describeMember);
  const free = descriptions.reduce((sum, { parameters: count }) => sum + count, 0);
  return [
    paragraph`The model is a stack: a weighted mean of members that are trained on the same ${formatCount(parameters.patients)} patients and see the same ${formatCount(stack.features.length)} baseline features (${see("table-inputs")}). The weights of an endpoint are at least 0, sum to 1 and are shared by its visits; they minimise the squared error of predictions made in ${formatCount(stack.innerFolds)} inner folds for patients the members had not seen (ST1). ANCOVA on baseline value and strata is always a member, so that a stack with nothing to add falls back on it. Weights are listed in ${see("table-weights")}; outputs are the mean, variance and bands of every outcome given the baseline of a patient, by the one mixture of (ST2) to (ST4).`,
    paragraph`Parameters: ${formatCount(free)} in all members together, against ${formatCount(parameters.patients)} training patients. Every member limits overfitting by its own shrinkage (${see("table-members")}); all performance is out of fold, weights and bands included, so that overfitting shows as a loss.${stack.leftOut.length === 0 ? "" : ` Left out, because it could not be trained: ${stack.leftOut.map(({ member, reason }) => `${member} (${reason})`).join("; ")}.`}`,
    table({
      id: "table-weights",
      title: "Members of the stack and their weights by endpoint",
      population: context.historyPopulation,
      columns: columns(
        "Member",
        ...model.endpoints.map((endpoint) => `>${endpoint.label}`),
        ">Parameters",
        "Use of the seed",
      ),
      rows: descriptions.map((member, m) => [
        member.name,
        ...stack.weights.map((row) => formatFixed(row[m]!, 3)),
        formatCount(member.parameters),
        member.randomness,
      ]),
      notes: ["Weights of an endpoint sum to 1. A member with weight 0 takes no part in the twins of that endpoint."],
    }),
    inputsTable(context),
  ];
}

/** Mean, spread and range of every feature in training. */
export function inputsTable(context: DossierContext): ReportBlock {
  const { model } = context.record;
  return table({
    id: "table-inputs",
    title: "Inputs of the model and their range in training",
    population: context.historyPopulation,
    columns: columns("Baseline feature", ">Mean", ">SD", ">Minimum", ">Maximum"),
    rows: scoreEquation(model, context.primary).terms.map((term, index) => {
      const range = model.parameters.featureRanges[index]!;
      const decimals = decimalsForScale(term.standardDeviation);
      return [
        term.feature,
        formatFixed(term.mean, decimals),
        formatFixed(term.standardDeviation, decimals + 1),
        formatFixed(range.minimum, decimals),
        formatFixed(range.maximum, decimals),
      ];
    }),
    notes: [
      `All were measured at or before time zero. Covariates offered: ${offered(context)}. Features that are constant or wholly missing in the history are left out.`,
    ],
  });
}

function offered({ record }: DossierContext): string {
  const labels = record.model.training.covariateIds.map(
    (id) => record.model.covariates.find((covariate) => covariate.id === id)?.label ?? id,
  );
  return labels.length === 0 ? "none" : labels.join(", ");
}

/** How every member was fitted, and what is drawn at random. */
export function stackTrainingBlocks({ record }: DossierContext, stack: StackParameters): ReportBlock[] {
  const { training } = record.model;
  return [
    heading(3, "credibility-training", "Training"),
    paragraph`${see("table-members")} lists loss, optimiser, hyper-parameters and stopping rule of every member, ${see("table-training")} what is common to all. The same data, specification and engine version give the same model to the last bit.`,
    table({
      id: "table-members",
      title: "Training of the members: loss, optimiser, hyper-parameters, stopping rule",
      population: "",
      columns: columns("Member", "Loss", "Optimiser", "Hyper-parameters", "Stopping rule"),
      rows: stack.members
        .map(describeMember)
        .map((member) => [member.name, member.loss, member.optimiser, member.hyperParameters, member.stopping]),
      notes: [
        "Labels in parentheses: equations of the appendix on statistical methods and of the methods document of the member. EM: expectation–maximisation; converged: the stopping rule was met.",
      ],
    }),
    table({
      id: "table-training",
      title: "Training: weights, evaluation, seeds",
      population: "",
      columns: columns("Item", "Value"),
      rows: [
        ["Members asked for", (training.members ?? []).map(memberName).join("; ")],
        [
          "Weights",
          `convex, exact minimum over all supports, ${formatCount(stack.innerFolds)} inner folds by patient (ST1)`,
        ],
        ["Bands", "conformal, from the residuals of the inner folds (ST4)"],
        [
          "Shrinkage of the Gaussian joint model",
          training.shrinkage.kind === "fixed"
            ? `${formatInput(training.shrinkage.priorWeight)} pseudo-patients, fixed by the user`
            : `${formatInput(record.model.parameters.priorWeight)} pseudo-patients, chosen by held-out likelihood (P7); the same law gives support and simulated patients`,
        ],
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
        ["Random numbers", "Philox4x32-10, keyed by seed, member and purpose"],
      ],
    }),
  ];
}

/** The score of any predictor: as an equation where it is one, else the line next to it and how far it is from it. */
export function scoreBlocks(context: DossierContext): ReportBlock[] {
  const { model } = context.record;
  const equation = scoreEquation(model, context.primary);
  const members = memberScores(model, context.primary);
  const decimals = context.decimals(context.primary.endpointId) + 1;
  const bent = members.filter((member) => !member.isLinear).map((member) => memberName(member.kind));
  const centre = formatFixed(equation.centre, decimals);
  return [
    heading(3, "credibility-equation", "The fitted score"),
    equation.isLinear
      ? paragraph`For a patient with complete baseline every member with weight is linear, and so is the prognostic score: score = ${centre} + Σ β (x − mean), with the coefficients β of ${see("table-score")} and the means of ${see("table-inputs")}. It was compared with the stack itself at 500 drawn baselines and agrees to rounding. With missing items each member uses its own law of the features.`
      : paragraph`The prognostic score is not a linear equation: ${bent.length === 0 ? "the model" : bent.join(" and ")} ${bent.length > 1 ? "are" : "is"} not linear in the baseline. ${see("table-score")} gives the line next to the score, score ≈ ${centre} + Σ β (x − mean) with the means of ${see("table-inputs")}; over 500 drawn baselines the line explains ${formatPercent(equation.explained)} of the variance of the score and is at most ${formatFixed(equation.largestDeviation, decimals)} ${context.primaryUnit} away from it. The line is for reading; scores are computed from the parameters themselves.`,
    paragraph`The SD of a new patient’s outcome about the score is ${formatFixed(equation.residualStandardDeviation, decimals)} ${context.primaryUnit} at the mean baseline. All parameters are in results.json under model.parameters and model.predictor; the command \`understudy twins\` computes every score again from them.`,
    table({
      id: "table-score",
      title: `Coefficients of the prognostic score and of its members, ${context.primaryLabel}`,
      population: context.historyPopulation,
      columns: columns(
        "Baseline feature",
        ">Score|β per unit",
        ">Score|β per SD",
        ...members.map((member) => `>${memberName(member.kind)}|weight ${formatFixed(member.weight, 3)}`),
      ),
      rows: [
        [
          "Prediction at the mean baseline",
          centre,
          "",
          ...members.map((member) => formatFixed(member.centre, decimals)),
        ],
        ...equation.terms.map((term, q) => [
          term.feature,
          formatInput(term.coefficient, 4),
          formatFixed(term.perStandardDeviation, decimals),
          ...members.map((member) => formatInput(member.slopes[q]!, 4)),
        ]),
      ],
      notes: [
        `Unit of the score: ${context.primaryUnit}. Columns of members: β per unit; the score is their weighted sum.${bent.length === 0 ? "" : ` ${bent.join(", ")}: mean slope from one SD below to one SD above the mean.`} Coefficients describe prediction, not cause; correlated features share their weight.`,
      ],
    }),
  ];
}
