import { formatCount, formatPercent } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { nullCells } from "../headline.ts";
import { stackMembers } from "../member-description.ts";
import { bullets, heading, paragraph, prose, see, strong } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

export function limitationsSection(context: DossierContext): ReportBlock[] {
  const { record, study, history, gain } = context;
  const typeOne = nullCells(context).length === 0 ? [] : prose` (${see("table-type-one")})`;
  const studies = history.quality.studies.length;
  const missing = history.quality.missingness.find(
    (row) => row.endpointId === context.primary.endpointId && row.visitId === context.primary.visitId,
  );
  const share = missing === undefined ? null : 1 - missing.observed / Math.max(1, missing.patients);
  const caveats = [
    ...record.model.diagnostics,
    ...history.quality.diagnostics,
    ...context.enrolled.quality.diagnostics,
  ].filter((entry) => entry.severity !== "information");
  return [
    heading(1, "limitations", SECTION_TITLES.limitations),
    bullets(
      prose`${strong("Transportability. ")}The history is ${studies === 1 ? "one study" : `${String(studies)} studies`} with ${formatCount(history.patients)} patients; the enrolled patients may differ in ways the baseline does not show. ${see("table-representativeness")} shows what can be seen.`,
      prose`${strong("Unmeasured confounding. ")}The comparison planned here is randomised and not confounded. Comparisons of observed values with twins are not randomised and are therefore descriptive only.`,
      prose`${strong("Model misspecification. ")}${stackMembers(record.model).length === 0 ? `The model is linear and Gaussian on ${record.model.parameters.curved === undefined ? "the analysis scale" : "the scales and curves that were chosen"}.` : "The model is a weighted mean of members, each with assumptions of its own; simulated patients and support rest on a law that is linear and Gaussian on the analysis scale."} A wrong model makes the score less useful; it cannot bias the randomised comparison or raise its type I error${typeOne}.`,
      prose`${strong("Data quality. ")}${share === null ? "" : `At the primary visit ${formatPercent(share)} of the history lack the endpoint. `}Missing values are taken as missing at random; ${caveats.length === 0 ? "the data-quality report raised no warning." : `the data-quality report and the training raised: ${caveats.map((entry) => entry.message).join(" ")}`}`,
      prose`${strong("Uncertainty of the gain. ")}The gain was compared in ${formatCount(gain.patients)} patients. Its interval does not include the variation of training, because the score is a fixed covariate in its use.`,
      prose`${strong("Simulation assumptions. ")}Dropout is independent of the outcome, accrual constant, variances equal in the arms, the effect the same for every patient. Designs that look best here are best in these scenarios.`,
      prose`${strong("Scope. ")}Safety exposure, subgroups and secondary endpoints at the reduced size are not assessed.`,
      ...(study.dataOrigin === "simulated"
        ? [
            prose`${strong("Simulated data. ")}All patients are simulated; nothing in this report is evidence about a treatment or a disease.`,
          ]
        : []),
    ),
    ...(study.knownTruth === null
      ? []
      : [
          paragraph`The truth behind the simulated data is known and was not used by the program: ${study.knownTruth.law} The best attainable R² at the primary visit is ${formatPercent(study.knownTruth.rSquaredBestScore)} with the true score and ${formatPercent(study.knownTruth.rSquaredAncova)} with ANCOVA; out of fold the program found ${formatPercent(gain.variance.rSquaredWithScore.value)} and ${formatPercent(gain.variance.rSquaredAncova.value)} (${see("table-grid")} shows what such differences mean for the size).`,
        ]),
  ];
}
