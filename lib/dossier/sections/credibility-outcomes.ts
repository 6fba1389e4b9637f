import type { ByOutcomeParameters } from "../../progression/by-outcome/by-outcome-parameters.ts";
import { weightedMembers } from "../../progression/weighted-members.ts";
import { formatCount, formatFixed } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import { describeValues, outcomeType } from "../../trial/outcome-type.ts";
import type { DossierContext } from "../dossier-context.ts";
import { describeMember } from "../member-description.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { inputsTable } from "./credibility-stack.ts";

/** Members by type of endpoint: which endpoint each models, and how it was fitted. */
export function byOutcomeBlocks(context: DossierContext, predictor: ByOutcomeParameters): ReportBlock[] {
  const { model } = context.record;
  const { training } = model;
  const members = weightedMembers(model).map(({ parameters, weights }) => ({
    ...describeMember(parameters),
    weights,
  }));
  const leftOut = predictor.leftOut.map(({ member, reason }) => `${member}: ${reason}`).join(" ");
  return [
    paragraph`Endpoints are modelled by their type (${see("table-outcome-types")}): binary, ordinal and count endpoints by a Markov chain over the visits whose steps depend on the baseline (DT1–DT8), each on its own; continuous endpoints as they would be without the others. Given baseline, endpoints of different chains are independent (BO1): means and scores do not need more, drawn trajectories do not show what endpoints share beyond baseline. Means and covariances of binary and ordinal endpoints are exact. Inputs are ${see("table-inputs")}. Every member limits overfitting by its own shrinkage (${see("table-members")}); folds and seeds are in ${see("table-training")}.${leftOut === "" ? "" : ` Left out: ${leftOut}`}`,
    table({
      id: "table-outcome-types",
      title: "Endpoints by type, and the weight of each member",
      population: context.historyPopulation,
      columns: columns("Endpoint", "Type", "Values", ...members.map(({ name }) => `>${name}`)),
      rows: model.endpoints.map((endpoint, e) => [
        endpoint.label,
        outcomeType(endpoint),
        describeValues(endpoint),
        ...members.map(({ weights }) => formatFixed(weights[e]!, 3)),
      ]),
      notes: ["A member with weight 0 takes no part in the twins of that endpoint."],
    }),
    inputsTable(context),
    heading(3, "credibility-training", "Training"),
    table({
      id: "table-members",
      title: "Training of the members: loss, optimiser, hyper-parameters, stopping rule",
      population: "",
      columns: columns(
        "Member",
        "Loss",
        "Optimiser",
        "Hyper-parameters",
        "Stopping rule",
        "Use of the seed",
        ">Parameters",
      ),
      rows: members.map((member) => [
        member.name,
        member.loss,
        member.optimiser,
        member.hyperParameters,
        member.stopping,
        member.randomness,
        formatCount(member.parameters),
      ]),
      notes: [
        "Labels in parentheses: equations of the appendix on statistical methods and of the methods document of the member. EM: expectation–maximisation; converged: the stopping rule was met.",
      ],
    }),
    table({
      id: "table-training",
      title: "Training: evaluation, seeds",
      population: "",
      columns: columns("Item", "Value"),
      rows: [
        [
          "Folds of the evaluation",
          `${training.folds} by patient${training.repeats > 1 ? `, ${training.repeats} repetitions` : ""}`,
        ],
        ["Bootstrap resamples of patients", formatCount(training.bootstrapReplicates)],
        ["Coverage of discrete endpoints", "randomised at the ends of the prediction set (BO3)"],
        ["Seed", String(training.seed)],
        ["Random numbers", "Philox4x32-10, keyed by seed and purpose"],
      ],
    }),
  ];
}
