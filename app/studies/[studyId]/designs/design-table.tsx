"use client";
import type { ReactNode } from "react";
import { formatCount, formatFixed, formatMonteCarlo, MISSING } from "../../../../lib/reporting/format-number.ts";
import type { ComparedDesign, SimulatedDesign } from "../../../../lib/simulation/compare-designs.ts";
import type { MonteCarloEstimate } from "../../../../lib/simulation/simulation-document.ts";
import { ProvenanceNumber } from "../../../_components/provenance/provenance-number.tsx";
import { DataTable, type TableColumn } from "../../../_components/table/data-table.tsx";
import type { RouterOutputs } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { runProvenance } from "../simulations/run-provenance.ts";
import { DesignActions } from "./design-actions.tsx";
import { alphaText, analysisWords, armsText, efficacyText, futilityText, looksText } from "./design-words.ts";
import classes from "./designs.module.css";

interface DesignTableProps {
  readonly lines: readonly ComparedDesign[];
  readonly run: RouterOutputs["simulation"]["get"] | null;
  readonly scenarioIds: { readonly null: string | null; readonly effect: string | null };
}

const simulatedColumns: readonly {
  readonly key: keyof SimulatedDesign;
  readonly title: string;
  readonly unit?: string;
  readonly decimals: number;
  readonly under: "null" | "effect";
}[] = [
  { key: "power", title: "Power", decimals: 3, under: "effect" },
  { key: "typeOneError", title: "Type I error", decimals: 4, under: "null" },
  { key: "expectedPatientsUnderNull", title: "Expected N, no effect", unit: "patients", decimals: 1, under: "null" },
  { key: "expectedPatientsUnderEffect", title: "Expected N, effect", unit: "patients", decimals: 1, under: "effect" },
  { key: "expectedMonths", title: "Duration", unit: "months", decimals: 1, under: "effect" },
];

/** One row per design; the pinned one is the reference of the differences in the others. */
export function DesignTable(props: DesignTableProps) {
  const { params, write } = useUrlState();
  const referenceId = params.get("reference");
  const columns: readonly TableColumn<ComparedDesign>[] = [
    {
      key: "name",
      title: "Design",
      width: "13rem",
      render: ({ design }) => (
        <>
          <button type="button" className={classes.name} onClick={() => write({ edit: design.id }, "push")}>
            {design.name}
          </button>
          {design.id === referenceId && <span className={classes.reference}>reference</span>}
        </>
      ),
    },
    {
      key: "total",
      title: "N",
      unit: "total",
      align: "right",
      render: (line) => twoLines(formatCount(line.total), signed(line.difference?.total, 0)),
    },
    {
      key: "control",
      title: "Control",
      unit: "N",
      align: "right",
      render: (line) => twoLines(formatCount(line.design.control), signed(line.difference?.control, 0)),
    },
    { key: "arms", title: "Arms", align: "right", render: ({ design }) => armsText(design) },
    ...simulatedColumns.map(
      (column): TableColumn<ComparedDesign> => ({
        key: column.key,
        title: column.title,
        ...(column.unit === undefined ? {} : { unit: column.unit }),
        align: "right",
        render: (line) => <SimulatedNumber line={line} column={column} {...props} />,
      }),
    ),
    { key: "looks", title: "Looks", unit: "fraction", render: ({ design }) => looksText(design) },
    {
      key: "efficacy",
      title: "Efficacy",
      render: ({ design }) => <span className={classes.words}>{efficacyText(design)}</span>,
    },
    {
      key: "futility",
      title: "Futility",
      render: ({ design }) => <span className={classes.words}>{futilityText(design)}</span>,
    },
    {
      key: "analysis",
      title: "Analysis",
      render: ({ design }) => <span className={classes.analysis}>{analysisWords[design.analysis]}</span>,
    },
    {
      key: "alpha",
      title: "One-sided α",
      render: (line) => (
        <span className={classes.analysis}>{alphaText(line.design, line.twoSidedAlphaEquivalent)}</span>
      ),
    },
    {
      key: "actions",
      title: "Actions",
      render: ({ design }) => <DesignActions design={design} designs={props.lines.map((line) => line.design)} />,
    },
  ];
  return (
    <DataTable
      caption="Designs of the study"
      captionHidden
      columns={columns}
      rows={props.lines}
      rowKey={({ design }) => design.id}
      rowState={({ design }) => (design.id === referenceId ? "reference" : undefined)}
    />
  );
}

function SimulatedNumber(
  props: DesignTableProps & { line: ComparedDesign; column: (typeof simulatedColumns)[number] },
): ReactNode {
  const { line, column, run } = props;
  const estimate: MonteCarloEstimate | null = line.simulated[column.key];
  if (estimate === null || run === null || run.result === null)
    return <span className={classes.unknown}>{line.run === "changed" ? "changed" : MISSING}</span>;
  const scenario = run.spec.scenarios.find(({ id }) => id === props.scenarioIds[column.under]);
  const text = formatMonteCarlo(estimate, column.decimals);
  const difference = line.difference?.simulated[column.key] ?? null;
  return twoLines(
    <ProvenanceNumber
      entry={{
        ...runProvenance(run.result),
        id: `${column.key}.${line.design.id}`,
        title: `${column.title}: ${line.design.name}`,
        value: `${formatFixed(estimate.value, column.decimals)} ${column.unit ?? ""}`.trim(),
        uncertainty: `± Monte Carlo standard error: ${text}`,
        method: `Simulated in the scenario "${scenario?.name ?? ""}": every replicate is a patient-level trial, analysed at each look.`,
      }}
    >
      {text}
    </ProvenanceNumber>,
    difference === null ? null : `${sign(difference.value)}${formatMonteCarlo(difference, column.decimals)}`,
  );
}

function signed(value: number | undefined, decimals: number): string | null {
  return value === undefined ? null : `${sign(value)}${formatFixed(value, decimals)}`;
}

function sign(value: number): string {
  return value > 0 ? "+" : "";
}

function twoLines(value: ReactNode, difference: string | null): ReactNode {
  return difference === null ? (
    value
  ) : (
    <>
      {value}
      <span className={classes.difference}>{difference}</span>
    </>
  );
}
