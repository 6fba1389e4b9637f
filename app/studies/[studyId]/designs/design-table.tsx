"use client";
import type { ReactNode } from "react";
import { formatCount, formatFixed, formatMonteCarlo, MISSING } from "../../../../lib/reporting/format-number.ts";
import type { ComparedDesign, SimulatedDesign } from "../../../../lib/simulation/compare-designs.ts";
import { analysisParts } from "../../../../lib/simulation/simulated-analysis.ts";
import type { MonteCarloEstimate } from "../../../../lib/simulation/simulation-document.ts";
import { ProvenanceNumber } from "../../../_components/provenance/provenance-number.tsx";
import { DataTable, type TableColumn } from "../../../_components/table/data-table.tsx";
import type { RouterOutputs } from "../../../_lib/trpc.ts";
import { useUrlState } from "../../../_lib/url-state.ts";
import { runProvenance } from "../simulations/run-provenance.ts";
import { DesignActions } from "./design-actions.tsx";
import { alphaText, armsText, efficacyText, futilityText, looksText } from "./design-words.ts";
import classes from "./designs.module.css";

interface DesignTableProps {
  readonly lines: readonly ComparedDesign[];
  readonly run: RouterOutputs["simulation"]["get"] | null;
  /** The last run is still being asked for. */
  readonly waiting: boolean;
  readonly scenarioIds: { readonly null: string | null; readonly effect: string | null };
}

interface SimulatedColumn {
  readonly key: keyof SimulatedDesign;
  readonly title: string;
  /** Printed after the title. */
  readonly unit: string;
  /** Unit of the number itself. */
  readonly measure: string;
  readonly decimals: number;
  readonly under: "null" | "effect";
}

const simulatedColumns: readonly SimulatedColumn[] = [
  { key: "power", title: "Power", unit: "", measure: "", decimals: 3, under: "effect" },
  { key: "typeOneError", title: "Type I error", unit: "", measure: "", decimals: 4, under: "null" },
  {
    key: "expectedPatientsUnderNull",
    title: "Expected N",
    unit: "no effect",
    measure: "patients",
    decimals: 1,
    under: "null",
  },
  {
    key: "expectedPatientsUnderEffect",
    title: "Expected N",
    unit: "effect",
    measure: "patients",
    decimals: 1,
    under: "effect",
  },
  { key: "expectedMonths", title: "Duration", unit: "months", measure: "months", decimals: 1, under: "effect" },
];

/** One row per design; the pinned one is the reference of the differences in the others. */
export function DesignTable(props: DesignTableProps) {
  const { params, write } = useUrlState();
  const referenceId = params.get("reference");
  const columns: readonly TableColumn<ComparedDesign>[] = [
    {
      key: "name",
      title: "Design",
      width: "12rem",
      render: ({ design }) => (
        <>
          <button type="button" className={classes.name} onClick={() => write({ edit: design.id }, "push")}>
            {design.name}
          </button>
          {beneath(design.id === referenceId ? "reference" : null)}
        </>
      ),
    },
    {
      key: "actions",
      title: "Actions",
      render: ({ design }) => <DesignActions design={design} designs={props.lines.map((line) => line.design)} />,
    },
    {
      key: "total",
      title: "N",
      unit: "exp. : control",
      align: "right",
      render: (line) => (
        <>
          {formatCount(line.total)}
          {beneath(signed(line.difference?.total, 0))}
          {beneath(armsText(line.design))}
        </>
      ),
    },
    {
      key: "control",
      title: "Control",
      unit: "N",
      align: "right",
      render: (line) => (
        <>
          {formatCount(line.design.control)}
          {beneath(signed(line.difference?.control, 0))}
        </>
      ),
    },
    ...simulatedColumns.map(
      (column): TableColumn<ComparedDesign> => ({
        key: column.key,
        title: column.title,
        unit: column.unit,
        align: "right",
        render: (line) => <SimulatedNumber line={line} column={column} {...props} />,
      }),
    ),
    {
      key: "analysis",
      title: "Analysis",
      render: ({ design }) => <span className={classes.looks}>{analysisParts(design.analysis).name}</span>,
    },
    {
      key: "looks",
      title: "Looks",
      unit: "fraction",
      render: ({ design }) => <span className={classes.looks}>{looksText(design)}</span>,
    },
    {
      key: "futility",
      title: "Futility",
      render: ({ design }) => <span className={classes.words}>{futilityText(design)}</span>,
    },
    {
      key: "efficacy",
      title: "Efficacy",
      render: ({ design }) => <span className={classes.words}>{efficacyText(design)}</span>,
    },
    {
      key: "alpha",
      title: "One-sided α",
      render: (line) => <span className={classes.alpha}>{alphaText(line.design, line.twoSidedAlphaEquivalent)}</span>,
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

function SimulatedNumber(props: DesignTableProps & { line: ComparedDesign; column: SimulatedColumn }): ReactNode {
  const { line, column, run } = props;
  const estimate: MonteCarloEstimate | null = line.simulated[column.key];
  if (estimate === null || run === null || run.result === null)
    return (
      <span className={classes.unknown}>{props.waiting ? "…" : line.run === "changed" ? "changed" : MISSING}</span>
    );
  const scenario = run.spec.scenarios.find(({ id }) => id === props.scenarioIds[column.under]);
  const text = formatMonteCarlo(estimate, column.decimals);
  const difference = line.difference?.simulated[column.key] ?? null;
  return (
    <>
      <ProvenanceNumber
        entry={{
          ...runProvenance(run.result),
          id: `${column.key}.${line.design.id}`,
          title: `${column.title}: ${line.design.name}`,
          value: `${formatFixed(estimate.value, column.decimals)} ${column.measure}`.trim(),
          uncertainty: `± Monte Carlo standard error: ${text}`,
          method: `Simulated in the scenario "${scenario?.name ?? ""}": every replicate is a patient-level trial, analysed at each look.`,
        }}
      >
        {text}
      </ProvenanceNumber>
      {beneath(difference === null ? null : withSign(difference.value, formatMonteCarlo(difference, column.decimals)))}
    </>
  );
}

function signed(value: number | undefined, decimals: number): string | null {
  return value === undefined ? null : withSign(value, formatFixed(value, decimals));
}

/** A plus before a positive difference; none before one that is printed as zero. */
function withSign(value: number, text: string): string {
  return value > 0 && /^[^ ]*[1-9]/.test(text) ? `+${text}` : text;
}

/** The second line of a cell. */
function beneath(text: string | null): ReactNode {
  return text === null ? null : <span className={classes.second}>{text}</span>;
}
