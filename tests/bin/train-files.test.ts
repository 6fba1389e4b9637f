import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseFrozenModel } from "../../lib/progression/frozen-model.ts";
import { modelCardSchema } from "../../lib/progression/model-card.ts";
import { runMain } from "../support/run-main.ts";
import { smallCsv, smallMapping, smallTraining, smallTrial } from "../support/small-trial.ts";

const folder = mkdtempSync(join(tmpdir(), "train-files-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const source = ["train", at("history.csv"), "--mapping", at("mapping.json"), "--spec", at("training.json")];

beforeAll(async () => {
  writeFileSync(at("history.csv"), smallCsv(smallTrial(60, { arm: "P" })));
  writeFileSync(at("mapping.json"), JSON.stringify(smallMapping()));
  const training = { ...smallTraining(), members: ["gaussian-joint", "ridge-transition"] };
  writeFileSync(at("training.json"), JSON.stringify(training));
  const ran = await runMain(
    ...source,
    ...["--out", at("model.json"), "--card", at("card.json"), "--predictions", at("predictions.csv")],
  );
  expect(ran.code, ran.stderr).toBe(0);
});

it("writes model, card and out-of-fold predictions of a stack from a source file", () => {
  const model = parseFrozenModel(JSON.parse(readFileSync(at("model.json"), "utf8")));
  const card = modelCardSchema.parse(JSON.parse(readFileSync(at("card.json"), "utf8")));
  expect(card.modelHash).toBe(model.hash);
  expect(card.members.map(({ kind }) => kind)).toEqual(["baseline-ancova", "gaussian-joint", "ridge-transition"]);
  for (const { endpointId } of card.members[0]!.weights) {
    const sum = card.members.reduce(
      (total, { weights }) => total + weights.find((row) => row.endpointId === endpointId)!.weight,
      0,
    );
    expect(sum).toBeCloseTo(1, 10);
  }
  const lines = readFileSync(at("predictions.csv"), "utf8").trimEnd().split("\r\n");
  expect(lines).toHaveLength(1 + model.parameters.patients * model.endpoints.length * model.visits.length);
  expect(lines[0]).toMatch(/^study,patient,endpoint,visit,baseline,observed,twin,.*,member_stack,member_stack_sd$/);
});

it("refuses a member that does not exist, and writes nothing", async () => {
  writeFileSync(at("unknown.json"), JSON.stringify({ ...smallTraining(), members: ["crystal-ball"] }));
  const ran = await runMain(
    ...source.with(-1, at("unknown.json")),
    ...["--out", at("no.json"), "--card", at("no-card.json")],
  );
  expect(ran.code).toBe(2);
  expect(ran.stderr).toMatch(/members\[?\.?0\]? must be one of .*"gaussian-joint"/);
  expect(existsSync(at("no.json")) || existsSync(at("no-card.json"))).toBe(false);
});
