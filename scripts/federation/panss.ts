import { readFileSync } from "node:fs";
import type { LongDataSet } from "../../lib/data/long-data-set.ts";
import { sharedPath } from "../../tests/support/shared.ts";
import { dataSetOf, tableOf } from "../evidence/assemble.ts";

const WEEKS = [2, 4, 6, 8];

/** Five trials in schizophrenia, all patients; the change after one week stands for the baseline. Null where the file is missing. */
export function panssPatients(): LongDataSet | null {
  const path = sharedPath("data/panss/Schizo_PANSS.csv");
  if (path === null) return null;
  const [, ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
  const rows = lines.flatMap((line, patient) => {
    const [, , treat, week1, ...later] = line.split(",");
    return WEEKS.map((week, k) => [patient + 1, week, later[k], week1, treat].join(","));
  });
  const text = `patient,week,change,change1,treat\n${rows.join("\n")}\n`;
  return dataSetOf(tableOf(new TextEncoder().encode(text), "panss.csv"), {
    format: "understudy-mapping/1",
    name: "Schizophrenia trials, PANSS",
    role: "historical-control",
    origin: "public",
    patient: { column: "patient" },
    study: { kind: "constant", value: "panss" },
    site: null,
    time: {
      kind: "visit",
      column: "week",
      baselineValues: [],
      visits: WEEKS.map((week) => ({ value: String(week), visitId: `week${week}` })),
      dayColumn: null,
    },
    visits: WEEKS.map((week) => ({
      id: `week${week}`,
      label: `Week ${week}`,
      targetDay: 7 * week,
      windowFrom: 7 * week - 7,
      windowTo: 7 * week + 6,
    })),
    layout: { kind: "endpoint-columns" },
    endpoints: [
      {
        endpoint: {
          id: "change",
          label: "change of PANSS total",
          unit: "points",
          scale: "identity",
          benefit: "lower-is-better",
          sourceRange: { minimum: -200, maximum: 200 },
        },
        source: "change",
      },
    ],
    baseline: { flag: null, column: "change1" },
    arm: {
      kind: "pooled-control",
      reason: "no arm had placebo; the course under active treatment is what is predicted",
      arm: { id: "active", label: "Active treatment", role: "control" },
    },
    covariates: [{ type: "categorical", id: "treat", label: "Treatment", column: "treat" }],
    events: [],
    followUpDayColumn: null,
    include: null,
    rowFilter: [],
    missingText: [],
  });
}

/** Site of each patient, from the number of the investigator: an investigator's patients stay together. */
export function panssSites(sites: number): number[] {
  const path = sharedPath("data/panss/Schizo_PANSS.csv");
  if (path === null) return [];
  const [, ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
  return lines.map((line) => Number(line.split(",")[1]) % sites);
}
