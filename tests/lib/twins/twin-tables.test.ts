import { describe, expect, test } from "vitest";
import type { ExportTable } from "../../../lib/data/export-table.ts";
import { openTwinPredictor } from "../../../lib/progression/frozen-model.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { generateTwins } from "../../../lib/twins/generate-twins.ts";
import { parameterCodes } from "../../../lib/twins/parameter-codes.ts";
import { adtwin, adtwinc, adtwind } from "../../../lib/twins/twin-tables.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "../progression/simulated-history.ts";

const law = { ...DEFAULT_LAW, patients: 120, endpoints: 2 };
const history = simulatedHistory(law, 1);
const data = simulatedHistory({ ...law, patients: 8 }, 2, "enrolled");
const model = trainProgressionModel({
  data: history,
  dataHash: "a",
  training: trainingFor(history, { folds: 2, bootstrapReplicates: 200 }),
  name: "m",
});
const twins = generateTwins({ model, data, dataHash: "b" });
const E = model.endpoints.length;
const V = model.visits.length;

const numbers = (table: ExportTable, name: string): Float64Array => {
  const column = table.columns.find((candidate) => candidate.name === name);
  if (column?.kind !== "number") throw new Error(`no column of numbers ${name}`);
  return column.values;
};

describe("ADTWIN", () => {
  const table = adtwin(model, twins);

  test("has one row per patient, endpoint and visit, with names and labels that every format takes", () => {
    expect(table.rowCount).toBe(8 * E * V);
    for (const { name, label, values } of table.columns) {
      expect(name).toMatch(/^[A-Z][A-Z0-9]{0,7}$/);
      expect(label.length).toBeLessThanOrEqual(40);
      expect(values.length).toBe(table.rowCount);
    }
  });

  test("holds the exact means, variances and band limits of the twins, and the score as it is", () => {
    let row = 0;
    for (const twin of twins.twins) {
      for (let e = 0; e < E; e++) {
        for (let v = 0; v < V; v++, row++) {
          expect(numbers(table, "AVAL")[row]).toBe(twin.mean[e]![v]);
          expect(numbers(table, "TWVAR")[row]).toBe(twin.standardDeviation[e]![v]! ** 2);
          expect(numbers(table, "Q025")[row]).toBe(twin.bands[e]![v]![2]!.lower);
          expect(numbers(table, "Q750")[row]).toBe(twin.bands[e]![v]![0]!.upper);
          expect(numbers(table, "PROGSCR")[row]).toBe(twin.prognosticScore);
        }
      }
    }
  });
});

describe("ADTWIND and ADTWINC", () => {
  const draws = 4000;
  const drawn = adtwind({ model, data, twins, draws, seed: 7 });
  const covariances = adtwinc({ model, data, twins });

  test("draws have the exact mean and the covariances of ADTWINC, within Monte Carlo error", () => {
    const cells = E * V;
    const values = numbers(drawn, "AVAL");
    expect(values.length).toBe(8 * draws * cells);
    const pairs = (cells * (cells + 1)) / 2;
    const cov = numbers(covariances, "COV");
    expect(cov.length).toBe(8 * pairs);
    twins.twins.forEach((twin, i) => {
      const at = (draw: number, cell: number) => values[(i * draws + draw) * cells + cell]!;
      let pair = 0;
      for (let a = 0; a < cells; a++) {
        const mean = twin.mean[Math.floor(a / V)]![a % V]!;
        for (let b = a; b < cells; b++, pair++) {
          const other = twin.mean[Math.floor(b / V)]![b % V]!;
          let product = 0;
          for (let d = 0; d < draws; d++) product += (at(d, a) - mean) * (at(d, b) - other);
          const variance = (cell: number) => openVariance(i, cell);
          const scale = Math.sqrt(variance(a) * variance(b));
          expect(Math.abs(product / draws - cov[i * pairs + pair]!)).toBeLessThan((6 * 1.5 * scale) / Math.sqrt(draws));
        }
      }
    });
  });

  const predictor = openTwinPredictor(model);
  const openVariance = (i: number, cell: number): number => {
    const cells = E * V;
    let position = 0;
    for (let a = 0; a < cell; a++) position += cells - a;
    expect(predictor.model.outcomeCount).toBe(cells);
    return numbers(covariances, "COV")[(i * (cells * (cells + 1))) / 2 + position]!;
  };

  test("a patient's draws depend on the seed and the patient only", () => {
    const few = { ...data, patients: data.patients.slice(3, 5) };
    const own = adtwind({
      model,
      data: few,
      twins: generateTwins({ model, data: few, dataHash: "c" }),
      draws: 3,
      seed: 7,
    });
    const all = adtwind({ model, data, twins, draws: 3, seed: 7 });
    const size = 3 * E * V;
    expect(Array.from(numbers(own, "AVAL"))).toEqual(Array.from(numbers(all, "AVAL").subarray(3 * size, 5 * size)));
    const other = adtwind({ model, data, twins, draws: 3, seed: 8 });
    expect(numbers(other, "AVAL")[0]).not.toBe(numbers(all, "AVAL")[0]);
  });

  test("too many rows and data of other patients are refused with what to do", () => {
    expect(() => adtwind({ model, data, twins, draws: 1_000_000, seed: 1 })).toThrow(/At most \d+ draws per patient/);
    const other = { ...data, patients: data.patients.slice(1) };
    expect(() => adtwinc({ model, data: other, twins })).toThrow(/must be the patients the twins were made of/);
  });
});

test("parameter codes are short, different, and begin with a letter", () => {
  expect(parameterCodes(["logBilirubin", "logBilirubinTotal", "a", "A", "6mwt"])).toEqual([
    "LOGBILIR",
    "LOGBILI2",
    "A",
    "A2",
    "P6MWT",
  ]);
});
