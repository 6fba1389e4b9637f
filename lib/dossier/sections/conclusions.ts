import { formatCount, formatMonteCarlo, formatPercent, formatPercentInterval } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import { acceptanceResults } from "../acceptance-criteria.ts";
import type { DossierContext } from "../dossier-context.ts";
import { nullCells, saving } from "../headline.ts";
import { bullets, heading, paragraph, prose, see } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** Only what a numbered table says. */
export function conclusionsSection(context: DossierContext): ReportBlock[] {
  const { record, gain, verdict } = context;
  const ancova = context.sizingRow("ancova");
  const withScore = context.sizingRow("ancova-with-score");
  const largest = nullCells(context)[0];
  const failed = acceptanceResults(context).filter((row) => row.passed === false);
  return [
    heading(1, "conclusions", SECTION_TITLES.conclusions),
    paragraph`Each conclusion names the table it rests on.`,
    bullets(
      prose`At ${context.primaryLabel} the gain of the twin over ANCOVA on baseline value and strata is ${formatPercentInterval(gain.gain)} (${see("table-gain")}). ${gain.gainClaimed ? "A gain is shown." : "No gain shown."} ANCOVA on all covariates gains ${formatPercentInterval(gain.allCovariateAncovaGain)}.`,
      failed.length === 0
        ? prose`All applicable acceptance criteria are met (${see("table-acceptance")}).`
        : prose`Acceptance criteria not met: ${failed.map((row) => row.id).join(", ")} (${see("table-acceptance")}).`,
      prose`ANCOVA needs ${formatCount(ancova.total)} patients with endpoint, ANCOVA with the score ${formatCount(withScore.total)}; saved against ANCOVA: ${saving(withScore.savedVersusAncova)} (${see("table-three-way")}).`,
      prose`If covariates and score explained nothing, the size planned with the score would have ${formatPercent(withScore.powerAtZeroRSquared)} power (${see("table-three-way")}).`,
      largest === undefined
        ? prose`The type I error was not simulated.`
        : prose`The largest simulated type I error is ${formatMonteCarlo(largest.rejection, 4)} (${see("table-type-one")}).`,
    ),
    verdict.decision === "do-not-use"
      ? paragraph`Overall: plan the trial with ANCOVA on baseline value and strata (${formatCount(ancova.total)} patients with endpoint, ${formatCount(ancova.enrolled.total)} randomised), without the score. The history does not support a smaller control arm by prognostic adjustment.`
      : paragraph`Overall: the trial may be planned with the score as an additional covariate (${formatCount(withScore.total)} patients with endpoint, ${formatCount(withScore.enrolled.total)} randomised), with the discounts stated and the fallback power accepted beforehand.${record.study.dataOrigin === "simulated" ? " The patients are simulated: this is a demonstration." : ""}`,
    paragraph`Comparison with published work: partial correlations of prognostic scores reported for randomised trials lie between 0.30 and 0.46 and total savings between 7 and 15 % [2, 3]; figures from vendors are usually not compared with ordinary adjustment on the same patients, as they are here.`,
  ];
}
