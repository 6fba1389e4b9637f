import { formatFixed } from "../../../lib/reporting/format-number.ts";
import type { EventResults, TemporalSplit } from "../evidence-results.ts";
import { INDEPENDENT_RIDGE } from "./independent-ridge.ts";
import { markdownTable, withLimits } from "./interval-text.ts";

/** PBC: early entrants train, late entrants test. */
export function lateEntrantsSection(split: TemporalSplit, image: (name: string) => string[]): string[] {
  return [
    "## PBC: early entrants train, late entrants test",
    "",
    `Trained once on id ≤ 200 (both arms, ${split.trained} patients), tested once on id > 200 (both arms) at two years (the visit nearest to day 730 within 549 to 913). Beside it the figures that an independent ridge score reached on the same split. Partial correlation of score and outcome given baseline with Fisher's interval; gain over ANCOVA on baseline, learnt from the early entrants, with patient-bootstrap interval.`,
    "",
    ...INDEPENDENT_RIDGE.flatMap(({ endpointId, label, partialCorrelation }) => {
      const rows = split.rows.filter((row) => row.endpointId === endpointId);
      return [
        `### Late entrants: ${label}`,
        "",
        ...image(`pbc-split-${endpointId}`),
        ...markdownTable(
          [`score (${rows[0]?.tested ?? 0} patients)`, "signed partial r", "gain, %"],
          [
            ...rows.map((row) => [row.name, withLimits(row.partialCorrelation, 2), withLimits(row.gain, 1, 100)]),
            ["Independent ridge score", withLimits(partialCorrelation, 2), "—"],
          ],
        ),
        "",
      ];
    }),
  ];
}

/** PBC: transplant-free survival. */
export function survivalSection(events: EventResults, image: string[]): string[] {
  return [
    "## PBC: transplant-free survival",
    "",
    `${events.patients} patients, ${events.events} deaths or transplantations up to ${events.horizon}. Chances from baseline, five folds by patient. The event model learns from visits up to ${events.horizon} and follows the twin's course (Gaussian joint model); Cox regression has all baseline covariates and the whole follow-up. Harrell's C with its standard error's interval; Brier score at ${events.horizon} with patient-bootstrap interval.`,
    ...(events.missing.length > 0 ? ["", `Not compared, because not installed: ${events.missing.join(", ")}.`] : []),
    "",
    ...markdownTable(
      ["chances by", "C", "Brier score", "Brier gain over Kaplan–Meier, %"],
      events.survival.map(({ name, concordance, brier, brierGain }) => [
        name,
        concordance === null ? "—" : withLimits(concordance, 3),
        withLimits(brier, 3),
        withLimits(brierGain, 1, 100),
      ]),
    ),
    "",
    "Numbers expected from the history before each interval, out of fold, and observed ones:",
    "",
    ...image,
    ...markdownTable(
      ["event", "interval up to", "at risk", "observed", "expected", "SD if right"],
      events.calibration.map((row) => [
        row.kind,
        row.visitId,
        String(row.atRisk),
        String(row.observed),
        formatFixed(row.expected, 1),
        formatFixed(row.standardDeviation, 1),
      ]),
    ),
    "",
  ];
}
