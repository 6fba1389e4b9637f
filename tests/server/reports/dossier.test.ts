import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { buildDossier } from "../../../lib/dossier/build-dossier.ts";
import { dossierContext } from "../../../lib/dossier/dossier-context.ts";
import type { DossierRecord, Signature } from "../../../lib/dossier/dossier-record.ts";
import { openSealedRecord, recordHash, recordText } from "../../../lib/dossier/record-hash.ts";
import { boundsProgram, simulationProgram } from "../../../lib/dossier/reproduction-code.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";
import { numberReport } from "../../../lib/reporting/number-report.ts";
import { sizingProgram } from "../../../lib/sizing/sizing-program.ts";
import { inspectPdf } from "../../../server/reports/inspect-pdf.ts";
import { renderPdf } from "../../../server/reports/render-pdf.ts";
import { verifyDossier } from "../../../server/reports/verify-dossier.ts";
import { type DossierPackage, makeDossier, makeSealedDossier } from "../../../server/reports/write-dossier.ts";
import { runRProgram } from "../../support/run-r-program.ts";
import { sampleRecord } from "../../support/sample-record.ts";

// A dossier is written several times over here, on machines that may be busy.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const REPLICATES = 200;
const has = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;

describe.each(["pbc", "alzheimer"] as const)("the dossier of the %s sample", (id) => {
  let record: DossierRecord;
  let dossier: DossierPackage;
  let folder: string;

  beforeAll(async () => {
    record = sampleRecord(id, REPLICATES);
    dossier = await makeDossier(record, []);
    folder = mkdtempSync(join(tmpdir(), "dossier-"));
    for (const file of dossier.files) writeFileSync(join(folder, file.name), file.bytes);
  }, 600_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("passes every critical point that a machine can check", () => {
    const wrong = dossier.checklist.filter(
      (item) => item.critical && item.kind === "machine" && item.status === "fail",
    );
    expect(wrong.map((item) => `${item.id}: ${item.evidence}`)).toEqual([]);
    expect(dossier.pages).toBeGreaterThanOrEqual(15);
  });

  it("leaves human points open until a person has answered, never passed by the program", () => {
    const human = dossier.checklist.filter((item) => item.kind === "human");
    expect(human.some((item) => item.status === "open")).toBe(true);
    expect(human.filter((item) => item.status === "pass")).toEqual([]);
  });

  it("has no empty section, and every table has a row", () => {
    const { blocks } = buildDossier(record, [], dossier.checklist);
    blocks.forEach((block, index) => {
      if (block.kind === "table") expect(block.rows.length, block.title).toBeGreaterThan(0);
      const next = blocks[index + 1];
      if (block.kind === "heading") {
        expect(next, block.text).toBeDefined();
        if (next?.kind === "heading") expect(next.level, block.text).toBe(block.level + 1);
      }
      if (block.kind === "code") for (const line of block.text.split("\n")) expect(line.length, line).toBeLessThan(90);
    });
  });

  it("is written for a record that lacks what can be lacking", () => {
    const lacking = structuredClone(record);
    const { simulation } = lacking;
    simulation.spec.scenarios = simulation.spec.scenarios.filter((scenario) => scenario.effect !== 0);
    simulation.cells = simulation.cells
      .filter((cell) => !cell.isNull)
      .map((cell) => ({ ...cell, examples: [], analytic: null }));
    simulation.pairedDifferences = [];
    lacking.sizing.spec.rSquaredWithScoreLimits = null;
    lacking.sizing.range = null;
    lacking.timing = { planFrozenAtUtc: null, outcomesFirstAccessedAtUtc: null };
    lacking.audit = { events: [], total: 0, headSequence: 0, headHash: "0".repeat(64) };
    Object.assign(lacking, { changes: [], members: [] });
    Object.assign(lacking.study, { sourceLog: [], compound: "", sponsor: "", protocolId: "" });
    Object.assign(lacking.model.evaluation, { subgroups: [], leaveOneStudyOut: [] });
    lacking.twins.examples = [];
    const { blocks, titleParagraphs } = buildDossier(lacking, []);
    expect(() => numberReport({ blocks, titleParagraphs })).not.toThrow();
    for (const block of blocks) if (block.kind === "table") expect(block.rows.length, block.title).toBeGreaterThan(0);
    expect(JSON.stringify(blocks)).not.toMatch(/undefined|NaN|Infinity/);
  });

  it("states what designs by MMRM read, and that base R has no program for them", () => {
    const repeated = structuredClone(record);
    for (const design of repeated.simulation.spec.designs) design.analysis = "mmrm-with-score";
    const text = JSON.stringify(buildDossier(repeated, []));
    expect(text).toContain("MMRM + twin score");
    expect(text).toContain("analysed by MMRM over the visits up to the primary one");
    expect(simulationProgram(dossierContext(repeated))).toBeNull();
    expect(text).not.toMatch(/undefined|NaN|Infinity/);
  });

  it("prints nothing that reads like a programming accident", () => {
    const text = JSON.stringify(buildDossier(record, [], dossier.checklist));
    expect(text).not.toMatch(/undefined|NaN|\[object|Infinity/);
  });

  it("gives the same bytes for the same record", async () => {
    const document = buildDossier(record, [], dossier.checklist);
    const [once, again] = [await renderPdf(document, []), await renderPdf(document, [])];
    expect(Buffer.compare(Buffer.from(once), Buffer.from(again))).toBe(0);
  });

  it("verifies, and does not verify when a byte of any part is changed", async () => {
    const steps = await verifyDossier(dossier.files);
    expect(steps.filter((step) => !step.ok).map((step) => `${step.what}: ${step.found}`)).toEqual([]);
    const results = new TextDecoder().decode(dossier.files.find((file) => file.name === "results.json")!.bytes);
    const total = record.sizing.rows[2]!.total;
    const forged = dossier.files.map((file) =>
      file.name === "results.json"
        ? { ...file, bytes: new TextEncoder().encode(results.replace(`"total":${total}`, `"total":${total - 2}`)) }
        : file,
    );
    expect((await verifyDossier(forged)).filter((step) => !step.ok).length).toBeGreaterThan(0);
    const cut = dossier.files.map((file) =>
      file.name.endsWith(".pdf") ? { ...file, bytes: file.bytes.slice(0, file.bytes.length - 1) } : file,
    );
    expect((await verifyDossier(cut)).filter((step) => !step.ok).length).toBeGreaterThan(0);
    const [manifest] = dossier.files.filter(({ name }) => name === "manifest.json");
    const others = ["notes.txt", "old/results.json"].map((name) => ({ name, bytes: new Uint8Array([1]) }));
    expect(await verifyDossier([manifest!, ...others])).toContainEqual({
      what: "The manifest covers every file of the folder",
      ok: false,
      found: expect.stringContaining("not covered, so neither checked nor signed: notes.txt, old/results.json"),
    });
  });

  it.skipIf(!has("qpdf", "--version"))("is a sound PDF for qpdf", () => {
    const result = execFileSync("qpdf", ["--check", join(folder, "understudy-dossier.pdf")], { encoding: "utf8" });
    expect(result).toMatch(/No syntax or stream encoding errors found/);
  });

  it("links every table and figure from the list and mirrors them in the bookmarks", async () => {
    const pdf = dossier.files.find((file) => file.name.endsWith(".pdf"))!;
    const evidence = await inspectPdf(pdf.bytes, pdf.name);
    const numbered = numberReport(buildDossier(record, [], dossier.checklist)).items.map((item) => item.label);
    expect(evidence.outline.map((entry) => entry.title.replace(/^((?:Table|Figure) \d+|[\d.]+).*$/s, "$1"))).toEqual(
      numbered,
    );
    expect(evidence.links.filter((link) => link.targetPage === null)).toEqual([]);
    for (const entry of evidence.outline) {
      const page = evidence.pages[(entry.page ?? 0) - 1];
      const words = entry.title.replace(/\s+/g, "").slice(0, 24);
      expect(page?.text.replace(/\s+/g, ""), entry.title).toContain(words);
    }
  });

  it.skipIf(!has("Rscript", "--version"))("prints R programs that give its sizes and bounds again", () => {
    const context = dossierContext(record);
    const run = (program: string) => execFileSync("Rscript", ["-"], { input: program, encoding: "utf8" });
    const { sizes } = runRProgram(sizingProgram(record.sizing).r, {}, ["sizes"]);
    expect(sizes!.total).toEqual(record.sizing.rows.map((row) => row.total));
    for (const [index, row] of record.sizing.rows.entries()) {
      expect(Number(sizes!.power![index])).toBeCloseTo(row.power, 7);
    }
    const bounds = boundsProgram(context);
    expect(bounds).not.toBeNull();
    const printed = run(bounds!)
      .split("analysis")
      .slice(1)
      .map((table) => [...table.matchAll(/^\d+ +\d+ +(.*)$/gm)].map((row) => row[1]!.trim().split(/\s+/).map(Number)));
    const expected = record.simulation.spec.designs
      .map((design) => record.simulation.cells.find((cell) => cell.designId === design.id)!.looks)
      .filter((looks) => looks.length > 1);
    for (const [d, rows] of printed.entries()) {
      for (const [k, [, efficacy, futility]] of rows.entries()) {
        const { efficacyBound, futilityBound } = expected[d]![k]!;
        expect(efficacy).toBeCloseTo(efficacyBound ?? Infinity, 5);
        if (futilityBound !== null) expect(futility).toBeCloseTo(futilityBound, 5);
      }
    }
    expect(printed.length).toBe(expected.length);
  });

  it.skipIf(!has("Rscript", "--version"))("prints an R simulation that agrees with the simulated power", () => {
    const program = simulationProgram(dossierContext(record)) ?? "";
    const output = execFileSync("Rscript", ["-e", program], { encoding: "utf8" });
    const rates = [...output.matchAll(/: (\d\.\d+) \+\/- (\d\.\d+)/g)].map((match) => Number(match[1]));
    const stated = [...program.matchAll(/(\d\.\d+) \+\/- (\d\.\d+)(?=;|$)/gm)].map((match) => Number(match[1]));
    expect(rates.length).toBe(2);
    rates.forEach((rate, index) => {
      const mcse = Math.sqrt((rate * (1 - rate)) / 2000 + (rate * (1 - rate)) / REPLICATES);
      expect(Math.abs(rate - stated[index]!)).toBeLessThan(4.5 * mcse);
    });
  });

  it("is signed as the bytes that were locked, also where another version of the program wrote them", async () => {
    const text = canonicalJson({ ...JSON.parse(recordText(record)), aFieldOfAnotherVersion: [1, 2] });
    const sealed = openSealedRecord(new TextEncoder().encode(text));
    expect(sealed.hash).not.toBe(recordHash(record));
    const signature: Signature = {
      printedName: "Rita Regulatory",
      role: "regulatory",
      atUtc: "2026-03-10T08:00:00Z",
      meaning: "approval",
      recordHash: sealed.hash,
    };
    const signed = await makeSealedDossier(sealed, [signature]);
    expect(signed.recordHash).toBe(sealed.hash);
    const results = signed.files.find((file) => file.name === "results.json");
    expect(new TextDecoder().decode(results?.bytes)).toBe(text);
    const steps = await verifyDossier(signed.files);
    expect(steps.filter((step) => !step.ok).map((step) => `${step.what}: ${step.found}`)).toEqual([]);
    expect(() => openSealedRecord(new TextEncoder().encode('{"format":"another"}'))).toThrow(/can read/);
  });

  it("carries signatures and no draft mark once signed", async () => {
    const signature: Signature = {
      printedName: "Rita Regulatory",
      role: "regulatory",
      atUtc: "2026-03-10T08:00:00Z",
      meaning: "approval",
      recordHash: recordHash(record),
    };
    const signed = await inspectPdf(
      await renderPdf(buildDossier(record, [signature], dossier.checklist), [signature]),
      "understudy-dossier.pdf",
    );
    expect(signed.pages.some((page) => page.text.includes("DRAFT"))).toBe(false);
    expect(signed.pages[0]?.text).toContain("Rita Regulatory");
    expect(signed.pages[0]?.text.replace(/\s+/g, "")).toContain(signature.recordHash);
  });
});
