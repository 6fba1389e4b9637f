import { expect, test } from "vitest";
import { csvText } from "../../../lib/data/export-csv.ts";
import { gainProgram, HELD_OUT_FILE } from "../../../lib/progression/gain-program.ts";
import { trainWithPredictions } from "../../../lib/progression/train-progression-model.ts";
import { hasR, runRProgram } from "../../support/run-r-program.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "./simulated-history.ts";

test("R gives gain, partial correlation, R² and SD again from the out-of-fold predictions", async (context) => {
  if (!hasR([])) return context.skip();
  const data = simulatedHistory({ ...DEFAULT_LAW, patients: 120 }, 5);
  const training = { ...trainingFor(data), bootstrapReplicates: 400 };
  const { model, heldOut } = trainWithPredictions({ data, dataHash: "d", name: "history", training });
  const files = { [HELD_OUT_FILE]: csvText(heldOut.columns, heldOut.rows) };
  for (const at of model.evaluation.gain) {
    const { estimates } = runRProgram(gainProgram(at, 400).r, files, ["estimates"]);
    const column = (name: string) => estimates![name]!.map(Number);
    const own = [
      at.gain,
      at.partialCorrelation,
      at.variance.rSquaredAncova,
      at.variance.rSquaredWithScore,
      { value: at.variance.standardDeviation, lower: Number.NaN, upper: Number.NaN },
    ];
    expect(column("patients")[0]).toBe(at.patients);
    own.forEach(({ value, lower, upper }, k) => {
      expect(Math.abs(column("value")[k]! - value), `${at.visitId} ${k}`).toBeLessThan(
        1e-9 * Math.max(1, Math.abs(value)),
      );
      if (Number.isNaN(lower)) return;
      // Other random numbers: limits of 400 resamples differ by a fraction of the interval's width.
      const width = upper - lower;
      expect(Math.abs(column("lower")[k]! - lower)).toBeLessThan(0.25 * width + 1e-9);
      expect(Math.abs(column("upper")[k]! - upper)).toBeLessThan(0.25 * width + 1e-9);
    });
  }
});
