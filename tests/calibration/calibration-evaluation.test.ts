import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DomainError } from "../../lib/errors/domain-error.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import { analyseTrial } from "../../lib/trial-analysis/analyse-trial.ts";
import { levelKey } from "../../lib/trial-analysis/level-key.ts";
import { SIMULATED_LEVELS } from "../../lib/trial-analysis/simulated-level-table.ts";
import { calibrationDocument } from "../../scripts/calibration/calibration-document.ts";
import { FAMILIES } from "../../scripts/calibration/calibration-families.ts";
import type { CalibrationResults } from "../../scripts/calibration/calibration-results.ts";
import { SETTINGS } from "../../scripts/calibration/calibration-setting.ts";
import { trialEvaluator } from "../../scripts/calibration/evaluate-analysis.ts";
import { simulatedLevels } from "../../scripts/calibration/simulated-level-table.ts";

describe("what calibration counts is what a user gets", () => {
  for (const { id, laws, methods } of FAMILIES)
    it(`${id}: effects as in the reports`, () => {
      const [, setting] = SETTINGS;
      laws.forEach((law, l) => {
        const data = law.simulate(setting!, true, createRng(20 + l));
        const evaluate = trialEvaluator(data);
        for (const { spec, title } of methods) {
          const found = evaluate(spec);
          const reported = reportedEffect(() => analyseTrial(spec, data).effects[0]!.result);
          expect(found === null, `${law.id}, ${title}`).toBe(reported === null);
          if (found === null || reported === null) continue;
          const pairs = [
            [found.oneSidedPValue, reported.oneSidedPValue],
            [found.twoSidedPValue, reported.twoSidedPValue],
            [found.interval.lower, reported.interval.lower],
            [found.interval.upper, reported.interval.upper],
          ] as const;
          for (const [a, b] of pairs)
            if (a === null || b === null) expect(a, `${law.id}, ${title}`).toBe(b);
            else expect(Math.abs(a - b), `${law.id}, ${title}`).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(b)));
        }
      });
    });

  it("has a key of its own for every method, so that results can be looked up", () => {
    for (const { methods } of FAMILIES) {
      const keys = methods.map(({ spec }) => JSON.stringify(levelKey(spec, 400)));
      expect(keys).not.toContain("null");
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it("is looked up from the table that the committed run wrote", () => {
    const results: CalibrationResults = JSON.parse(readFileSync("docs/evidence/calibration.json", "utf8"));
    expect(SIMULATED_LEVELS).toEqual(simulatedLevels(results));
    expect(readFileSync("docs/evidence/calibration.md", "utf8")).toBe(calibrationDocument(results));
  });
});

function reportedEffect<T>(analyse: () => T): T | null {
  try {
    return analyse();
  } catch (error) {
    if (error instanceof DomainError) return null;
    throw error;
  }
}
