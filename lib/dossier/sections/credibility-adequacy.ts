import { federationOf } from "../../progression/federation/federation-of.ts";
import { formatUtc } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import { acceptanceResults, passedText } from "../acceptance-criteria.ts";
import type { DossierContext } from "../dossier-context.ts";
import { stackMembers } from "../member-description.ts";
import { bullets, columns, heading, paragraph, prose, see, strong, table } from "../prose.ts";

/** Results against the plan, freeze, oversight, life cycle (steps 6 and 7). */
export function adequacyBlocks(context: DossierContext): ReportBlock[] {
  const { record } = context;
  const results = acceptanceResults(context);
  const failed = results.filter((row) => row.passed === false).map((row) => row.id);
  return [
    heading(2, "credibility-adequacy", "Deviations and adequacy (steps 6 and 7)"),
    paragraph`Deviations from the credibility plan: none are recorded; the program follows the plan of its version. ${see("table-acceptance")} sets each acceptance criterion beside its result.`,
    table({
      id: "table-acceptance",
      title: `Acceptance criteria and results, ${context.primaryLabel}`,
      population: context.historyPopulation,
      columns: columns("", "Acceptance criterion", "Result", "Met"),
      rows: results.map((row) => [row.id, row.criterion, row.result, passedText(row.passed)]),
      notes: ["Criteria are constants of the engine version, fixed before the data were read. Intervals: 95 %."],
    }),
    adequacyParagraph(context, failed),
    heading(2, "credibility-freeze", "Freeze, oversight and life cycle"),
    paragraph`The model is frozen: engine version ${record.model.engineVersion}, hash in ${see("table-freeze")}. There is no learning after the freeze; a changed model has another hash and is another model. Features, their scaling and the model were fixed before twins of enrolled patients were generated.`,
    table({
      id: "table-freeze",
      title: "The frozen model",
      population: "",
      columns: columns("Item", "Value"),
      rows: [
        ["Model hash (SHA-256)", record.model.hash],
        [
          federationOf(record.model) === undefined
            ? "Trained on data set"
            : "Hash of the hashes of the sites’ data sets",
          record.model.dataHash,
        ],
        ["Engine version", record.model.engineVersion],
        ["Name", record.model.name],
        ["Frozen", frozenText(record)],
      ],
    }),
    bullets(
      prose`${strong("Human role. ")}The statistician chooses covariates, strata and the analysis; the program's verdict can be overridden only by planning without the score, never towards a gain that is not shown.`,
      prose`${strong("Applicability. ")}Enrolled patients outside the support of the history are flagged and counted (${see("twins")}); they are not excluded.`,
      prose`${strong("Limits of the model. ")}${stackMembers(record.model).length === 0 ? singleModelLimits(record.model) : "Weights are shared by the visits of an endpoint; endpoints that follow different members are uncorrelated there given the baseline"}; course while alive; no treatment of the history's own drift over calendar time.`,
      prose`${strong("Life cycle. ")}Drift is watched by observed minus twin in the control arm; retraining needs new data, gives a new model, and is a protocol amendment while a trial runs.`,
      prose`${strong("Independent reviewer. ")}${record.reviewer ?? "None is named in this version."}`,
      prose`${strong("No language model ")}takes part in any number or sentence of this report.`,
    ),
  ];
}

function adequacyParagraph({ verdict, primaryLabel }: DossierContext, failed: readonly string[]): ReportBlock {
  const met = failed.length === 0 ? "All applicable acceptance criteria are met" : `Not met: ${failed.join(", ")}`;
  switch (verdict.decision) {
    case "use":
      return paragraph`${strong("Adequacy. ")}${met}. The model is adequate for its context of use at ${primaryLabel}: its score may enter the analysis as a prognostic covariate.`;
    case "use-with-care":
      return paragraph`${strong("Adequacy. ")}${met}. The model is adequate for its context of use at ${primaryLabel} only with the reservations named in the verdict.`;
    case "do-not-use":
      return paragraph`${strong("Adequacy. ")}${met}. The model is not adequate for its context of use at ${primaryLabel}: no gain over ordinary adjustment is shown, and the trial is to be planned without the score.`;
  }
}

/** When the model was frozen: with the plan, whose instant the audit trail keeps. */
export function frozenText({ timing, createdAtUtc }: DossierContext["record"]): string {
  return timing.planFrozenAtUtc === null
    ? `instant not recorded; at the latest with this report, ${formatUtc(createdAtUtc)}`
    : `with the plan, ${formatUtc(timing.planFrozenAtUtc)}`;
}

function singleModelLimits({ parameters }: DossierContext["record"]["model"]): string {
  return parameters.curved === undefined
    ? "Linear in the baseline features; Gaussian on the analysis scale"
    : "Linear and Gaussian on the working scales and curves that were chosen, not in the baseline features themselves";
}
