import { describe, expect, it } from "vitest";
import { logRankTest } from "../../../../lib/analysis/survival/log-rank.ts";
import { readReferenceFile } from "../../../reference/runner/reference-file.ts";
import { repositoryPath } from "../../../support/shared.ts";

const survival = readReferenceFile(repositoryPath("tests/reference/survival.json"));
const published = readReferenceFile(repositoryPath("tests/reference/published.json"));

function chiSquareOf(dataset: string) {
  const { time, status, arm } = survival.datasets[dataset]!.columns;
  return logRankTest(
    { time: Float64Array.from(time!, Number), event: Uint8Array.from(status!, Number) },
    Int32Array.from(arm!, Number),
    2,
  );
}

describe("published log-rank tests, to the printed digit", () => {
  const rows: readonly [string, string, number, number][] = [
    ["pbc D-penicillamine vs placebo log-rank (death)", "pbc_death", 4, 4],
    ["lung log-rank by sex", "lung", 1, 3],
  ];
  for (const [id, dataset, chiSquareDigits, pDigits] of rows) {
    it(id, () => {
      const values = published.cases.find((each) => each.id === id)!.values as { chisq: number; p: number };
      const test = chiSquareOf(dataset);
      expect(test.chiSquare.toFixed(chiSquareDigits)).toBe(values.chisq.toFixed(chiSquareDigits));
      expect(test.pValue.toFixed(pDigits)).toBe(values.p.toFixed(pDigits));
    });
  }
});
