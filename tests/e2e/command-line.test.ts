import { execFile, spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dossierRecordSchema } from "../../lib/dossier/dossier-record.ts";
import { buildManifest, DOSSIER_FILES } from "../../lib/dossier/manifest.ts";
import { sha256Hex } from "../../lib/numerics/sha256.ts";
import { verifyDossier } from "../../server/reports/verify-dossier.ts";
import { repositoryPath, sharedPath } from "../support/shared.ts";

const folder = mkdtempSync(join(tmpdir(), "command-line-"));
const at = (...names: string[]) => join(folder, ...names);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PROGRAM = repositoryPath("bin/understudy.mjs");

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as its own process, in the test's folder; never throws. */
function understudy(...args: string[]): Promise<Ran> {
  return new Promise((done) => {
    const options = { cwd: folder, timeout: 300_000, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, [PROGRAM, ...args], options, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : typeof error.code === "number" ? error.code : -1, stdout, stderr }),
    );
  });
}

async function succeeds(...args: string[]): Promise<Ran> {
  const ran = await understudy(...args);
  expect(ran.code, `${args.join(" ")}\n${ran.stderr}`).toBe(0);
  return ran;
}

const bytes = (...names: string[]) => readFileSync(at(...names));
const json = (...names: string[]) => JSON.parse(bytes(...names).toString());
/** No text of ours shows a programming accident. */
const ACCIDENT = /\bNaN\b|undefined|\[object|Infinity|\n\s+at /;

const COMMANDS = [
  "import",
  "train",
  "twins",
  "federate",
  "size",
  "simulate",
  "analyse",
  "calculate",
  "dossier",
  "verify",
  "sample",
] as const;

describe("the program as a process", () => {
  it("prints its help, ends quietly when nobody reads on, and answers a wrong command with code 2", async () => {
    const overview = await succeeds("--help");
    for (const command of COMMANDS) expect(overview.stdout).toContain(`\n  ${command} `);
    const wrong = await understudy("impot");
    expect(wrong).toEqual({
      code: 2,
      stdout: "",
      stderr: `understudy: there is no command impot; the commands are ${COMMANDS.join(", ")}\n`,
    });
    const piped = spawnSync("sh", ["-c", `"${process.execPath}" "${PROGRAM}" import --schema | head -1`], {
      encoding: "utf8",
    });
    expect([piped.stdout, piped.stderr]).toEqual(["{\n", ""]);
  });
});

const REPLICATES = ["--replicates", "100"];

/** Federation needs files of several sites; tests/bin/federate.test.ts takes it through. */
const OF_SITES = "federate";

/** The commands of the README for the sample, in its own words, with fewer replicates. */
function readmeCommands(): string[][] {
  const lines = readFileSync(repositoryPath("README.md"), "utf8").split("\n");
  return lines
    .filter((line) => line.startsWith("npx understudy ") && !line.includes("--help") && !line.includes(` ${OF_SITES} `))
    .map((line) =>
      line
        .replace("npx understudy ", "")
        .replace(/\s+#.*$/, "")
        .split(/\s+/),
    )
    .map((args) => (args[0] === "simulate" ? [...args, ...REPLICATES] : args));
}

describe("the PBC sample, as the README shows it", () => {
  const ran: Record<string, Ran> = {};
  const CREATED = ["--created", "2026-01-31T12:00:00Z"];

  beforeAll(async () => {
    for (const args of readmeCommands())
      ran[args[0] ?? ""] = await succeeds(...args, ...(args[0] === "dossier" ? CREATED : []));
  });

  it("runs every command of the program", () => {
    expect(Object.keys(ran).sort()).toEqual(COMMANDS.filter((command) => command !== OF_SITES).sort());
  });

  it("writes results to the files, progress and caveats to standard error, nothing else anywhere", () => {
    for (const [command, { stdout, stderr }] of Object.entries(ran)) {
      if (command !== "verify") expect(stdout, command).toBe("");
      expect(stderr, command).not.toMatch(ACCIDENT);
    }
    expect(ran.train?.stderr).toMatch(/^training: 0 % .*\n(.*\n)*training: 100 % Model frozen\n/);
    expect(ran.simulate?.stderr).toContain("simulating: 100 % 6000 of 6000 trials");
    expect(readdirSync(at("work")).filter((name) => name.endsWith(".partial"))).toEqual([]);
    for (const name of ["history", "trial", "model", "twins", "sizing", "simulation"])
      expect(bytes("work", `${name}.json`).toString(), name).not.toMatch(ACCIDENT);
  });

  it("claims no gain for bilirubin, and says so again when sizing", () => {
    const verdicts: { endpointId: string; visitId: string; decision: string }[] = json("work", "model.json").evaluation
      .verdicts;
    const decision = (endpointId: string) =>
      verdicts.find((one) => one.endpointId === endpointId && one.visitId === "year2")?.decision;
    expect(decision("logBilirubin")).toBe("do-not-use");
    expect(ran.size?.stderr).toContain("no saving by the twin score is planned");
  });

  it("writes the same bytes again from the same files", async () => {
    const again = at("again");
    await succeeds(
      "import",
      "work/pbcseq.csv",
      "--mapping",
      "work/history.mapping.json",
      "--out",
      join(again, "history.json"),
    );
    await succeeds(
      "train",
      join(again, "history.json"),
      "--spec",
      "work/training.json",
      "--out",
      join(again, "model.json"),
    );
    await succeeds(
      "twins",
      "--model",
      join(again, "model.json"),
      "--data",
      "work/trial.json",
      "--history",
      "work/history.json",
      "--out",
      join(again, "twins.json"),
    );
    for (const name of ["history.json", "model.json", "twins.json"])
      expect(bytes("again", name).equals(bytes("work", name)), name).toBe(true);
  });

  it("simulates the same bytes on one thread and on two", async () => {
    const simulate = (workers: string, out: string) =>
      succeeds(
        "simulate",
        "--sizing",
        "work/sizing.json",
        "--model",
        "work/model.json",
        ...REPLICATES,
        "--workers",
        workers,
        "--out",
        out,
      );
    await simulate("1", "one.json");
    await simulate("2", "two.json");
    expect(bytes("one.json").equals(bytes("two.json"))).toBe(true);
    expect(bytes("one.json").equals(bytes("work", "simulation.json"))).toBe(true);
  });

  it("leaves an existing dossier and edited sample files alone", async () => {
    const dossier = await understudy("dossier", "work/dossier.json", "--out", "work/dossier");
    expect([dossier.code, dossier.stderr]).toEqual([
      2,
      "understudy: --out: work/dossier is not empty; a dossier is never written over another, choose a new folder\n",
    ]);
    cpSync(at("work", "training.json"), at("edited", "training.json"));
    writeFileSync(at("edited", "training.json"), "mine");
    const sample = await understudy("sample", "pbc", "--out", "edited");
    expect([sample.code, sample.stderr]).toEqual([
      2,
      "understudy: --out: edited/training.json exists with other content; choose a new folder, nothing was written\n",
    ]);
    expect(readdirSync(at("edited"))).toEqual(["training.json"]);
  });

  describe("its dossier", () => {
    const files = () =>
      readdirSync(at("work", "dossier")).map((name) => ({
        name,
        bytes: new Uint8Array(bytes("work", "dossier", name)),
      }));
    const text = (data: Uint8Array) => new TextDecoder().decode(data);

    interface Tampering {
      readonly name: string;
      readonly change: (content: Uint8Array) => string | Uint8Array;
      /** Whether somebody who knows how wrote the manifest anew. */
      readonly manifest: "kept" | "repaired";
      /** The PDF takes seconds to read; left out where the fault shows without it. */
      readonly pdf: "read" | "left out";
    }

    /** What verification finds wrong in the folder after one file was changed. */
    async function faultsAfter({ name, change, manifest, pdf }: Tampering): Promise<string[]> {
      const changed = files().map((file) => {
        if (file.name !== name) return file;
        const content = change(file.bytes);
        return { name, bytes: typeof content === "string" ? new TextEncoder().encode(content) : content };
      });
      const results = changed.find((file) => file.name === DOSSIER_FILES.results)?.bytes ?? new Uint8Array();
      const listed = changed.filter((file) => file.name !== DOSSIER_FILES.manifest);
      const record = dossierRecordSchema.parse(JSON.parse(text(results)));
      const repaired = JSON.stringify(buildManifest(record, sha256Hex(results), listed));
      const given = changed
        .filter((file) => pdf === "read" || file.name !== DOSSIER_FILES.pdf)
        .map((file) =>
          manifest === "repaired" && file.name === DOSSIER_FILES.manifest
            ? { ...file, bytes: new TextEncoder().encode(repaired) }
            : file,
        );
      return (await verifyDossier(given)).filter((step) => !step.ok).map((step) => step.what);
    }

    it("verifies, and its simulation comes out again bit for bit", async () => {
      expect(ran.verify?.stdout).not.toMatch(/FAIL/);
      expect(ran.verify?.stderr).toMatch(/verified: \d+ checks agree\n$/);
      const again = await succeeds("verify", "work/dossier", "--rerun", "--workers", "1");
      expect(again.stdout).toContain("ok    The simulation comes out again bit for bit: 60 cells of 100 replicates");
    });

    it("is written again byte by byte at the same time of record", async () => {
      await succeeds("dossier", "work/dossier.json", "--out", "dossier-again", ...CREATED);
      // The record names the commit of the program; where somebody commits meanwhile the two programs differ.
      if (
        json("dossier-again", "results.json").environment.gitCommit !==
        json("work", "dossier", "results.json").environment.gitCommit
      ) {
        console.warn("SKIPPED: the program was committed between the two dossiers, so they must differ");
        return;
      }
      for (const { name, bytes: first } of files()) expect(bytes("dossier-again", name).equals(first), name).toBe(true);
    });

    const forgedEffect = (content: Uint8Array) => text(content).replace('"targetEffect":-0.35', '"targetEffect":-0.36');
    const otherSignature = {
      printedName: "E",
      role: "statistician",
      atUtc: "2026-01-31T12:00:00Z",
      meaning: "approval",
      recordHash: "0".repeat(64),
    };
    const cutTail = (content: Uint8Array, keepHead: boolean) => {
      const record = JSON.parse(text(content));
      record.audit.events.pop();
      if (!keepHead) record.audit.headHash = record.audit.events.at(-1).hash;
      return JSON.stringify(record);
    };

    it.each<Tampering & { what: string; found: string }>([
      {
        what: "one byte of the record",
        name: "results.json",
        change: forgedEffect,
        manifest: "kept",
        pdf: "left out",
        found: "results.json is the file of the manifest",
      },
      {
        what: "one byte of the record, the manifest written anew",
        name: "results.json",
        change: forgedEffect,
        manifest: "repaired",
        pdf: "read",
        found: "The PDF prints the hash of this record",
      },
      {
        what: "one byte of the PDF",
        name: "understudy-dossier.pdf",
        change: (content) => content.map((byte, index) => (index === 100_000 ? byte ^ 1 : byte)),
        manifest: "kept",
        pdf: "read",
        found: "understudy-dossier.pdf is the file of the manifest",
      },
      {
        what: "one byte of the manifest",
        name: "manifest.json",
        change: (content) => text(content).replace("2026-01-31", "2025-01-31"),
        manifest: "kept",
        pdf: "left out",
        found: "The manifest names this record",
      },
      {
        what: "the signature of another record",
        name: "signatures.json",
        change: () => JSON.stringify([otherSignature]),
        manifest: "repaired",
        pdf: "left out",
        found: "Every signature is bound to this record",
      },
      {
        what: "signatures that cannot be read",
        name: "signatures.json",
        change: () => "{",
        manifest: "repaired",
        pdf: "left out",
        found: "Every signature is bound to this record",
      },
      {
        what: "the last audit event cut off",
        name: "results.json",
        change: (content) => cutTail(content, true),
        manifest: "repaired",
        pdf: "left out",
        found: "The audit extract is an unbroken chain up to the printed head",
      },
      {
        what: "the last audit event cut off and another head given",
        name: "results.json",
        change: (content) => cutTail(content, false),
        manifest: "repaired",
        pdf: "read",
        found: "The PDF prints the head of the audit trail",
      },
      {
        what: "a score in the twins",
        name: "twins.json",
        change: (content) => text(content).replace(/("prognosticScore": -?)\d/, "$19"),
        manifest: "repaired",
        pdf: "left out",
        found: "The twins are those of the record",
      },
    ])("names the fault: $what", async ({ found, ...tampering }) => {
      expect(await faultsAfter(tampering)).toContain(found);
    });

    it("exits with 1 when verification fails and with 2 when there is nothing to verify", async () => {
      cpSync(at("work", "dossier"), at("tampered"), { recursive: true });
      writeFileSync(at("tampered", "checklist.json"), "[]\n");
      const ran = await understudy("verify", "tampered", "--json");
      expect(ran.code).toBe(1);
      const wrong = (JSON.parse(ran.stdout) as { what: string; ok: boolean }[]).filter((step) => !step.ok);
      expect(wrong.map((step) => step.what)).toEqual([
        "checklist.json is the file of the manifest",
        "The checklist scores the same again",
      ]);
      const nothing = await understudy("verify", "work");
      expect([nothing.code, nothing.stdout]).toEqual([2, ""]);
    });

    it("refuses parts that do not belong together, one line each", async () => {
      const plan = json("work", "dossier.json");
      writeFileSync(
        at("work", "swapped.json"),
        JSON.stringify({ ...plan, historical: plan.enrolled, enrolled: plan.historical }),
      );
      const twins = json("work", "twins.json");
      twins.twins[0].prognosticScore += 1;
      writeFileSync(at("work", "changed-twins.json"), JSON.stringify(twins));
      writeFileSync(at("work", "changed.json"), JSON.stringify({ ...plan, twins: "changed-twins.json", model: 3 }));
      const [swapped, changed] = [
        await understudy("dossier", "work/swapped.json", "--out", "none"),
        await understudy("dossier", "work/changed.json", "--out", "none"),
      ];
      expect([swapped.code, changed.code]).toEqual([2, 2]);
      expect(swapped.stderr).toContain("plan.historical.mapping: role must be historical-control; received enrolled\n");
      expect(changed.stderr).toBe("understudy: plan work/changed.json: model must be a text; received 3\n");
      writeFileSync(at("work", "changed.json"), JSON.stringify({ ...plan, twins: "changed-twins.json" }));
      expect((await understudy("dossier", "work/changed.json", "--out", "none")).stderr).toBe(
        "understudy: plan.twins: the file was changed after the twins were generated; generate them again\n",
      );
    });
  });
});

/** From a file to a simulation; every step succeeds and nothing printed or written reads like an accident. */
async function wholeJob(
  name: string,
  files: {
    history: string;
    historyMapping: string;
    trial: string;
    trialMapping: string;
    training: string;
    effect: string;
  },
) {
  const out = (file: string) => at(name, file);
  const steps = [
    ["import", files.history, "--mapping", files.historyMapping, "--out", out("history.json")],
    ["import", files.trial, "--mapping", files.trialMapping, "--out", out("trial.json")],
    ["train", out("history.json"), "--spec", files.training, "--out", out("model.json")],
    [
      "twins",
      "--model",
      out("model.json"),
      "--data",
      out("trial.json"),
      "--history",
      out("history.json"),
      "--out",
      out("twins.json"),
    ],
    ["size", "--model", out("model.json"), "--effect", files.effect, "--out", out("sizing.json")],
    [
      "simulate",
      "--sizing",
      out("sizing.json"),
      "--model",
      out("model.json"),
      "--replicates",
      "20",
      "--out",
      out("simulation.json"),
    ],
  ];
  for (const args of steps) expect((await succeeds(...args)).stderr).not.toMatch(ACCIDENT);
  for (const file of readdirSync(at(name))) expect(bytes(name, file).toString(), file).not.toMatch(ACCIDENT);
  return { model: json(name, "model.json"), twins: json(name, "twins.json"), sizing: json(name, "sizing.json") };
}

function training(name: string, endpointId: string, visitId: string, covariateIds: string[]): string {
  const document = {
    format: "understudy-training/1",
    covariateIds,
    strata: [],
    primary: { endpointId, visitId },
    bootstrapReplicates: 200,
    shrinkage: { kind: "chosen" },
    seed: 7,
  };
  writeFileSync(at(`${name}.training.json`), JSON.stringify(document));
  return at(`${name}.training.json`);
}

describe("other data", () => {
  it("the simulated Alzheimer programme: the twin's gain is found, and the known truth lies in its interval", async () => {
    await succeeds("sample", "alzheimer", "--out", "alzheimer");
    const study = json("alzheimer", "study.json");
    const { model } = await wholeJob("alzheimer", {
      history: at("alzheimer", "simulated-history.csv"),
      historyMapping: at("alzheimer", "history.mapping.json"),
      trial: at("alzheimer", "simulated-trial.csv"),
      trialMapping: at("alzheimer", "trial.mapping.json"),
      training: at("alzheimer", "training.json"),
      effect: String(study.targetEffect),
    });
    const gain = model.evaluation.gain.find((one: { visitId: string }) => one.visitId === study.primary.visitId);
    expect(gain.gainClaimed).toBe(true);
    expect(gain.variance.rSquaredWithScore.lower).toBeLessThan(study.knownTruth.rSquaredBestScore);
    expect(gain.variance.rSquaredWithScore.upper).toBeGreaterThan(study.knownTruth.rSquaredBestScore);
  });

  it("ADAS-Cog of the CDISC pilot, from transport files: figures as computed in R", async () => {
    const [v5, v8] = [
      sharedPath("data/cdisc_pilot/adadas_actot_v5.xpt"),
      sharedPath("data/cdisc_pilot/adadas_actot_v8.xpt"),
    ];
    if (v5 === null || v8 === null) return;
    const { sizing, twins } = await wholeJob("pilot", {
      history: v5,
      historyMapping: repositoryPath("tests/fixtures/mappings/cdisc-pilot-history.json"),
      trial: v8,
      trialMapping: repositoryPath("tests/fixtures/mappings/cdisc-pilot-enrolled.json"),
      training: training("pilot", "adasCog11", "week24", ["age", "sex"]),
      effect: "-2.5",
    });
    // R: sd and leave-one-out R² of lm(AVAL ~ BASE), placebo of sites below 710 at week 24, 40 patients: 14.3269, 0.7720.
    expect(sizing.spec.standardDeviation.value).toBeCloseTo(14.3269407, 6);
    expect(Math.abs(sizing.spec.rSquaredAncova.value - 0.772)).toBeLessThan(0.02);
    expect(twins.twins.length).toBe(102);
  });

  it("the antidepressant trial: placebo of some investigators as history, the others as trial", async () => {
    const file = sharedPath("data/antidepressant/antidepressant.csv");
    if (file === null) return;
    const mapping = JSON.parse(readFileSync(repositoryPath("tests/fixtures/mappings/antidepressant.json"), "utf8"));
    const late = 'POOLINV in ("038", "124", "999")';
    const [control] = mapping.arm.arms;
    writeFileSync(
      at("early.json"),
      JSON.stringify({
        ...mapping,
        role: "historical-control",
        arm: { ...mapping.arm, arms: [control] },
        include: `not (${late})`,
      }),
    );
    writeFileSync(at("late.json"), JSON.stringify({ ...mapping, include: late }));
    const { sizing, model } = await wholeJob("antidepressant", {
      history: file,
      historyMapping: at("early.json"),
      trial: file,
      trialMapping: at("late.json"),
      training: training("antidepressant", "hamd17", "week6", ["sex"]),
      effect: "-3",
    });
    // R: sd of HAMDTL17 at the last visit of these 57 placebo patients: 7.729488.
    expect(sizing.spec.standardDeviation.value).toBeCloseTo(7.729488, 5);
    expect(model.parameters.patients).toBe(79);
  });

  it("a wide file: the suggestion says what to do, an import says what is missing", async () => {
    const file = sharedPath("data/panss/Schizo_PANSS.csv");
    if (file === null) return;
    const ran = await succeeds("import", file, "--suggest", "--out", "wide.json");
    expect(ran.stderr).toContain(
      "needed: time.column: The file has one row a patient and its visits side by side (Week1, Week2, Week4, Week6, Week8",
    );
    const refused = await understudy("import", file, "--mapping", "wide.json");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/--mapping wide\.json: time\.column must have at least 1 characters; received ""/);
  });

  it("a suggested mapping can be used as it is", async () => {
    const file = sharedPath("data/cdisc_pilot/adadas_actot.csv");
    if (file === null) return;
    await succeeds("import", file, "--suggest", "--role", "enrolled", "--out", "suggested.json");
    const ran = await succeeds("import", file, "--mapping", "suggested.json");
    expect(JSON.parse(ran.stdout).patients.length).toBe(254);
  });
});

describe("a file that is refused", () => {
  it("leaves what was there untouched and exits with 2", async () => {
    copyFileSync(repositoryPath("tests/fixtures/pbc-xpt/pbcseq.xpt"), at("cut.xpt"));
    writeFileSync(at("cut.xpt"), readFileSync(at("cut.xpt")).subarray(0, 100_000));
    writeFileSync(at("kept.json"), "what was there before");
    const mapping = repositoryPath("tests/fixtures/mappings/pbc-xpt-history.json");
    const ran = await understudy(
      "import",
      "cut.xpt",
      "--mapping",
      mapping,
      "--out",
      "kept.json",
      "--quality",
      "quality.json",
    );
    expect([ran.code, ran.stdout]).toEqual([2, ""]);
    expect(ran.stderr).toMatch(/^understudy: cut\.xpt: The SAS transport file is cut off: .*\n$/);
    expect(bytes("kept.json").toString()).toBe("what was there before");
    expect(existsSync(at("quality.json"))).toBe(false);
  });

  it("neither an input nor a folder is written over, and both results go out or none", async () => {
    const file = repositoryPath("tests/fixtures/pbc-xpt/pbcseq.xpt");
    copyFileSync(file, at("own.xpt"));
    const mapping = repositoryPath("tests/fixtures/mappings/pbc-xpt-history.json");
    const attempt = (...out: string[]) => understudy("import", "own.xpt", "--mapping", mapping, ...out);
    const [over, into, twice] = [
      await attempt("--out", "own.xpt"),
      await attempt("--quality", "first.json", "--out", "."),
      await attempt("--quality", "both.json", "--out", "both.json"),
    ];
    expect([over.code, over.stderr]).toEqual([
      2,
      "understudy: cannot write own.xpt (it is an input of this command); choose another file or folder\n",
    ]);
    expect([into.code, into.stderr]).toEqual([
      2,
      "understudy: cannot write . (it is a folder); choose another file or folder\n",
    ]);
    expect([twice.code, twice.stderr]).toEqual([
      2,
      "understudy: cannot write both.json (two results would go to it); choose another file or folder\n",
    ]);
    expect(readFileSync(at("own.xpt")).equals(readFileSync(file))).toBe(true);
    expect(["first.json", "both.json"].map((name) => existsSync(at(name)))).toEqual([false, false]);
  });
});
