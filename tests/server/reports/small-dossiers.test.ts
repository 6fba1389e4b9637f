import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { buildDossier } from "../../../lib/dossier/build-dossier.ts";
import type { DossierRecord } from "../../../lib/dossier/dossier-record.ts";
import { numberReport } from "../../../lib/reporting/number-report.ts";
import { inspectPdf } from "../../../server/reports/inspect-pdf.ts";
import { verifyDossier } from "../../../server/reports/verify-dossier.ts";
import { type DossierPackage, makeDossier } from "../../../server/reports/write-dossier.ts";
import { DEFAULT_LAW, simulatedHistory, trainingFor } from "../../lib/progression/simulated-history.ts";
import { type SmallDossierRequest, smallDossier } from "../../support/small-dossier.ts";

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const hasQpdf = spawnSync("qpdf", ["--version"]).status === 0;
/** Where the folders are kept to be looked at; a temporary folder that is removed when nobody says. */
const kept = process.env.KEEP_DOSSIERS;

const pair = (law: Partial<typeof DEFAULT_LAW>) => {
  const whole = { ...DEFAULT_LAW, ...law };
  return {
    history: simulatedHistory(whole, 11),
    enrolled: simulatedHistory({ ...whole, patients: 40, studies: 1 }, 12, "enrolled"),
  };
};

/** Patients of the enrolled trial have names of their own, so that nobody is in both files. */
function renamed(data: LongDataSet): LongDataSet {
  return { ...data, patients: data.patients.map((patient) => ({ ...patient, id: `T-${patient.id}` })) };
}

function bare(): SmallDossierRequest {
  const { history, enrolled } = pair({ patients: 90, visits: 1, covariates: 0 });
  const without = (data: LongDataSet): LongDataSet => ({
    ...data,
    covariates: [],
    patients: data.patients.map((patient) => ({ ...patient, covariates: [] })),
  });
  return {
    history: without(history),
    enrolled: renamed(without(enrolled)),
    training: { ...trainingFor(history, { folds: 2, bootstrapReplicates: 200 }), covariateIds: [], strata: [] },
    targetEffect: -3,
    replicates: 60,
  };
}

/** Three studies, a death in some patients, a neural member and trees. */
function neural(): SmallDossierRequest {
  const { history, enrolled } = pair({ patients: 150, studies: 3, visits: 2, dropout: 0 });
  const dying = (data: LongDataSet): LongDataSet => ({
    ...data,
    patients: data.patients.map((patient, i) =>
      i % 6 === 0
        ? {
            ...patient,
            events: [{ kind: "death", day: 400 + i }],
            outcomes: patient.outcomes.map((row) =>
              row.map((cell, v) => (v === row.length - 1 ? { missing: "after-intercurrent-event" as const } : cell)),
            ),
          }
        : patient,
    ),
  });
  return {
    history: dying(history),
    enrolled: renamed(dying(enrolled)),
    training: trainingFor(history, {
      folds: 2,
      bootstrapReplicates: 200,
      members: ["gaussian-joint", "neural-boltzmann", "boosted-transition"],
    }),
    targetEffect: -3,
    replicates: 60,
  };
}

/** Outcomes that bend: a working scale or a curve is chosen. */
function curved(): SmallDossierRequest {
  const { history, enrolled } = pair({ patients: 300, visits: 2 });
  const bent = (value: number) => Math.exp(value / 12);
  const bend = (data: LongDataSet): LongDataSet => ({
    ...data,
    patients: data.patients.map((patient) => ({
      ...patient,
      baseline: patient.baseline.map((value) => (value === null ? null : bent(value))),
      outcomes: patient.outcomes.map((row) =>
        row.map((cell) => ("value" in cell ? { ...cell, value: bent(cell.value) } : cell)),
      ),
    })),
  });
  return {
    history: bend(history),
    enrolled: renamed(bend(enrolled)),
    training: trainingFor(history, { folds: 2, bootstrapReplicates: 200, curvature: "chosen" }),
    targetEffect: -3,
    replicates: 60,
  };
}

/** The last continuous value as response or not: members by type of endpoint, simulated by the parametric law. */
function response(): SmallDossierRequest {
  const { history, enrolled } = pair({ patients: 150, visits: 2 });
  const values = history.patients.flatMap(({ baseline }) => (baseline[0] === null ? [] : [baseline[0]!]));
  const cut = values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const split = (data: LongDataSet): LongDataSet => ({
    ...data,
    endpoints: data.endpoints.map((endpoint, e) =>
      e > 0
        ? endpoint
        : {
            ...endpoint,
            scale: "identity",
            sourceRange: { minimum: null, maximum: null },
            outcome: {
              type: "binary",
              levels: [
                { source: "0", label: "below" },
                { source: "1", label: "at or above" },
              ],
            },
          },
    ),
    patients: data.patients.map((patient) => ({
      ...patient,
      baseline: patient.baseline.map((value, e) => (e > 0 || value === null ? value : Number(value >= cut))),
      outcomes: patient.outcomes.map((row, e) =>
        row.map((cell) => (e === 0 && "value" in cell ? { ...cell, value: Number(cell.value >= cut) } : cell)),
      ),
    })),
  });
  return {
    history: split(history),
    enrolled: renamed(split(enrolled)),
    training: trainingFor(history, { folds: 2, bootstrapReplicates: 200 }),
    targetEffect: -0.2,
    replicates: 60,
  };
}

const LONG = "Änderung der körperlichen Leistungsfähigkeit (6-Minuten-Gehstrecke), 中文 Δ µ ≥ ½";

/** Long names, signs of many languages, thirty covariates, sixty sites, ten looks, and so few patients that looks fail. */
function odd(): SmallDossierRequest {
  const { history, enrolled } = pair({ patients: 180, covariates: 30, effect: 0, endpoints: 2, visits: 2 });
  const strange = (data: LongDataSet): LongDataSet => ({
    ...data,
    name: `${data.name} – ${LONG}`,
    endpoints: data.endpoints.map((endpoint, e) => ({
      ...endpoint,
      label: `${LONG} ${e + 1}`,
      unit: "mL/min/1.73 m²",
    })),
    covariates: data.covariates.map((covariate, p) => ({
      ...covariate,
      label: p % 2 === 0 ? `${LONG.slice(0, 78)}${p}` : `Kovariate ${p} (×10⁹/L)`,
    })),
    patients: data.patients.map((patient, i) => ({ ...patient, site: `Site ${i % 60}` })),
  });
  return {
    history: strange(history),
    enrolled: renamed(strange(enrolled)),
    training: trainingFor(history, { folds: 2, bootstrapReplicates: 200 }),
    targetEffect: -3,
    replicates: 60,
    study: {
      title: LONG.repeat(2).slice(0, 200),
      sponsor: LONG.slice(0, 80),
      protocolId: "ABC-123456789-ΩΩΩ-Amendment-4",
      compound: LONG.slice(0, 80),
    },
    simulation: (spec) => ({
      ...spec,
      designs: [
        { ...spec.designs[0]!, name: LONG.slice(0, 80) },
        {
          ...spec.designs[4]!,
          name: "Ten looks",
          experimental: 12,
          control: 12,
          lookFractions: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
        },
      ],
    }),
  };
}

describe.each([
  ["one endpoint, one visit, no covariates, no events", "bare", bare],
  ["a neural member, trees, three studies and deaths", "neural", neural],
  ["a working scale", "curved", curved],
  ["a binary endpoint", "response", response],
  ["long names, many covariates, sites and looks", "odd", odd],
] as const)("the dossier of %s", (_, name, request) => {
  let record: DossierRecord;
  let dossier: DossierPackage;
  let folder: string;

  beforeAll(async () => {
    const made = smallDossier(request());
    record = made.record;
    dossier = await makeDossier(record, [], made.twins);
    folder = kept === undefined ? mkdtempSync(join(tmpdir(), "small-dossier-")) : join(kept, name);
    mkdirSync(folder, { recursive: true });
    for (const file of dossier.files) writeFileSync(join(folder, file.name), file.bytes);
  }, 600_000);

  afterAll(() => {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("passes every critical point that a machine can check, the spread over seeds and the data set of twins", () => {
    const wrong = dossier.checklist.filter(
      (item) =>
        item.kind === "machine" &&
        item.status === "fail" &&
        (item.critical || ["A7", "A18", "D13", "N2", "N4"].includes(item.id)),
    );
    expect(wrong.map((item) => `${item.id}: ${item.evidence}`)).toEqual([]);
  });

  it("verifies, ADTWIN included", async () => {
    const steps = await verifyDossier(dossier.files);
    expect(steps.filter((step) => !step.ok).map((step) => `${step.what}: ${step.found}`)).toEqual([]);
    expect(steps.filter((step) => step.what.startsWith("adtwin.") && step.what.endsWith("these twins")).length).toBe(2);
    const forged = dossier.files.map((file) =>
      file.name === "adtwin.xpt"
        ? { ...file, bytes: file.bytes.map((byte, i) => (i === 2000 ? byte ^ 1 : byte)) }
        : file,
    );
    expect((await verifyDossier(forged)).filter((step) => !step.ok).map((step) => step.what)).toContain(
      "adtwin.xpt holds these twins",
    );
  });

  it("has no empty section and no empty table, and prints no programming accident", () => {
    const { blocks } = buildDossier(record, [], dossier.checklist);
    blocks.forEach((block, index) => {
      if (block.kind === "table") expect(block.rows.length, block.title).toBeGreaterThan(0);
      if (block.kind !== "heading") return;
      const next = blocks[index + 1];
      expect(next, block.text).toBeDefined();
      if (next?.kind === "heading") expect(next.level, block.text).toBe(block.level + 1);
    });
    expect(JSON.stringify(blocks)).not.toMatch(/undefined|NaN|\[object|Infinity/);
  });

  it("is a sound PDF with embedded fonts, bookmarks and links that lead somewhere", async () => {
    const pdf = dossier.files.find((file) => file.name.endsWith(".pdf"))!;
    const evidence = await inspectPdf(pdf.bytes, pdf.name);
    expect(evidence.fonts.every((font) => font.embedded)).toBe(true);
    expect(evidence.links.filter((link) => link.targetPage === null)).toEqual([]);
    const numbered = numberReport(buildDossier(record, [], dossier.checklist)).items.length;
    expect(evidence.outline.length).toBe(numbered);
    for (const page of evidence.pages) {
      expect(page.textBox!.left, `page ${page.number}`).toBeGreaterThan(50);
      expect(page.width - page.textBox!.right, `page ${page.number}`).toBeGreaterThan(27);
    }
    if (hasQpdf) {
      const result = execFileSync("qpdf", ["--check", join(folder, pdf.name)], { encoding: "utf8" });
      expect(result).toMatch(/No syntax or stream encoding errors found/);
    }
  });

  it("says plainly what was not found", () => {
    const text = JSON.stringify(buildDossier(record, [], null).blocks);
    const claimed = record.model.evaluation.gain.find(
      (row) =>
        row.endpointId === record.simulation.spec.primary.endpointId &&
        row.visitId === record.simulation.spec.primary.visitId,
    )!.gainClaimed;
    if (!claimed) expect(text).toMatch(/No gain is demonstrated|no gain/i);
    const failed = record.simulation.cells.reduce((sum, cell) => sum + cell.failed, 0);
    expect(text).toContain(`Failed: ${failed}`);
    for (const { message } of record.model.diagnostics.filter(({ severity }) => severity !== "information"))
      expect(text).toContain(JSON.stringify(message).slice(1, 60));
  });
});
