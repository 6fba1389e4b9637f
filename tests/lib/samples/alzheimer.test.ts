import { describe, expect, it } from "vitest";
import { assembleDataSet } from "../../../lib/data/assemble-data-set.ts";
import { readTable } from "../../../lib/data/read-table.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { compareWithKnownTruth } from "../../../lib/progression/known-truth-comparison.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { alzheimerStudy } from "../../../lib/samples/alzheimer/alzheimer-study.ts";
import { generateHistoricalCsv, generateTrialCsv } from "../../../lib/samples/alzheimer/generate-programme.ts";
import { alzheimerTruth } from "../../../lib/samples/alzheimer/known-truth.ts";
import { studySpecificationSchema } from "../../../lib/trial/study-specification.ts";

/** Draws the law written in lib/samples/METHODS.md once more, independently of the factor code. */
function drawByHand(seed: number, patients: number) {
  const rng = createRng(seed);
  const rows: { age: number; education: number; mmse: number; cdr: number; apoe: number; y0: number; y78: number }[] =
    [];
  for (let i = 0; i < patients; i++) {
    const u = rng.normal();
    const ageFactor = rng.normal();
    const apoe = rng.uniform() < 0.6 ? 1 : 0;
    const level = 24 + 6 * u + 1.5 * rng.normal();
    const worsening = 6 + 1.6 * (apoe - 0.6) - 0.56 * ageFactor + 1.1 * u + 3.6 * rng.normal();
    rows.push({
      age: 72.5 + 7 * ageFactor,
      education: 14 + 3 * rng.normal(),
      mmse: 21.5 - 2.2 * u + 1.6 * rng.normal(),
      cdr: 4.6 + 1.3 * u + 1.1 * rng.normal(),
      apoe,
      y0: level + 2.6 * rng.normal(),
      y78: level + worsening + 2.6 * rng.normal(),
    });
  }
  return rows;
}

/** R² of least squares by Gram–Schmidt, with an intercept. */
function rSquared(y: number[], columns: number[][]): number {
  const centre = (x: number[]) => {
    const mean = x.reduce((a, b) => a + b, 0) / x.length;
    return x.map((value) => value - mean);
  };
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
  let residual = centre(y);
  const total = dot(residual, residual);
  const basis: number[][] = [];
  for (const column of columns.map(centre)) {
    const direction = basis.reduce((vector, base) => {
      const factor = dot(vector, base) / dot(base, base);
      return vector.map((value, i) => value - factor * (base[i] ?? 0));
    }, column);
    basis.push(direction);
    const factor = dot(residual, direction) / dot(direction, direction);
    residual = residual.map((value, i) => value - factor * (direction[i] ?? 0));
  }
  return 1 - dot(residual, residual) / total;
}

describe("the simulated Alzheimer's programme", () => {
  const truth = alzheimerTruth();

  it("states the R² that an independent draw of the written law shows", () => {
    const n = 100_000;
    const rows = drawByHand(7, n);
    const y = rows.map((row) => row.y78);
    const ancova = rSquared(y, [rows.map((row) => row.y0)]);
    const best = rSquared(y, [
      rows.map((row) => row.y0),
      rows.map((row) => row.age),
      rows.map((row) => row.education),
      rows.map((row) => row.mmse),
      rows.map((row) => row.cdr),
      rows.map((row) => row.apoe),
    ]);
    // Large-sample SE of an R² is about 2R(1 − R²)/√n < 0.003; 4 of them.
    expect(Math.abs(ancova - truth.rSquaredAncova)).toBeLessThan(0.01);
    expect(Math.abs(best - truth.rSquaredBestScore)).toBeLessThan(0.01);
    expect(truth.rSquaredBestScore).toBeGreaterThan(truth.rSquaredAncova);
  });

  it("states control means that the generated history shows", () => {
    const values = generateHistoricalCsv(3)
      .split("\n")
      .slice(1)
      .filter((line) => line.includes("Week 12,"))
      .map((line) => Number(line.split(",").at(-1)));
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const expected = truth.controlByVisit[0];
    // Dropout before the first visit does not depend on the outcome, so the observed mean is unbiased there.
    expect(Math.abs(mean - (expected?.mean ?? 0))).toBeLessThan(
      (4 * (expected?.standardDeviation ?? 0)) / Math.sqrt(values.length),
    );
  });

  it("gives the same bytes for the same seed and others for another", () => {
    expect(generateTrialCsv(5)).toBe(generateTrialCsv(5));
    expect(generateTrialCsv(5)).not.toBe(generateTrialCsv(6));
  });

  it("keeps history and trial patients apart", () => {
    const ids = (csv: string) =>
      new Set(
        csv
          .split("\n")
          .slice(1, -1)
          .map((line) => line.split(",")[1]),
      );
    const history = ids(generateHistoricalCsv(1));
    expect([...ids(generateTrialCsv(1))].filter((id) => history.has(id))).toEqual([]);
    expect(history.size).toBe(660);
  });

  it("has a valid specification", () => {
    expect(studySpecificationSchema.safeParse(alzheimerStudy.specification).success).toBe(true);
  });
});

describe("what the program makes of the simulated history", () => {
  it("recovers the known means, SDs and R² within four standard errors, in spite of dropout that depends on worsening", () => {
    const [historical] = alzheimerStudy.datasets;
    const read = readTable(
      historical.bytes(() => new Uint8Array()),
      historical.fileName,
    );
    if (!read.ok) throw new Error("unreadable");
    const assembled = assembleDataSet(read.table, historical.mapping);
    if (!assembled.ok) throw new Error("not assembled");
    const model = trainProgressionModel({
      data: assembled.data,
      dataHash: "0".repeat(64),
      training: { ...alzheimerStudy.training, bootstrapReplicates: 200 },
      name: "history",
    });
    const rows = compareWithKnownTruth(alzheimerTruth(), model);
    expect(rows.length).toBe(14);
    for (const row of rows) {
      expect(Math.abs(row.estimate - row.truth), row.quantity).toBeLessThan(4 * row.standardError);
    }
  });
});
