import type { ResultTable } from "../analysis/analysis-report.ts";
import { combineValues, type SeveralValues } from "../power/several-values.ts";
import { rNumbers } from "../program-code/r-literal.ts";
import type { DesignSpec } from "./design-spec.ts";
import type { GroupSequentialDesign } from "./group-sequential-design.ts";
import { rDesignAt } from "./sequential-size-program.ts";

/** A specification with one value in every field. */
export type OneDesignSpec = Omit<DesignSpec, "oneSidedAlpha" | "power" | "designEffect" | "fixedSize"> & {
  readonly oneSidedAlpha: number;
  readonly power: number;
  readonly designEffect?: number;
  readonly fixedSize?: number;
};

/** One specification for each combination of the values given. */
export function designRows(spec: DesignSpec): [OneDesignSpec, ...OneDesignSpec[]] {
  const { oneSidedAlpha, power, designEffect, fixedSize, ...rules } = spec;
  const given = Object.fromEntries(
    Object.entries({ oneSidedAlpha, power, designEffect, fixedSize }).filter(([, values]) => values !== undefined),
  ) as Record<string, SeveralValues>;
  const rows = combineValues(given, spec.combine).map(
    (row): OneDesignSpec => ({ ...rules, oneSidedAlpha: row.oneSidedAlpha!, power: row.power!, ...row }),
  );
  return rows as [OneDesignSpec, ...OneDesignSpec[]];
}

/** One line a design, when several are asked for. */
export function designsTable(
  designs: readonly { readonly row: OneDesignSpec; readonly design: GroupSequentialDesign }[],
): ResultTable {
  const { row: first } = designs[0]!;
  const sized = first.fixedSize !== undefined;
  const scaled = first.designEffect !== undefined;
  return {
    id: "designs",
    title: "Designs by type I error and power",
    columns: [
      number("One-sided type I error"),
      share("Power"),
      ...(scaled ? [number("Design effect")] : []),
      ...(sized ? [number("Size of a single analysis")] : []),
      number("Final efficacy bound", "Z"),
      number("Inflation factor"),
      number("Expected information, no effect"),
      number("Expected information, design effect"),
      ...(sized ? [{ title: "Maximum size", unit: "", kind: "count" as const }] : []),
    ],
    rows: designs.map(({ row, design }) => [
      row.oneSidedAlpha,
      design.power,
      ...(scaled ? [row.designEffect!] : []),
      ...(sized ? [row.fixedSize!] : []),
      design.looks.at(-1)!.efficacyZ,
      design.inflationFactor,
      design.expectedInformation.underNull,
      design.expectedInformation.underDesignEffect,
      ...(sized ? [Math.ceil(row.fixedSize! * design.inflationFactor - 1e-9)] : []),
    ]),
    note: "Information as multiples of that of a single analysis with the same errors. The tables that follow are those of the first line.",
  };
}

/** R: the designs one by one. */
export function rDesigns(spec: DesignSpec, rows: readonly OneDesignSpec[]): string {
  return [
    "# Every design asked for",
    rDesignAt(spec),
    `errors <- data.frame(alpha = ${rNumbers(rows.map((row) => row.oneSidedAlpha))}, power = ${rNumbers(rows.map((row) => row.power))})`,
    "designs <- do.call(rbind, lapply(seq_len(nrow(errors)), function(i) {",
    "  design_at(errors$alpha[i], errors$power[i])",
    "  data.frame(errors[i, ], final_z = b$u[K], drift = drift, inflation = (drift / fixed)^2)",
    "}))",
    "write.csv(designs, row.names = FALSE)",
    "",
  ].join("\n");
}

const number = (title: string, unit = "") => ({ title, unit, kind: "number" as const });
const share = (title: string) => ({ title, unit: "", kind: "proportion" as const });
