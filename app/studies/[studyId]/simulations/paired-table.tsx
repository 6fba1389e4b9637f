import { designName, scenarioName } from "../../../../lib/reporting/figures/simulation-names.ts";
import { formatCount, formatFixed, formatMonteCarlo } from "../../../../lib/reporting/format-number.ts";
import type { SimulationResult } from "../../../../lib/simulation/simulation-document.ts";
import { DataTable } from "../../../_components/table/data-table.tsx";

/** Differences of rejection between designs on the same simulated patients. */
export function PairedTable({ result }: { result: SimulationResult }) {
  const reference = result.pairedDifferences[0]?.referenceDesignId ?? "";
  return (
    <div style={{ marginTop: "1.25rem" }}>
      <DataTable
        caption={`Difference of the probability of success to "${designName(result.spec, reference)}", paired on the same simulated patients`}
        rows={result.pairedDifferences}
        rowKey={(row) => `${row.scenarioId}:${row.designId}`}
        maxHeight="22rem"
        columns={[
          { key: "scenario", title: "Scenario", render: (row) => scenarioName(result.spec, row.scenarioId) },
          { key: "design", title: "Design", render: (row) => designName(result.spec, row.designId) },
          {
            key: "difference",
            title: "Difference",
            align: "right",
            render: ({ rejectionDifference }) => (
              <span title={formatFixed(rejectionDifference.value, 5)}>{formatMonteCarlo(rejectionDifference, 4)}</span>
            ),
          },
          { key: "replicates", title: "Replicates", align: "right", render: (row) => formatCount(row.replicates) },
        ]}
      />
    </div>
  );
}
