import { eventLabel } from "../../../../lib/progression/event-model/event-parameters.ts";
import { eventSection, type FrozenModel } from "../../../../lib/progression/model-document.ts";
import { visitLabel } from "../../../../lib/reporting/figures/figure-labels.ts";
import { formatCount, formatFixed, formatSignificant } from "../../../../lib/reporting/format-number.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";

/** What ends courses: how many events were learnt from, and whether as many happened as were expected. */
export function EventsSection({ model }: { model: FrozenModel }) {
  const events = eventSection(model);
  if (events === undefined) return null;
  const { parameters, calibration } = events;
  const learnt = parameters.kinds.map(({ event, events }) => `${eventLabel(event)} (${formatCount(events)})`);
  const discrimination = (calibration?.concordance ?? []).map(
    ({ kind, estimate, standardError }) =>
      `${kind} ${formatFixed(estimate, 2)} (SE ${formatSignificant(standardError, 1)})`,
  );
  return (
    <Section
      title="Events and dropout"
      id="events"
      note={`Chances per interval between visits given the last values and baseline, learnt from ${learnt.join(", ")}; competing kinds. Dropout is any end of follow-up without a recorded event.${discrimination.length > 0 ? ` Concordance out of fold, from baseline: ${discrimination.join("; ")}.` : ""}`}
    >
      {calibration === null ? (
        <p>Too few events for figures out of fold.</p>
      ) : (
        <DataTable
          caption="Events out of fold: observed against expected"
          rows={calibration.rows}
          rowKey={(row) => `${row.kind}:${row.visitId}`}
          maxHeight="24rem"
          columns={[
            { key: "kind", title: "Event", render: (row) => row.kind },
            { key: "visit", title: "Until", render: (row) => visitLabel(model, row.visitId) },
            { key: "risk", title: "At risk", align: "right", render: (row) => formatCount(row.atRisk) },
            { key: "observed", title: "Observed", align: "right", render: (row) => formatCount(row.observed) },
            { key: "expected", title: "Expected", align: "right", render: (row) => formatFixed(row.expected, 1) },
            {
              key: "sd",
              title: "SD",
              unit: "if right",
              align: "right",
              render: (row) => formatFixed(row.standardDeviation, 1),
            },
          ]}
        />
      )}
    </Section>
  );
}
