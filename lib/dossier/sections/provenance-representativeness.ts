import { decimalsForScale, formatFixed, formatPercent, MISSING } from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";

type Covariate = DossierContext["history"]["quality"]["covariates"][number];

/** Baseline of the history against that of the enrolled patients. */
export function representativenessBlocks({ history, enrolled }: DossierContext): ReportBlock[] {
  const rows = history.quality.covariates.flatMap((covariate) => {
    const other = enrolled.quality.covariates.find((candidate) => candidate.covariateId === covariate.covariateId);
    return other === undefined ? [] : comparisonRows(covariate, history.patients, other, enrolled.patients);
  });
  const large = rows.filter((row) => Math.abs(Number((row[3] ?? "").replace("−", "-"))) > 0.25).map((row) => row[0]);
  return [
    heading(2, "provenance-representativeness", "Representativeness"),
    paragraph`${see("table-representativeness")} sets the baseline of the history beside that of the enrolled patients. ${large.length === 0 ? "No standardised mean difference exceeds 0.25." : `A standardised mean difference above 0.25 is seen for: ${large.join(", ")}.`} Whether the history is relevant and reliable enough for the context of use is a judgement for the statistician (${see("appendixChecklist")}, point C15).`,
    table({
      id: "table-representativeness",
      title: "Baseline characteristics of history and enrolled patients",
      population: `History N = ${history.patients}; enrolled N = ${enrolled.patients}`,
      columns: columns(
        "Characteristic",
        `>History|N = ${history.patients}`,
        `>Enrolled|N = ${enrolled.patients}`,
        ">SMD",
        ">Missing|history / enrolled",
      ),
      rows,
      notes: [
        "Continuous: mean (SD). Categories: n (% of patients with the characteristic known). SMD: enrolled minus history.",
      ],
    }),
  ];
}

function comparisonRows(a: Covariate, patientsA: number, b: Covariate, patientsB: number): string[][] {
  const missing = `${a.summary.missing} / ${b.summary.missing}`;
  if (a.summary.type === "continuous" && b.summary.type === "continuous") {
    const name = a.summary.unit === "" ? a.label : `${a.label} (${a.summary.unit})`;
    const decimals = decimalsForScale(a.summary.standardDeviation ?? 1);
    const show = (mean: number | null, sd: number | null) =>
      mean === null || sd === null ? MISSING : `${formatFixed(mean, decimals)} (${formatFixed(sd, decimals + 1)})`;
    return [
      [
        name,
        show(a.summary.mean, a.summary.standardDeviation),
        show(b.summary.mean, b.summary.standardDeviation),
        continuousSmd(a.summary, b.summary),
        missing,
      ],
    ];
  }
  if (a.summary.type !== "categorical" || b.summary.type !== "categorical") return [];
  const knownA = patientsA - a.summary.missing;
  const knownB = patientsB - b.summary.missing;
  const levels = [...new Set([...a.summary.levels, ...b.summary.levels].map((level) => level.level))];
  const countIn = (summary: { levels: readonly { level: string; patients: number }[] }, level: string) =>
    summary.levels.find((entry) => entry.level === level)?.patients ?? 0;
  const { summary: first } = a;
  const { summary: second } = b;
  return levels.map((level) => {
    const x = countIn(first, level);
    const y = countIn(second, level);
    return [
      `${a.label}: ${level}`,
      `${x} (${formatPercent(x / Math.max(1, knownA))})`,
      `${y} (${formatPercent(y / Math.max(1, knownB))})`,
      proportionSmd(x / Math.max(1, knownA), y / Math.max(1, knownB)),
      missing,
    ];
  });
}

type Continuous = { mean: number | null; standardDeviation: number | null };

function continuousSmd(a: Continuous, b: Continuous): string {
  if (a.mean === null || b.mean === null || a.standardDeviation === null || b.standardDeviation === null)
    return MISSING;
  const pooled = Math.sqrt((a.standardDeviation ** 2 + b.standardDeviation ** 2) / 2);
  return pooled > 0 ? formatFixed((b.mean - a.mean) / pooled, 2) : MISSING;
}

function proportionSmd(a: number, b: number): string {
  const pooled = Math.sqrt((a * (1 - a) + b * (1 - b)) / 2);
  return pooled > 0 ? formatFixed((b - a) / pooled, 2) : MISSING;
}
