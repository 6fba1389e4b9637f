"use client";
import type { ReactNode } from "react";
import { formatCount, formatFixed, formatPercent, formatSignificant } from "../../../../lib/reporting/format-number.ts";
import type { SizingAnalysis, SizingResult } from "../../../../lib/sizing/sizing-document.ts";
import { sizingProgram } from "../../../../lib/sizing/sizing-program.ts";
import type { ProvenanceInput } from "../../../_components/provenance/provenance.ts";
import { ProvenanceNumber } from "../../../_components/provenance/provenance-number.tsx";
import { DataTable } from "../../../_components/table/data-table.tsx";
import { sizingFields, textOf } from "./sizing-inputs.ts";

type SizingRow = SizingResult["rows"][number];

export const analysisNames: Readonly<Record<SizingAnalysis, string>> = {
  unadjusted: "Unadjusted",
  ancova: "ANCOVA",
  "ancova-with-score": "ANCOVA + twin",
};

interface Line {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly strong?: boolean;
  readonly render: (row: SizingRow) => ReactNode;
}

function lines(result: SizingResult): readonly Line[] {
  return [
    { key: "rSquared", title: "R²", unit: "", render: (row) => formatFixed(row.rSquared, 3) },
    {
      key: "discounted",
      title: "R² after deflation",
      unit: "λ²R²",
      render: (row) => formatFixed(row.discountedRSquared, 3),
    },
    {
      key: "total",
      title: "N total",
      unit: "evaluable",
      strong: true,
      render: (row) => <Total result={result} row={row} />,
    },
    { key: "experimental", title: "Experimental", unit: "patients", render: (row) => formatCount(row.experimental) },
    { key: "control", title: "Control", unit: "patients", render: (row) => formatCount(row.control) },
    { key: "enrolled", title: "N to enrol", unit: "after dropout", render: (row) => formatCount(row.enrolled.total) },
    {
      key: "arms",
      title: "of which experimental : control",
      unit: "patients",
      render: (row) => `${formatCount(row.enrolled.experimental)} : ${formatCount(row.enrolled.control)}`,
    },
    {
      key: "savedUnadjusted",
      title: "Saved against unadjusted",
      unit: "patients",
      render: (row) => formatCount(row.savedVersusUnadjusted),
    },
    {
      key: "savedAncova",
      title: "Saved against ANCOVA",
      unit: "patients",
      strong: true,
      render: (row) => formatCount(row.savedVersusAncova),
    },
    { key: "power", title: "Power at these sizes", unit: "", render: (row) => formatPercent(row.power) },
    { key: "zero", title: "Power if R² were 0", unit: "", render: (row) => formatPercent(row.powerAtZeroRSquared) },
  ];
}

/** Unadjusted, ANCOVA and ANCOVA + twin on the same patients. */
export function SizingTable({ result }: { result: SizingResult }) {
  return (
    <DataTable
      caption="Sample size by analysis"
      captionHidden
      rows={lines(result)}
      rowKey={(line) => line.key}
      columns={[
        {
          key: "measure",
          title: "Per trial",
          render: (line) => (
            <>
              <span style={line.strong === true ? { fontWeight: 500 } : {}}>{line.title}</span>
              {line.unit !== "" && <span style={{ color: "var(--ink-soft)" }}> {line.unit}</span>}
            </>
          ),
        },
        ...result.rows.map((row) => ({
          key: row.analysis,
          title: analysisNames[row.analysis],
          align: "right" as const,
          render: (line: Line) =>
            line.strong === true ? <strong style={{ fontWeight: 500 }}>{line.render(row)}</strong> : line.render(row),
        })),
      ]}
    />
  );
}

function Total({ result, row }: { result: SizingResult; row: SizingRow }) {
  const inputs = sizingFields.map((field): ProvenanceInput => {
    const input = result.spec[field];
    return {
      label: textOf(field, result.spec.hypothesis).label,
      value: formatSignificant(input.value, 4),
      source: input.source,
      note: input.note,
    };
  });
  const range = row.analysis === "ancova-with-score" ? result.range : null;
  return (
    <ProvenanceNumber
      entry={{
        id: `size.${row.analysis}`,
        title: `N total, ${analysisNames[row.analysis]}`,
        value: `${formatCount(row.total)} patients`,
        uncertainty:
          range === null
            ? `exact power ${formatPercent(row.power, 2)} at these integer sizes`
            : `${formatCount(range.totalAtUpper)} to ${formatCount(range.totalAtLower)} over the 95 % interval of the R² with score; exact power ${formatPercent(row.power, 2)}`,
        method:
          "Smallest integer sizes in the randomisation ratio whose exact noncentral t power reaches the power asked for; residual variance σ²(1 − λ²R²), control SD inflated by γ.",
        formulas: result.formulaLabels,
        inputs,
        identities: [{ label: "Engine", value: result.engineVersion }],
        code: sizingProgram(result),
      }}
    >
      {formatCount(row.total)}
    </ProvenanceNumber>
  );
}
