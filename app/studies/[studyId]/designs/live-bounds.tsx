"use client";
import { useMemo } from "react";
import { boundaryFigure } from "../../../../lib/reporting/figures/boundary-figure.ts";
import {
  formatCount,
  formatFixed,
  formatPercent,
  formatPValue,
  formatSignificant,
  MISSING,
} from "../../../../lib/reporting/format-number.ts";
import type { DesignDescription, DesignLook } from "../../../../lib/simulation/describe-design.ts";
import { Chart } from "../../../_components/chart/chart.tsx";
import { DataTable, type TableColumn } from "../../../_components/table/data-table.tsx";

const columns: readonly TableColumn<DesignLook>[] = [
  { key: "look", title: "Look", align: "right", render: (row) => row.look },
  { key: "fraction", title: "Fraction", align: "right", render: (row) => formatFixed(row.informationFraction, 3) },
  { key: "cohort", title: "N", unit: "with endpoint", align: "right", render: (row) => formatCount(row.cohort) },
  {
    key: "efficacy",
    title: "Efficacy",
    unit: "z",
    align: "right",
    render: (row) => (row.efficacyBound === null ? MISSING : formatFixed(row.efficacyBound, 4)),
  },
  {
    key: "p",
    title: "Nominal p",
    unit: "one-sided",
    align: "right",
    render: (row) => (row.efficacyNominalP === null ? MISSING : formatPValue(row.efficacyNominalP)),
  },
  {
    key: "futility",
    title: "Futility",
    unit: "z",
    align: "right",
    render: (row) => (row.futilityBound === null ? MISSING : formatFixed(row.futilityBound, 4)),
  },
  {
    key: "alpha",
    title: "α spent",
    unit: "cumulative",
    align: "right",
    render: (row) => formatFixed(row.alphaSpent, 5),
  },
  {
    key: "null",
    title: "Stopped, no effect",
    unit: "eff. / fut.",
    align: "right",
    render: (row) => `${formatFixed(row.efficacyUnderNull, 4)} / ${formatFixed(row.futilityUnderNull, 4)}`,
  },
  {
    key: "effect",
    title: "Stopped, effect",
    unit: "eff. / fut.",
    align: "right",
    render: (row) => `${formatFixed(row.efficacyUnderEffect, 4)} / ${formatFixed(row.futilityUnderEffect, 4)}`,
  },
];

/** Bounds of a design as it is typed: figure, table, and what they mean for its size. */
export function LiveBounds({ name, description }: { name: string; description: DesignDescription }) {
  const figure = useMemo(() => boundaryFigure(name, description.looks), [name, description]);
  return (
    <>
      <Chart specification={figure} height={300} />
      <div style={{ marginTop: "0.75rem" }}>
        <DataTable
          caption="Bounds per look, by the canonical joint distribution; stopped for efficacy / for futility by then"
          columns={columns}
          rows={description.looks}
          rowKey={(row) => String(row.look)}
        />
      </div>
      <p style={{ fontSize: "0.75rem", lineHeight: 1.5, color: "var(--ink-soft)", margin: "0.5rem 0 0" }}>
        {sentences(description)}
      </p>
    </>
  );
}

function sentences(description: DesignDescription): string {
  const { effect, expectedFraction, inflationFactor } = description;
  const power = formatPercent(effect.power, 0);
  const effectText =
    effect.kind === "beta-spending"
      ? `"Effect" is the one that this design shows with ${power} power.`
      : `"Effect" is the one that a single look of this size shows with ${power} power.`;
  const inflation =
    inflationFactor === null
      ? ""
      : ` Maximum information is ${formatFixed(inflationFactor, 4)} times that of a single look with the same power.`;
  return `N ${formatCount(description.total)} in all; two-sided equivalent α ${formatSignificant(description.twoSidedAlphaEquivalent, 3)}. ${effectText}${inflation} When the trial ends, ${formatPercent(expectedFraction.underNull)} of the patients have their endpoint on average without effect, ${formatPercent(expectedFraction.underEffect)} with it.`;
}
