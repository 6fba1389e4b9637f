import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerHash, type FederationAnswer } from "../../lib/progression/federation/round-documents.ts";
import { SITE_NAMES, specFor, splitHistory } from "../lib/progression/federation/federated-sites.ts";
import { runMain } from "../support/run-main.ts";

const folder = mkdtempSync(join(tmpdir(), "federate-"));
const at = (name: string) => join(folder, name);
const { pooled, bySite } = splitHistory({ sites: 3, patterns: [[], [6]], patients: 180, seed: 11 }, 4);
const write = (name: string, value: unknown) => writeFileSync(at(name), JSON.stringify(value));
const read = (name: string) => JSON.parse(readFileSync(at(name), "utf8")) as Record<string, never>;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function done(...args: string[]) {
  const ran = await runMain("federate", ...args);
  expect(ran.code, ran.stderr).toBe(0);
  return ran.stderr;
}
async function refused(...args: string[]) {
  const ran = await runMain("federate", ...args);
  expect(ran.code, ran.stderr).toBe(2);
  expect(ran.stdout).toBe("");
  expect(ran.stderr.trim().split("\n")).toHaveLength(1);
  return ran.stderr;
}
const site = (name: string, round: number, out: string, data = `${name}.json`) => [
  ...["site", "--site", name, "--request", at(`request-${round}.json`)],
  ...["--data", at(data), "--out", at(out)],
];
const combine = (round: number) => [
  ...["combine", "--plan", at("plan.json"), "--answers", at("answers"), "--request", at(`request-${round}.json`)],
  ...[
    "--out",
    at("model.json"),
    "--report",
    at("report.json"),
    "--card",
    at("card.json"),
    "--pooled",
    at("pooled.json"),
  ],
];

beforeAll(async () => {
  mkdirSync(at("answers"));
  write("pooled.json", pooled);
  for (const [s, data] of bySite.entries()) write(`${SITE_NAMES[s]}.json`, data);
  write("spec.json", specFor(pooled, 3));
  await done(
    ...["plan", "--spec", at("spec.json"), "--like", at("Aachen.json")],
    ...["--out", at("plan.json"), "--request", at("request-1.json")],
  );
});

describe("a federation on files", () => {
  it("goes from plan to model in the rounds it said, each step repeatable, and the twins can be computed", async () => {
    for (const round of [1, 2, 3]) {
      for (const name of SITE_NAMES.slice(0, 3)) {
        if (name === "Como") expect(await done(...combine(round))).toContain("waiting for the answer of Como");
        await done(...site(name, round, `answers/${name}-${round}.json`));
      }
      const said = await done(...combine(round + 1));
      if (round < 3) expect(said).toContain(`round ${round + 1} of at most 3: send`);
      else expect(said).toContain("the parameters are those of the pooled patients, to rounding");
    }
    const report = read("report.json") as unknown as { record: { pooled: { differences: { relative: number }[] } } };
    expect(report.record.pooled.differences.length).toBeGreaterThan(0);
    for (const { relative } of report.record.pooled.differences) expect(relative).toBeLessThan(1e-8);
    const twins = await runMain("twins", "--model", at("model.json"), "--data", at("pooled.json"));
    expect(twins.code, twins.stderr).toBe(0);
    const size = await runMain("size", "--model", at("model.json"), "--effect", "-3");
    expect(size.code, size.stderr).toBe(0);
  });

  it("files that travel hold no patient: no identifier, no single value of a patient", () => {
    const values = new Set(
      pooled.patients.flatMap((patient) => [
        ...patient.baseline.map(String),
        ...patient.covariates.filter((value) => typeof value === "number").map(String),
        ...patient.outcomes.flat().flatMap((cell) => ("value" in cell ? [String(cell.value)] : [])),
      ]),
    );
    const ids = new Set(pooled.patients.map(({ id }) => id));
    const visit = (value: unknown): void => {
      if (typeof value === "number") expect(values.has(String(value)), `value ${value}`).toBe(false);
      else if (typeof value === "string") expect(ids.has(value), value).toBe(false);
      else if (value !== null && typeof value === "object") Object.values(value).forEach(visit);
    };
    for (const round of [1, 2, 3])
      for (const name of SITE_NAMES.slice(0, 3)) visit(read(`answers/${name}-${round}.json`));
    for (const round of [2, 3]) visit((read(`request-${round}.json`) as { queries?: unknown }).queries);
  });
});

describe("what a federation refuses, in one sentence", () => {
  it("data in other units, with other levels, or too few", async () => {
    const own = bySite[0]!;
    write("units.json", { ...own, endpoints: own.endpoints.map((endpoint) => ({ ...endpoint, unit: "percent" })) });
    expect(await refused(...site("Aachen", 1, "no.json", "units.json"))).toContain(
      "unit of score1 is percent here and points in the plan",
    );
    write("levels.json", {
      ...own,
      covariates: own.covariates.map((covariate) =>
        covariate.type === "categorical" ? { ...covariate, levels: [...covariate.levels, "east"] } : covariate,
      ),
    });
    expect(await refused(...site("Aachen", 1, "no.json", "levels.json"))).toContain("region has levels east");
    write("few.json", { ...own, patients: own.patients.slice(0, 4) });
    expect(await refused(...site("Aachen", 1, "no.json", "few.json"))).toContain("at least 5 control patients");
  });

  it("a site that is not of the plan, a changed request, answers of another plan or round, and two answers", async () => {
    expect(await refused(...site("Zürich", 1, "no.json", "Aachen.json"))).toContain("must be one of the plan's sites");
    const request = read("request-1.json") as unknown as { plan: { minimumSite: number } };
    write("request-9.json", { ...request, plan: { ...request.plan, minimumSite: 1000 } });
    expect(await refused(...site("Aachen", 9, "no.json"))).toContain("changed after it was written");
    const answer = read("answers/Aachen-1.json") as Record<string, unknown>;
    const others = (change: Record<string, unknown>) => {
      rmSync(at("answers/extra.json"), { force: true });
      write("answers/extra.json", { ...answer, ...change });
      return refused(...combine(4));
    };
    expect(await others({ planHash: "0".repeat(64) })).toContain("answer to another plan");
    expect(await others({})).toContain("one answer per site and round");
    expect(await others({ site: "Genoa" })).toContain("must be one of the plan's sites");
    rmSync(at("answers/extra.json"));
    write("answers/Aachen-1.json", { ...answer, requestHash: "f".repeat(64) });
    expect(await refused(...combine(4))).toContain("Send all sites the same request file");
    write("answers/Aachen-1.json", answer);
    const second = {
      ...(read("answers/Aachen-2.json") as unknown as FederationAnswer),
      answers: answer.answers as never,
    };
    write("answers/Aachen-2.json", second);
    expect(await refused(...combine(4))).toContain("was changed after the site wrote it");
    write("answers/Aachen-2.json", { ...second, hash: answerHash(second) });
    expect(await refused(...combine(4))).toContain(
      "must answer the request that the plan and the earlier answers lead to",
    );
  });
});
