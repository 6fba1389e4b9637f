import { describe, expect, test } from "vitest";
import type { FrozenModel, GainAtVisit } from "../../../lib/progression/model-document.ts";
import { correlationDeflation } from "../../../lib/sizing/correlation-deflation.ts";
import { defaultSizingSpec } from "../../../lib/sizing/default-sizing-spec.ts";
import { FIXTURE_COVARIANCE, frozenModel } from "../simulation/simulation-fixtures.ts";

const at = { endpointId: "score", visitId: "year1" };
const interval = (value: number, lower: number, upper: number) => ({ value, lower, upper, level: 0.95 });

function evidence(
  withScore: [number, number, number],
  change: { ancova?: number; r?: number; claimed?: boolean; studies?: [number, number][] } = {},
): { model: FrozenModel; gain: GainAtVisit } {
  const { ancova = 0.3, r = 0.3, claimed = true, studies = [] } = change;
  const gain: GainAtVisit = {
    ...at,
    patients: 180,
    gain: interval(0.1, claimed ? 0.02 : -0.02, 0.18),
    partialCorrelation: interval(r, r - 0.12, r + 0.12),
    allCovariateAncovaGain: interval(0.1, 0, 0.2),
    rmse: { twin: 1, baselineAncova: 1, allCovariateAncova: 1, meanChange: 1, lastValueCarriedForward: 1 },
    variance: {
      standardDeviation: 6,
      rSquaredAncova: interval(ancova, ancova - 0.1, ancova + 0.1),
      rSquaredWithScore: interval(...withScore),
    },
    gainClaimed: claimed,
  };
  const leaveOneStudyOut = studies.map(([patients, correlation], k) => ({
    ...at,
    study: `study ${k}`,
    patients,
    gain: interval(0.1, 0, 0.2),
    meanError: interval(0, -1, 1),
    partialCorrelation: interval(correlation, correlation - 0.2, correlation + 0.2),
  }));
  const model = frozenModel(FIXTURE_COVARIANCE);
  return { gain, model: { ...model, evaluation: { ...model.evaluation, gain: [gain], leaveOneStudyOut } } };
}

const deflation = (from: ReturnType<typeof evidence>) => correlationDeflation(from.model, from.gain);

describe("deflation of the correlation that is planned with", () => {
  test("worked by hand: one study, R² 0.36 with lower limit 0.16", () => {
    // artanh 0.6 = 0.69315, artanh 0.4 = 0.42365; z − 0.42939 × 0.26950 = 0.57743; tanh = 0.52075; / 0.6 = 0.86792; × 0.9.
    const { value, source, note } = deflation(evidence([0.36, 0.16, 0.5]));
    expect(value).toBe(0.78);
    expect(source).toBe("derived");
    expect(note).toContain("0.87 of its estimate; 0.9 for a study not seen");
  });

  test("several studies that keep the correlation cost nothing beyond sampling; those that lose it do", () => {
    const kept = deflation(
      evidence([0.363, 0.3, 0.42], {
        studies: [
          [90, 0.3],
          [90, 0.3],
        ],
      }),
    );
    const lost = deflation(
      evidence([0.363, 0.3, 0.42], {
        studies: [
          [90, 0.02],
          [90, -0.1],
        ],
      }),
    );
    const single = deflation(evidence([0.363, 0.3, 0.42]));
    expect(kept.value).toBeGreaterThan(single.value);
    expect(lost.value).toBeLessThan(kept.value);
    expect(kept.note).toContain("1.00 left in studies predicted by the others");
  });

  test("more certain evidence deflates less; nothing deflates below one half", () => {
    const limits = [0, 0.1, 0.2, 0.3, 0.35].map((lower) => deflation(evidence([0.36, lower, 0.5])).value);
    expect(limits).toEqual([...limits].sort((a, b) => a - b));
    expect(Math.min(...limits)).toBeGreaterThanOrEqual(0.5);
    const lost: [number, number][] = [
      [90, -0.1],
      [90, -0.2],
    ];
    expect(deflation(evidence([0.36, -0.2, 0.5], { ancova: 0.01, studies: lost })).value).toBe(0.5);
  });

  test("no correlation at all: the usual discount, as a default", () => {
    expect(deflation(evidence([-0.02, -0.1, 0.1], { ancova: -0.03 }))).toMatchObject({ value: 0.9, source: "default" });
  });
});

test("where no gain is shown the size with the score is that of ANCOVA, and the note says what was measured", () => {
  const { model } = evidence([0.37, 0.3, 0.44], { claimed: false });
  const spec = defaultSizingSpec({ model, targetEffect: -3 });
  expect(spec.rSquaredWithScore.value).toBe(spec.rSquaredAncova.value);
  expect(spec.rSquaredWithScore.note).toMatch(/no saving is planned .*0\.370 measured with the score/);
  expect(
    defaultSizingSpec({ model: evidence([0.37, 0.3, 0.44]).model, targetEffect: -3 }).rSquaredWithScore.value,
  ).toBe(0.37);
});
