import { formatCount, formatFixed, formatMonteCarlo, MISSING } from "../../../../lib/reporting/format-number.ts";
import type { CellResult } from "../../../../lib/simulation/simulation-document.ts";
import { DataTable } from "../../../_components/table/data-table.tsx";

/** Bounds and stopping per look, simulated beside analytic. */
export function LookTable({ cell }: { cell: CellResult }) {
  const analytic = (values: readonly number[] | undefined, look: number) => {
    const value = values?.[look - 1];
    return value === undefined ? MISSING : formatFixed(value, 4);
  };
  return (
    <div style={{ marginTop: "1rem" }}>
      <DataTable
        caption="Looks: bounds on the z scale in the direction of benefit; probability of stopping at the look"
        rows={cell.looks}
        rowKey={(look) => String(look.look)}
        columns={[
          { key: "look", title: "Look", align: "right", render: (look) => look.look },
          {
            key: "fraction",
            title: "Fraction",
            align: "right",
            render: (look) => formatFixed(look.informationFraction, 3),
          },
          {
            key: "cohort",
            title: "N",
            unit: "with endpoint",
            align: "right",
            render: (look) => formatCount(look.cohort),
          },
          {
            key: "efficacy",
            title: "Efficacy",
            unit: "z",
            align: "right",
            render: (look) => (look.efficacyBound === null ? MISSING : formatFixed(look.efficacyBound, 4)),
          },
          {
            key: "futility",
            title: "Futility",
            unit: "z",
            align: "right",
            render: (look) => (look.futilityBound === null ? MISSING : formatFixed(look.futilityBound, 4)),
          },
          {
            key: "stopEfficacy",
            title: "Stops for efficacy",
            unit: "± MCSE",
            align: "right",
            render: (look) => formatMonteCarlo(look.stopEfficacy, 4),
          },
          {
            key: "analyticEfficacy",
            title: "analytic",
            align: "right",
            render: (look) => analytic(cell.analytic?.stopEfficacy, look.look),
          },
          {
            key: "stopFutility",
            title: "Stops for futility",
            unit: "± MCSE",
            align: "right",
            render: (look) => formatMonteCarlo(look.stopFutility, 4),
          },
          {
            key: "analyticFutility",
            title: "analytic",
            align: "right",
            render: (look) => analytic(cell.analytic?.stopFutility, look.look),
          },
        ]}
      />
    </div>
  );
}
