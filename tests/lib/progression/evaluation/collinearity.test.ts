import { describe, expect, test } from "vitest";
import { collinearitySentence } from "../../../../lib/progression/evaluation/collinearity.ts";

const gain = {
  gain: { value: -0.042, lower: -0.26, upper: 0.164, level: 0.95 },
  allCovariateAncovaGain: { value: -0.163, lower: -0.451, upper: 0.089, level: 0.95 },
};
const above = { value: 0.16, lower: 0.01, upper: 0.34, level: 0.95 };
const across = { value: 0.1, lower: -0.05, upper: 0.25, level: 0.95 };

describe("the sentence on collinearity", () => {
  test("claims that the score adds only where the gain is claimed and the rest of the score goes with the outcome", () => {
    expect(collinearitySentence({ ...gain, gainClaimed: true }, 0.8, above)).toContain("so the score adds");
    const unclaimed = collinearitySentence({ ...gain, gainClaimed: false }, 1, above);
    expect(unclaimed).not.toContain("adds");
    expect(unclaimed).toContain("nothing is claimed");
  });

  test("says that the score adds nothing where the rest of it does not demonstrably go with the outcome", () => {
    for (const gainClaimed of [true, false]) {
      expect(collinearitySentence({ ...gain, gainClaimed }, 0.8, across)).toContain("collinear and adds nothing");
    }
  });
});
