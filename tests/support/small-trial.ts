import type { MappingSpec } from "../../lib/data/mapping-spec.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import type { TrainingSpec } from "../../lib/progression/model-document.ts";

/** One record of the small trial; a text stands where a test wants something that is no number. */
export interface SmallRecord {
  id: number | string;
  trt: string;
  day: number | string;
  y: number | string;
  age: number | string;
  sex: string;
}

/** Patients with visits near days 0, 28 and 56; arms A and P in turn, or all of one. Nothing is missing. */
export function smallTrial(
  patients: number,
  options: { arm?: string; seed?: number; from?: number } = {},
): SmallRecord[] {
  const rng = createRng(options.seed ?? 1);
  const from = options.from ?? 1;
  return Array.from({ length: patients }, (_, i) => {
    const id = from + i;
    const trt = options.arm ?? (id % 2 === 0 ? "P" : "A");
    const age = Math.round(60 + 8 * rng.normal());
    const sex = rng.uniform() < 0.5 ? "F" : "M";
    const baseline = 40 + 8 * rng.normal();
    const later = () => 8 + 0.8 * baseline + 0.1 * (age - 60) - (trt === "A" ? 3 : 0) + 4 * rng.normal();
    const values = [baseline, later(), later()].map((value) => Number(value.toFixed(1)));
    return [0, 27, 57].map((day, k) => ({ id, trt, day, y: values[k] ?? "", age, sex }));
  }).flat();
}

/** The records as delimited text, columns in the order id, trt, day, y, age, sex. */
export function smallCsv(records: readonly SmallRecord[], separator = ","): string {
  const columns = ["id", "trt", "day", "y", "age", "sex"] as const;
  const lines = records.map((record) => columns.map((column) => record[column]).join(separator));
  return `${[columns.join(separator), ...lines].join("\n")}\n`;
}

/** The mapping of {@link smallTrial}. */
export function smallMapping(changes: Partial<MappingSpec> = {}): MappingSpec {
  return {
    format: "understudy-mapping/1",
    name: "small trial",
    role: "historical-control",
    origin: "simulated",
    patient: { column: "id" },
    study: { kind: "constant", value: "S" },
    site: null,
    time: { kind: "day", column: "day", unit: "days", convention: "zero-based" },
    visits: [
      { id: "week4", label: "Week 4", targetDay: 28, windowFrom: 15, windowTo: 42 },
      { id: "week8", label: "Week 8", targetDay: 56, windowFrom: 43, windowTo: 70 },
    ],
    layout: { kind: "endpoint-columns" },
    endpoints: [
      {
        endpoint: {
          id: "score",
          label: "score",
          unit: "points",
          scale: "identity",
          benefit: "lower-is-better",
          sourceRange: { minimum: 0, maximum: 100 },
        },
        source: "y",
      },
    ],
    baseline: { flag: null, column: null },
    arm: {
      kind: "column",
      column: "trt",
      arms: [
        { value: "P", arm: { id: "placebo", label: "Placebo", role: "control" } },
        { value: "A", arm: { id: "active", label: "Active", role: "experimental" } },
      ],
    },
    covariates: [
      {
        type: "continuous",
        id: "age",
        label: "Age",
        unit: "years",
        column: "age",
        sourceRange: { minimum: null, maximum: null },
        scale: "identity",
      },
      { type: "categorical", id: "sex", label: "Sex", column: "sex" },
    ],
    events: [],
    followUpDayColumn: null,
    include: null,
    rowFilter: [],
    missingText: [],
    ...changes,
  };
}

/** A training document for {@link smallMapping}. */
export function smallTraining(changes: Partial<TrainingSpec> = {}): TrainingSpec {
  return {
    format: "understudy-training/1",
    covariateIds: ["age", "sex"],
    strata: [],
    primary: { endpointId: "score", visitId: "week8" },
    folds: 5,
    repeats: 1,
    bootstrapReplicates: 200,
    shrinkage: { kind: "chosen" },
    seed: 1,
    ...changes,
  };
}
