import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMain } from "../support/run-main.ts";
import { smallCsv, smallMapping, smallTraining, smallTrial } from "../support/small-trial.ts";

const folder = mkdtempSync(join(tmpdir(), "bad-documents-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Json = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: documents are changed at any depth to see what is said
type Loose = any;

function write(name: string, value: unknown): string {
  writeFileSync(at(name), typeof value === "string" ? value : JSON.stringify(value));
  return at(name);
}
/** A document of the folder after a change. */
function altered(name: string, change: (document: Loose) => void): string {
  const document = JSON.parse(readFileSync(at(name), "utf8")) as Json;
  change(document);
  return write("altered.json", document);
}
async function refusal(...args: string[]): Promise<string[]> {
  const ran = await runMain(...args);
  expect(ran.stdout).toBe("");
  expect(ran.code, ran.stderr).toBe(2);
  const lines = ran.stderr.split("\n").filter((line) => line.startsWith("understudy: "));
  return lines.map((line) => line.replace("understudy: ", "").replaceAll(`${folder}/`, ""));
}

beforeAll(async () => {
  write("history.csv", smallCsv(smallTrial(60, { arm: "P" })));
  write("trial.csv", smallCsv(smallTrial(40, { from: 1001, seed: 2 })));
  write("history-mapping.json", smallMapping());
  write("trial-mapping.json", smallMapping({ role: "enrolled" }));
  write("training.json", smallTraining());
  for (const args of [
    ["import", at("history.csv"), "--mapping", at("history-mapping.json"), "--out", at("history.json")],
    ["import", at("trial.csv"), "--mapping", at("trial-mapping.json"), "--out", at("trial.json")],
    ["train", at("history.json"), "--spec", at("training.json"), "--out", at("model.json")],
    ["size", "--model", at("model.json"), "--effect", "-3", "--out", at("sizing.json")],
  ]) {
    const ran = await runMain(...args);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toBe("");
  }
});

describe("training", () => {
  const train = (spec: string, data = at("history.json")) =>
    refusal("train", data, "--spec", spec, "--out", at("no.json"));

  it("names every field at fault", async () => {
    const spec = write("spec.json", {
      ...smallTraining(),
      folds: 1.5,
      covariateIds: ["age", 3],
      primary: null,
      seed: -1,
    });
    expect(await train(spec)).toEqual([
      "--spec spec.json: covariateIds[1] must be a text; received 3",
      "--spec spec.json: primary must be an object; received null",
      "--spec spec.json: folds must be a whole number; received 1.5",
      "--spec spec.json: seed must be at least 0; received -1",
    ]);
  });

  it("does not ignore a misspelt field", async () => {
    const [line] = await train(write("spec.json", { ...smallTraining(), fold: 5 }));
    expect(line).toMatch(
      /^--spec spec\.json: fold is not a field of this document; did you mean folds\? The fields here are folds, /,
    );
  });

  it("names every id that the data do not have", async () => {
    const primary = { endpointId: "zzz", visitId: "week9" };
    expect(
      await train(write("spec.json", smallTraining({ covariateIds: ["age", "foo"], strata: ["bar"], primary }))),
    ).toEqual([
      "training.covariateIds must name covariates of the data set (age, sex); received foo.",
      "training.strata must name covariates of the data set (age, sex); received bar.",
      "training.primary.endpointId must name an endpoint of the data set (score); received zzz.",
      "training.primary.visitId must name a visit of the data set (week4, week8); received week9.",
    ]);
  });

  it("refuses a data set changed by hand into one that contradicts itself", async () => {
    const data = altered("history.json", (document) => {
      document.patients[0].arm = "verum";
      document.patients[1].baseline = [];
      document.patients[2].covariates[0] = "old";
      document.patients[3].covariates[1] = "X";
      document.patients[4].outcomes[0].pop();
      document.patients[6].id = document.patients[5].id;
    });
    expect(await train(at("training.json"), data)).toEqual([
      'data set altered.json: patients[0].arm: there is no arm "verum"; the arms are placebo, active',
      "data set altered.json: patients[1].baseline: 0 entries where the data set has 1 endpoints",
      'data set altered.json: patients[2].covariates[0]: age is continuous, but the value is the text "old"',
      'data set altered.json: patients[3].covariates[1]: "X" is not a level of sex (F, M)',
      "data set altered.json: patients[4].outcomes[0]: 1 entries where the data set has 2 visits",
      "data set altered.json: patients[6].id: patient 6 of study S stands twice",
    ]);
  });

  it("refuses a number that is a text, and a source file without its mapping", async () => {
    const data = altered("history.json", (document) => {
      document.patients[0].baseline[0] = "NaN";
    });
    expect(await train(at("training.json"), data)).toEqual([
      'data set altered.json: patients[0].baseline[0] must be a number; received "NaN"',
    ]);
    expect((await train(at("training.json"), at("history.csv")))[0]).toMatch(
      /^data set: history\.csv is not JSON .*; give --mapping when it is a source file$/,
    );
  });

  it("refuses outcomes that are their own baseline", async () => {
    const data = altered("history.json", (document) => {
      for (const patient of document.patients)
        for (const cell of patient.outcomes[0]) if ("value" in cell) cell.value = patient.baseline[0];
    });
    expect((await train(at("training.json"), data))[0]).toMatch(/Check that the mapping names the measured value/);
    expect(existsSync(at("no.json"))).toBe(false);
  });
});

describe("twins", () => {
  const twins = (model: string, data: string, ...more: string[]) =>
    refusal("twins", "--model", model, "--data", data, ...more, "--out", at("no.json"));

  it("refuses a model changed after freezing", async () => {
    const model = altered("model.json", (document) => {
      document.parameters.mean[0] += 1;
    });
    expect((await twins(model, at("trial.json")))[0]).toMatch(
      /^model\.hash must be the SHA-256 .* changed after the model was frozen/,
    );
  });

  it("refuses a document that is no model, a history that is another, and data of another disease", async () => {
    expect(await twins(at("trial.json"), at("trial.json"))).toEqual([
      '--model trial.json: format must be one of "understudy-model/1", "understudy-model/2", "understudy-model/3"; received "understudy-data/1"',
    ]);
    expect((await twins(at("model.json"), at("trial.json"), "--history", at("trial.json")))[0]).toMatch(
      /^--history trial\.json: is not the data set the model was trained on/,
    );
    const other = altered("trial.json", (document) => {
      document.endpoints[0].id = "pain";
    });
    expect((await twins(at("model.json"), other))[0]).toMatch(
      /must hold an endpoint of the model \(score\); received pain/,
    );
  });

  it("says how many patients of the history are enrolled again", async () => {
    const ran = await runMain(
      "twins",
      "--model",
      at("model.json"),
      "--data",
      at("history.json"),
      "--history",
      at("history.json"),
    );
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain(
      "60 of 60 patients are also controls of the history (same identifier and same baseline)",
    );
    expect(JSON.parse(ran.stdout).format).toBe("understudy-twins/1");
  });
});

describe("sizing and simulating", () => {
  const size = (...args: string[]) => refusal("size", "--model", at("model.json"), ...args);

  it.each([
    [["--effect", "0"], /^effect\.value must differ from 0/],
    [["--effect", "nan"], /^--effect must be a number; received nan$/],
    [["--effect", "1e300"], /^effect\.value must be at most 1000 standard deviations of the outcome/],
    [
      ["--effect", "-3", "--power", "2"],
      /^power\.value must lie between the one-sided alpha \(0\.025\) and 1; received 2/,
    ],
    [["--effect", "-3", "--dropout", "1"], /^dropout\.value must lie in \[0, 1\); received 1/],
    [["--effect"], /^--effect needs a value; size takes --spec/],
    [["--efect", "3"], /^there is no option --efect; size takes --spec/],
    [["--effect", "3", "--effect", "4"], /^--effect is given twice; give it once$/],
    [["-3", "--power", "0.9"], /^-3 is not expected|there is no option -3/],
    [["model.json"], /^model\.json is not expected; name it by its option\. usage: understudy size/],
    [[], /^give --spec, or --model and --effect\./],
  ])("size %j", async (args, sentence) => expect((await size(...args))[0]).toMatch(sentence));

  it("names every field of a simulation at fault, and what contradicts the model or itself", async () => {
    const sizing = JSON.parse(readFileSync(at("sizing.json"), "utf8"));
    expect(
      await refusal("simulate", "--sizing", write("altered.json", { ...sizing, rows: 3 }), "--model", at("model.json")),
    ).toEqual(["--sizing altered.json: rows must be a list; received 3"]);
    expect((await refusal("simulate", "--sizing", at("sizing.json")))[0]).toMatch(/^--model is missing: /);
    const spec = (changes: Json) => write("simulation.json", { ...simulation(), ...changes });
    const simulate = (changes: Json) => refusal("simulate", "--spec", spec(changes), "--workers", "1");
    expect(await simulate({ replicates: "100", benefit: "up", primary: {} })).toEqual([
      '--spec simulation.json: replicates must be a number; received "100"',
      "--spec simulation.json: primary.endpointId is missing; it must be a text",
      "--spec simulation.json: primary.visitId is missing; it must be a text",
      '--spec simulation.json: benefit must be one of "lower-is-better", "higher-is-better"; received "up"',
    ]);
    const [design] = simulation().designs;
    expect((await simulate({ designs: [{ ...design, lookFractions: [0.9, 0.5, 1] }] }))[0]).toMatch(
      /^designs\.fixed\.lookFractions must increase strictly in \(0, 1\] and end at 1/,
    );
    expect((await simulate({ designs: [design, design] }))[0]).toMatch(
      /must have an identifier of its own each; received fixed/,
    );
    const [scenario] = simulation().scenarios;
    expect((await simulate({ scenarios: [{ ...scenario, generator: { kind: "fitted-model" } }] }))[0]).toMatch(
      /^generator\.kind needs a frozen progression model/,
    );
  });
});

/** One fixed design in one parametric scenario. */
function simulation() {
  return {
    format: "understudy-simulation/1",
    designs: [
      {
        id: "fixed",
        name: "Fixed",
        experimental: 20,
        control: 20,
        oneSidedAlpha: 0.025,
        analysis: "ancova",
        lookFractions: [1],
        efficacy: { kind: "fixed" },
        futility: { kind: "none" },
      },
    ],
    scenarios: [
      {
        id: "null",
        name: "null",
        effect: 0,
        generator: { kind: "parametric", standardDeviation: 10, rSquaredBaseline: 0.3, rSquaredScore: 0.1 },
        accrualPerMonth: 10,
        dropoutProbability: 0.1,
        drift: { meanShift: 0, residualSdRatio: 1, scoreInformation: 1 },
      },
    ],
    replicates: 10,
    seed: 1,
    primary: { endpointId: "score", visitId: "week8", day: 56 },
    benefit: "lower-is-better",
  };
}
