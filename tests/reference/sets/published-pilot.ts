import { z } from "zod";
import { waldInference } from "../../../lib/analysis/analysis-result.ts";
import type { ReferenceColumns } from "../runner/reference-file.ts";
import { ancovaSet } from "./ancova.ts";
import { computedBy, numberOf, type PublishedRow, publishedRows } from "./published-data.ts";

/** Arms in the order in which the tables print them. */
export const ARMS = ["Placebo", "Xanomeline Low Dose", "Xanomeline High Dose"] as const;
const [PLACEBO, LOW, HIGH] = ARMS;
const DOSE: Readonly<Record<string, number>> = { [PLACEBO]: 0, [LOW]: 54, [HIGH]: 81 };

const columnsSchema = z.object({
  coef_names: z.array(z.string()),
  p: z.array(z.number()),
  sigma: z.number(),
  lsmeans_equal: z
    .object({ estimate: z.array(z.number()), lower: z.array(z.number()), upper: z.array(z.number()) })
    .optional(),
  contrasts_vs_control: z
    .object({
      estimate: z.array(z.number()),
      se: z.array(z.number()),
      p: z.array(z.number()),
      lower: z.array(z.number()),
      upper: z.array(z.number()),
    })
    .optional(),
});

/** One variable of a table as analysed: value at the visit, baseline and change where there is a baseline. */
interface PilotColumns {
  readonly rows: readonly PublishedRow[];
  readonly y: readonly (number | null)[];
  readonly base: readonly (number | null)[] | null;
}

/** ANCOVA of a visit with last observation carried forward, as the tables of the CDISC pilot print it. */
export function pilotTable(visit: number, endpoint: "adas" | "cibic") {
  const source =
    endpoint === "adas"
      ? publishedRows("cdisc_pilot/adas_analysis_locf_long.csv").filter((row) => row.EFFFL === "Y")
      : publishedRows("cdisc_pilot/adcibc.csv").filter((row) => row.EFFFL === "Y" && row.ANL01FL === "Y");
  const rows = source.filter((row) => Number(row.AVISITN) === visit);
  const table: PilotColumns = {
    rows,
    y: rows.map((row) => numberOf(endpoint === "adas" ? row.CHG : row.AVAL)),
    base: endpoint === "adas" ? rows.map((row) => numberOf(row.BASE)) : null,
  };
  const right = endpoint === "adas" ? "base+SITEGR1" : "SITEGR1";
  const fitted = (term: string, order: readonly string[]) =>
    columnsSchema.parse(
      computedBy(ancovaSet, { formula: `y~${right}+${term}`, factor_levels: { arm: order } }, ancovaColumns(table)),
    );
  const dose = fitted("dose", []);
  const versusPlacebo = fitted("arm", ARMS).contrasts_vs_control!;
  const versusLow = fitted("arm", [LOW, PLACEBO, HIGH]).contrasts_vs_control!;
  const effect = (of: typeof versusPlacebo, i: number) => ({ est: of.estimate[i]!, se: of.se[i]! });
  return {
    summary_rows: summaryRows(table),
    p_dose_response: dose.p[dose.coef_names.indexOf("dose")],
    p_low_vs_placebo: versusPlacebo.p[0],
    p_high_vs_placebo: versusPlacebo.p[1],
    diff_low_vs_placebo: effect(versusPlacebo, 0),
    diff_high_vs_placebo: effect(versusPlacebo, 1),
    ci_low: [versusPlacebo.lower[0], versusPlacebo.upper[0]],
    ci_high: [versusPlacebo.lower[1], versusPlacebo.upper[1]],
    p_high_vs_low: versusLow.p[1],
    diff_high_vs_low: effect(versusLow, 1),
    ci_high_vs_low: [versusLow.lower[1], versusLow.upper[1]],
  };
}

function ancovaColumns({ rows, y, base }: PilotColumns): ReferenceColumns {
  return {
    y,
    arm: rows.map((row) => row.TRTP!),
    SITEGR1: rows.map((row) => `site ${row.SITEGR1}`),
    dose: rows.map((row) => DOSE[row.TRTP!]!),
    ...(base === null ? {} : { base }),
  };
}

/** Counts, means and medians as the tables print them, padded. */
function summaryRows({ rows, y, base }: PilotColumns): string[] {
  const values = rows.map((row) => numberOf(row.AVAL));
  const blocks = base === null ? [values] : [base, values, y];
  return blocks.flatMap((block) => {
    const byArm = ARMS.map((arm) =>
      block.filter((value, i): value is number => value !== null && rows[i]!.TRTP === arm).sort((a, b) => a - b),
    );
    const line = (title: string, print: (sorted: readonly number[]) => string) =>
      [title, ...byArm.map((sorted, a) => (a < ARMS.length - 1 ? print(sorted).padEnd(12) : print(sorted)))].join("|");
    return [
      line("n", (sorted) => String(sorted.length)),
      line("Mean (SD)", (sorted) => {
        const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
        const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
        const deviation = Math.sqrt(squares / (sorted.length - 1));
        return `${mean.toFixed(1).padStart(4)} (${deviation.toFixed(2).padStart(5)})`;
      }),
      line("Median (Range)", (sorted) => {
        const half = sorted.length / 2;
        const median = (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
        const lowest = String(Math.round(sorted[0]!)).padStart(3);
        return `${median.toFixed(1).padStart(4)} (${lowest};${String(Math.round(sorted[sorted.length - 1]!)).padStart(2)})`;
      }),
    ];
  });
}

/** ANCOVA of the change in glucose at week 20, high dose against placebo. */
export function pilotGlucose() {
  const rows = publishedRows("cdisc_pilot/adlbc_5params.csv").filter(
    (row) => row.PARAMCD === "GLUC" && Number(row.AVISITN) === 20 && row.CHG !== "" && row.TRTA !== LOW,
  );
  const result = columnsSchema.parse(
    computedBy(
      ancovaSet,
      { formula: "y~base+arm", factor_levels: { arm: [PLACEBO, HIGH] } },
      {
        y: rows.map((row) => numberOf(row.CHG)),
        base: rows.map((row) => numberOf(row.BASE)),
        arm: rows.map((row) => row.TRTA!),
      },
    ),
  );
  const means = result.lsmeans_equal!;
  const effect = result.contrasts_vs_control!;
  // The table's program takes the limits of the difference from the normal distribution, all else from t.
  const normal = waldInference(effect.estimate[0]!, effect.se[0]!, null);
  const count = (arm: string) => rows.filter((row) => row.TRTA === arm).length;
  return {
    n_week20: { "Xan High": count(HIGH), Placebo: count(PLACEBO) },
    lsmean_change: {
      "Xan High": [means.estimate[1], means.lower[1], means.upper[1]],
      Placebo: [means.estimate[0], means.lower[0], means.upper[0]],
    },
    diff: [effect.estimate[0], normal.interval.lower, normal.interval.upper],
    p: effect.p[0],
    rmse: result.sigma,
  };
}
