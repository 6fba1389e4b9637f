"use client";
import { formatCount, formatFixed, formatSignificant } from "../../../../lib/reporting/format-number.ts";
import { replicateGuidance } from "../../../../lib/simulation/replicate-guidance.ts";
import { DataTable } from "../../../_components/table/data-table.tsx";
import classes from "./simulations.module.css";

const power = 0.9;

/** What a number of replicates is good for, and the standard error it gives. */
export function ReplicateGuide(props: { alpha: number; chosen: number; onChoose: (replicates: number) => void }) {
  return (
    <DataTable
      caption={`Monte Carlo standard error by number of replicates, at a type I error of ${formatSignificant(props.alpha, 3)} and a power of ${power}`}
      rows={replicateGuidance(props.alpha, power)}
      rowKey={(row) => String(row.replicates)}
      rowState={(row) => (row.replicates === props.chosen ? "selected" : undefined)}
      columns={[
        {
          key: "replicates",
          title: "Replicates",
          align: "right",
          render: (row) => (
            <button
              type="button"
              className={classes.open}
              onClick={() => props.onChoose(row.replicates)}
              aria-label={`Use ${formatCount(row.replicates)} replicates`}
            >
              {formatCount(row.replicates)}
            </button>
          ),
        },
        { key: "purpose", title: "Good for", render: (row) => row.purpose },
        { key: "error", title: "± type I error", align: "right", render: (row) => formatFixed(row.errorMcse, 4) },
        { key: "power", title: "± power", align: "right", render: (row) => formatFixed(row.powerMcse, 4) },
      ]}
    />
  );
}
