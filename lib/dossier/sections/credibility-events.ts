import { eventLabel } from "../../progression/event-model/event-parameters.ts";
import { eventSection } from "../../progression/model-document.ts";
import { formatCount, formatFixed } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";

/** The model of events and dropout, where one was learnt: from how many events, and whether as many happened as were expected. */
export function eventBlocks(context: DossierContext): ReportBlock[] {
  const events = eventSection(context.record.model);
  if (events === undefined) return [];
  const { parameters, calibration } = events;
  const learnt = parameters.kinds.map(({ event, events }) => `${eventLabel(event)} (${formatCount(events)} events)`);
  const title = heading(2, "credibility-events", "Events and dropout");
  const method = paragraph`Beside the course the model holds chances of the events that end it, in each interval between planned visits, given the last values seen before it and baseline (competing kinds; equations EV1 to EV3): ${learnt.join(", ")}. Dropout is any end of follow-up without a recorded event. Chances for a twin are averaged over its expected courses (EV5). They enter neither the score nor the sample size.`;
  if (calibration === null) {
    return [title, method, paragraph`There were too few events for figures out of fold.`];
  }
  const order = calibration.concordance.map(
    ({ kind, estimate, standardError }) =>
      `${kind} ${formatFixed(estimate, 2)} (standard error ${formatFixed(standardError, 2)})`,
  );
  return [
    title,
    method,
    paragraph`${see("table-event-calibration")} sets the events observed against those expected, out of fold.${order.length > 0 ? ` Concordance (Harrell's C) of the chance from baseline with the order of events: ${order.join("; ")}.` : ""}`,
    table({
      id: "table-event-calibration",
      title: "Events by kind and visit, out of fold",
      population: context.historyPopulation,
      columns: columns("Event", "Until", ">At risk", ">Observed", ">Expected", ">SD if right"),
      rows: calibration.rows.map((row) => [
        row.kind,
        context.visit(row.visitId),
        formatCount(row.atRisk),
        formatCount(row.observed),
        formatFixed(row.expected, 1),
        formatFixed(row.standardDeviation, 1),
      ]),
      notes: ["SD if right: standard deviation of the observed number if the chances are those of the model (EV7)."],
    }),
  ];
}
