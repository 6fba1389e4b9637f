import { describe, expect, test } from "vitest";
import type { SubjectTable } from "../../lib/data/subject-table.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import { baselineAncova } from "../../lib/progression/comparators/baseline-ancova.ts";
import { bandHolds } from "../../lib/progression/prediction-bands.ts";
import { readSoftwarePredictions, scoredPredictions } from "../../scripts/evidence/software-predictions.ts";

const PATIENTS = 40;
const fold = Int32Array.from({ length: PATIENTS }, (_, i) => i % 2);

/** One endpoint at two visits; outcome = baseline + 2 × hidden + noise. */
function patients(): { table: SubjectTable; hidden: Float64Array } {
  const rng = createRng(5);
  const baseline = Float64Array.from({ length: PATIENTS }, () => 10 + rng.normal());
  const hidden = Float64Array.from({ length: PATIENTS }, () => rng.normal());
  const outcomes = Float64Array.from(
    { length: 2 * PATIENTS },
    (_, k) => baseline[k >> 1]! + 2 * hidden[k >> 1]! + 0.1 * rng.normal(),
  );
  const visit = (day: number) => ({
    id: `day${day}`,
    label: `Day ${day}`,
    targetDay: day,
    windowFrom: day,
    windowTo: day,
  });
  const table: SubjectTable = {
    endpoints: [
      {
        id: "y",
        label: "y",
        unit: "",
        scale: "identity",
        benefit: "lower-is-better",
        sourceRange: { minimum: null, maximum: null },
      },
    ],
    visits: [visit(10), visit(20)],
    arms: [{ id: "placebo", label: "Placebo", role: "control" }],
    covariates: [],
    count: PATIENTS,
    ids: Array.from({ length: PATIENTS }, (_, i) => String(i)),
    studies: Array.from({ length: PATIENTS }, () => "one"),
    arm: new Int32Array(PATIENTS),
    covariateValues: new Float64Array(0),
    baseline,
    outcomes,
    days: outcomes.map(() => 10),
    eventKinds: [],
    eventDays: new Float64Array(0),
    lastDays: new Float64Array(PATIENTS),
  };
  return { table, hidden };
}

/** A file in which fold f predicts baseline + 2 × hidden + f, so that each fold's predictions can be told apart. */
function fileOf(table: SubjectTable, hidden: Float64Array): string[] {
  const lines = ["method,fold,patient,endpoint,visit,mean,sd,draw"];
  for (let f = 0; f < 2; f++) {
    for (let i = 0; i < PATIENTS; i++) {
      for (let v = 0; v < 2; v++) {
        const mean = table.baseline[i]! + 2 * hidden[i]! + f;
        const own = fold[i] === f;
        lines.push(`"other",${f + 1},${i + 1},1,${v + 1},${mean},${own ? 0.5 : "NA"},${own ? mean + 1 : "NA"}`);
      }
    }
  }
  return lines;
}

describe("predictions of other software", () => {
  const { table, hidden } = patients();
  const lines = fileOf(table, hidden);
  const [read] = readSoftwarePredictions(lines.join("\n"), table, fold);

  test("a held-out patient has the prediction of the fold that holds it out", () => {
    const scored = scoredPredictions(read!, table, fold, baselineAncova([]));
    for (let i = 0; i < PATIENTS; i++) {
      const mean = table.baseline[i]! + 2 * hidden[i]! + fold[i]!;
      expect(scored.mean[2 * i]).toBeCloseTo(mean, 10);
      expect(scored.draw[2 * i + 1]).toBeCloseTo(mean + 1, 10);
      expect(scored.variance[2 * i]).toBe(0.25);
      expect(bandHolds(scored.bands, 2 * i, 2, mean + 0.979)).toBe(true);
      expect(bandHolds(scored.bands, 2 * i, 2, mean + 0.981)).toBe(false);
    }
  });

  test("a shift of a fold's predictions is no score beyond baseline: the fold's own regression takes it out", () => {
    const scored = scoredPredictions(read!, table, fold, baselineAncova([]));
    const mean = scored.scoreBeyondBaseline.reduce((sum, value) => sum + value, 0) / scored.scoreBeyondBaseline.length;
    // Left is 2 × hidden about the training patients' regression: mean near 0 (SD 2/√40 = 0.3), nowhere near the shift's 0.5 and 1.
    const expected = hidden.reduce((sum, value) => sum + 2 * value, 0) / PATIENTS;
    expect(Math.abs(mean - expected)).toBeLessThan(0.9);
    for (let i = 0; i < PATIENTS; i++)
      expect(scored.scoreBeyondBaseline[2 * i]).toBeCloseTo(scored.scoreBeyondBaseline[2 * i + 1]!, 8);
  });

  test("a file with a gap, a stranger, or a word for a number is refused with its line", () => {
    const without = lines.filter((_, k) => k !== 7).join("\n");
    expect(() => readSoftwarePredictions(without, table, fold)).toThrow(/other does not predict every patient/);
    const stranger = [...lines, "other,1,41,1,1,0,1,0"].join("\n");
    expect(() => readSoftwarePredictions(stranger, table, fold)).toThrow(/line 162: no such/);
    const word = lines.with(3, "other,1,2,1,1,high,1,0").join("\n");
    expect(() => readSoftwarePredictions(word, table, fold)).toThrow(/line 4: .*"high" is not a number/s);
    const flat = lines.map((line) => line.replace(",0.5,", ",0,")).join("\n");
    expect(() => readSoftwarePredictions(flat, table, fold)).toThrow(/positive SD/);
  });
});
