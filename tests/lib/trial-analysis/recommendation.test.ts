import { describe, expect, it } from "vitest";
import { type AnalysisSpec, analysisSpecSchema } from "../../../lib/trial-analysis/analysis-spec.ts";
import {
  levelDiagnostics,
  type SimulatedLevel,
  type SimulatedLevels,
} from "../../../lib/trial-analysis/recommendation.ts";
import { SIMULATED_LEVELS } from "../../../lib/trial-analysis/simulated-level-table.ts";

const SMALL = { control: 30, experimental: 30 };
const UNEQUAL = { control: 15, experimental: 45 };
const LARGE = { control: 200, experimental: 200 };

const ancova = (varianceEstimator: string): AnalysisSpec =>
  analysisSpecSchema.parse({ method: "ancova", endpoint: "y", visit: "v", varianceEstimator });

/** Levels of three estimators under one law: 30 + 30, 15 + 45, 200 + 200. */
function table(rows: Readonly<Record<string, readonly [number, number, number]>>, trials = 1000): SimulatedLevels {
  const cell = (setting: typeof SMALL, level: number): SimulatedLevel => ({ ...setting, law: "normal", trials, level });
  return {
    ancova: Object.fromEntries(
      Object.entries(rows).map(([choice, [small, unequal, large]]) => [
        choice,
        [cell(SMALL, small), cell(UNEQUAL, unequal), cell(LARGE, large)],
      ]),
    ),
  };
}

const LEVELS = table({ model: [0.05, 0.11, 0.05], HC0: [0.08, 0.12, 0.052], HC3: [0.049, 0.055, 0.05] });

describe("what simulation says of a test", () => {
  it("says nothing where the level was close to nominal", () => {
    expect(levelDiagnostics(ancova("HC3"), UNEQUAL, LEVELS)).toEqual([]);
    expect(levelDiagnostics(ancova("model"), SMALL, LEVELS)).toEqual([]);
  });

  it("warns of a test that rejected too often, names the setting and the choice that kept its level", () => {
    const [found, ...others] = levelDiagnostics(ancova("model"), { control: 18, experimental: 50 }, LEVELS);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: "warning", code: "simulated-level" });
    expect(found?.message).toMatch(/15 \+ 45 patients .*“normal”.*11\.0 % .*too often.*“HC3” rejected 5\.5 %/);
  });

  it("takes the nearest setting in size and allocation, whichever arm is larger", () => {
    expect(levelDiagnostics(ancova("HC0"), { control: 60, experimental: 60 }, LEVELS)[0]?.message).toContain("30 + 30");
    expect(levelDiagnostics(ancova("HC0"), { control: 100, experimental: 90 }, LEVELS)).toEqual([]);
    expect(levelDiagnostics(ancova("model"), { control: 45, experimental: 15 }, LEVELS)[0]?.message).toContain(
      "your larger arm is the control",
    );
  });

  it("informs of a test that rejected too rarely", () => {
    const rare = table({ HC3: [0.02, 0.02, 0.05], HC2: [0.045, 0.047, 0.05] });
    const [found] = levelDiagnostics(ancova("HC3"), SMALL, rare);
    expect(found).toMatchObject({ severity: "information" });
    expect(found?.message).toMatch(/2\.0 % .*rarer.*“HC2”/);
  });

  it("names no remedy that rejects too often itself", () => {
    const both = table({ HC3: [0.12, 0.12, 0.05], HC0: [0.09, 0.09, 0.05] });
    expect(levelDiagnostics(ancova("HC3"), SMALL, both)[0]?.message).not.toContain("HC0");
  });

  it("does not take Monte Carlo error for a deviation", () => {
    expect(levelDiagnostics(ancova("HC3"), SMALL, table({ HC3: [0.08, 0.08, 0.08] }, 100))).toEqual([]);
  });

  it("is silent on what was not simulated and on trials far larger than those that were", () => {
    expect(levelDiagnostics(ancova("HC4"), SMALL, LEVELS)).toEqual([]);
    expect(levelDiagnostics(ancova("HC0"), { control: 900, experimental: 900 }, LEVELS)).toEqual([]);
    const curves = analysisSpecSchema.parse({ method: "kaplan-meier", events: ["death"] });
    expect(levelDiagnostics(curves, SMALL, LEVELS)).toEqual([]);
  });

  it("knows the level of the equal-variance analysis with few controls from the committed run", () => {
    const [found] = levelDiagnostics(ancova("model"), UNEQUAL, SIMULATED_LEVELS);
    expect(found).toMatchObject({ severity: "warning", code: "simulated-level" });
    expect(found?.message).toMatch(/15 \+ 45 .*control varies more.*too often.*The choice “HC[34]” rejected/);
  });
});
