import { describe, expect, test } from "vitest";
import { leakageDiagnostics } from "../../../lib/progression/leakage.ts";
import type { GainAtVisit } from "../../../lib/progression/model-document.ts";
import { type VerdictEvidence, verdictAtVisit } from "../../../lib/progression/verdict.ts";

const interval = (value: number, lower: number, upper: number) => ({ value, lower, upper, level: 0.95 });

function evidence(
  gain: [number, number, number],
  r: [number, number, number],
  change: Partial<VerdictEvidence> = {},
): VerdictEvidence {
  const row: GainAtVisit = {
    endpointId: "e",
    visitId: "v",
    patients: 150,
    gain: interval(...gain),
    partialCorrelation: interval(...r),
    allCovariateAncovaGain: interval(0, 0, 0),
    rmse: { twin: 1, baselineAncova: 1, allCovariateAncova: 1, meanChange: 1, lastValueCarriedForward: 1 },
    variance: {
      standardDeviation: 1,
      rSquaredAncova: interval(0.3, 0.2, 0.4),
      rSquaredWithScore: interval(0.4, 0.3, 0.5),
    },
    gainClaimed: gain[1] > 0 && r[1] > 0,
  };
  return {
    endpointLabel: "log bilirubin",
    visitLabel: "Year 2",
    gain: row,
    calibration: {
      endpointId: "e",
      visitId: "v",
      patients: 150,
      slope: interval(1, 0.8, 1.2),
      intercept: interval(0, -1, 1),
      crps: 1,
      pitMean: 0.5,
      pitKs: 0.05,
      pitHistogram: [],
      groups: [],
    },
    coverage: [
      { endpointId: "e", visitId: "v", level: 0.95, covered: 143, patients: 150, coverage: interval(0.953, 0.9, 0.98) },
    ],
    leaveOneStudyOut: [],
    ...change,
  };
}

describe("verdict", () => {
  test("both lower limits above 0 and nothing against it: use", () => {
    const verdict = verdictAtVisit(evidence([0.12, 0.04, 0.2], [0.3, 0.15, 0.45]));
    expect(verdict.decision).toBe("use");
    expect(verdict.sentence).toContain("gain 12.0 %, 95 % interval 4.0 % to 20.0 %, 150 patients");
  });

  test("a gain whose interval excludes 0 while the correlation does not: the sentence says so itself", () => {
    expect(verdictAtVisit(evidence([0.04, 0.01, 0.12], [0.05, -0.25, 0.24])).sentence).toBe(
      "No gain is demonstrated for log bilirubin at Year 2: plan the trial without the twin's score. Out of fold, compared with ANCOVA on baseline value and strata (gain 4.0 %, 95 % interval 1.0 % to 12.0 %, 150 patients). The partial correlation of twin and outcome, 0.05 (95 % interval −0.25 to 0.24), does not exclude 0.",
    );
  });

  test.each([
    { gain: [0.12, -0.001, 0.2], r: [0.3, 0.15, 0.45] },
    { gain: [0.12, 0.04, 0.2], r: [0.3, 0, 0.45] },
    { gain: [-0.05, -0.1, 0.0], r: [-0.1, -0.2, 0.1] },
  ] as { gain: [number, number, number]; r: [number, number, number] }[])(
    "a lower limit at or below 0 is no claim: $gain, $r",
    ({ gain, r }) => {
      const verdict = verdictAtVisit(evidence(gain, r));
      expect(verdict.decision).toBe("do-not-use");
      expect(verdict.sentence).toMatch(/^No gain is demonstrated for log bilirubin at Year 2: plan the trial without/);
      expect(verdict.reasons.length).toBeGreaterThan(0);
    },
  );

  test("minus signs are typographic and zero has none", () => {
    expect(verdictAtVisit(evidence([-0.05, -0.1, -0.0001], [-0.1, -0.2, 0.1])).sentence).toContain(
      "gain −5.0 %, 95 % interval −10.0 % to 0.0 %",
    );
  });

  test("poor calibration, a study that disagrees, few patients and suspicion of leakage each ask for care", () => {
    const claimed: [[number, number, number], [number, number, number]] = [
      [0.4, 0.3, 0.5],
      [0.3, 0.2, 0.4],
    ];
    const base = evidence(...claimed);
    const cases: VerdictEvidence[] = [
      { ...base, calibration: { ...base.calibration, slope: interval(0.7, 0.5, 0.9) } },
      { ...base, coverage: [{ ...base.coverage[0]!, coverage: interval(0.8, 0.73, 0.86) }] },
      { ...base, gain: { ...base.gain, patients: 60 } },
      evidence(claimed[0], [0.55, 0.4, 0.65]),
      {
        ...base,
        leaveOneStudyOut: [
          {
            endpointId: "e",
            visitId: "v",
            study: "B",
            patients: 40,
            gain: interval(-0.1, -0.2, 0.1),
            meanError: interval(0, -1, 1),
          },
        ],
      },
    ];
    for (const one of cases) expect(verdictAtVisit(one).decision).toBe("use-with-care");
  });

  test("partial correlation above 0.5 warns, above 0.6 is critical, strongly negative is neither", () => {
    const severity = (r: number) =>
      leakageDiagnostics(evidence([0.4, 0.3, 0.5], [r, r - 0.1, r + 0.1]).gain, "x").map((d) => d.severity);
    expect(severity(0.5)).toEqual([]);
    expect(severity(0.51)).toEqual(["warning"]);
    expect(severity(0.61)).toEqual(["critical"]);
    expect(severity(-0.8)).toEqual([]);
  });
});
