import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assembleDataSet } from "../../../lib/data/assemble-data-set.ts";
import { dataSetHash } from "../../../lib/data/data-set-hash.ts";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { readTable } from "../../../lib/data/read-table.ts";
import { trainProgressionModel } from "../../../lib/progression/train-progression-model.ts";
import { pbcStudy } from "../../../lib/samples/pbc/pbc-study.ts";
import { generateTwins } from "../../../lib/twins/generate-twins.ts";
import { repositoryPath } from "../../support/shared.ts";

function dataSet(position: 0 | 1): LongDataSet {
  const sample = pbcStudy.datasets[position];
  const table = readTable(
    sample.bytes((path) => new Uint8Array(readFileSync(repositoryPath(path)))),
    sample.fileName,
  );
  if (!table.ok) throw new Error("the sample file cannot be read");
  const assembled = assembleDataSet(table.table, sample.mapping);
  if (!assembled.ok) throw new Error("the sample file does not fit its mapping");
  return assembled.data;
}

/** The real sample as it comes out; figures move with the training specification, these statements should not. */
describe("Mayo Clinic PBC history", () => {
  const history = dataSet(0);
  const trial = dataSet(1);
  const model = trainProgressionModel({
    data: history,
    dataHash: dataSetHash(history),
    training: pbcStudy.training,
    name: "PBC",
  });

  test("no gain is claimed for bilirubin at any visit", () => {
    const verdicts = model.evaluation.verdicts.filter((verdict) => verdict.endpointId === "logBilirubin");
    expect(verdicts.map((verdict) => verdict.decision)).toEqual(["do-not-use", "do-not-use", "do-not-use"]);
  });

  test("prothrombin time has a positive partial correlation at six months and one year, and what is claimed follows the rule", () => {
    const early = model.evaluation.gain.filter(
      (row) => row.endpointId === "logProthrombinTime" && row.visitId !== "year2",
    );
    for (const row of early) expect(row.partialCorrelation.lower).toBeGreaterThan(0);
    for (const row of model.evaluation.gain) {
      expect(row.gainClaimed).toBe(row.gain.lower > 0 && row.partialCorrelation.lower > 0);
    }
  });

  test("every band covers its share of held-out patients, heavy tails or not", () => {
    for (const row of model.evaluation.coverage) {
      expect(row.coverage.lower).toBeLessThan(row.level);
      expect(row.coverage.upper).toBeGreaterThan(row.level);
    }
  });

  test("all 112 enrolled patients get a twin, and the drift of the late entrants' placebo arm is reported", () => {
    const set = generateTwins({ model, data: trial, dataHash: dataSetHash(trial), history });
    expect(set.twins).toHaveLength(112);
    expect(set.diagnostics.map((entry) => entry.code)).toContain("drift");
  });
});
