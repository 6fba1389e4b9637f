import { federatedMember, federationOf, wasKept } from "../../../../lib/progression/federation/federation-of.ts";
import type { AveragingRound } from "../../../../lib/progression/federation/federation-record.ts";
import { federationSentences } from "../../../../lib/progression/federation/federation-text.ts";
import type { FrozenModel } from "../../../../lib/progression/model-document.ts";
import { formatCount, formatFixed, MISSING } from "../../../../lib/reporting/format-number.ts";
import { Section } from "../../../_components/feedback/page-header.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { Facts } from "../../../_components/table/facts.tsx";

/** Where the patients were whom a federated model has learnt from, what left the sites, and what that cost. */
export function FederationSection({ model }: { model: FrozenModel }) {
  const record = federationOf(model);
  if (record === undefined) return null;
  const { noise, averaging } = record;
  return (
    <Section
      title="Federation"
      id="federation"
      note="The patients stayed at their sites; files with sums or weights were exchanged. Every figure on this page is from predicting each site by models of the other sites. Calibration by groups, the histogram of the PIT, subgroups, run-in and other members need single patients and are not available."
    >
      <DataTable
        caption="Sites"
        rows={record.sites}
        rowKey={({ site }) => site}
        narrow
        columns={[
          { key: "site", title: "Site", render: (row) => row.site },
          { key: "patients", title: "Control patients", align: "right", render: (row) => formatCount(row.patients) },
          { key: "hash", title: "Data set (SHA-256)", render: (row) => <span className="hash">{row.dataHash}</span> },
        ]}
      />
      <Facts
        items={[
          ["Rounds", `${formatCount(record.rounds)} of at most ${formatCount(record.maximumRounds)}`],
          ["Fewest patients in a sum", formatCount(record.minimumCell)],
          [
            "Left out",
            `at most ${formatCount(record.leftOut.values)} values and ${formatCount(record.leftOut.patients)} patients`,
          ],
          ["Noise", noise === null ? "none" : `ε = ${noise.epsilon}, δ = ${noise.delta}, ${noise.releases} releases`],
          [
            "Plan (SHA-256)",
            <span key="plan" className="hash">
              {record.planHash}
            </span>,
          ],
        ]}
      />
      <ul style={{ fontSize: "0.875rem", lineHeight: 1.6, paddingLeft: "1.1rem" }}>
        {federationSentences(federatedMember(model), record).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {averaging !== undefined && averaging.course.length > 0 && (
        <DataTable
          caption="Mean log-density of a patient's outcomes (standardised; minus the loss) by round and site"
          rows={averaging.course}
          rowKey={(row) => `${row.stage} ${row.round} ${row.site}`}
          rowState={(row) => (wasKept(averaging, row) ? "selected" : undefined)}
          maxHeight="24rem"
          columns={[
            {
              key: "round",
              title: "Round",
              render: (row) => `${row.stage === "gaussian" ? "without" : "with"} hidden units, ${row.round}`,
            },
            { key: "site", title: "Site", render: (row) => row.site },
            { key: "patients", title: "N", align: "right", render: (row) => formatCount(row.patients) },
            number("heldOut", "Not seen", "average of the other sites"),
            number("before", "Before", "average of all sites"),
            number("after", "After", "the site's own passes"),
          ]}
        />
      )}
    </Section>
  );
}

function number(key: "heldOut" | "before" | "after", title: string, unit: string) {
  return {
    key,
    title,
    unit,
    align: "right" as const,
    render: (row: AveragingRound) => {
      const value = row[key];
      return value === null ? MISSING : formatFixed(value, 4);
    },
  };
}
