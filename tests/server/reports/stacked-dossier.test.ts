import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { buildDossier } from "../../../lib/dossier/build-dossier.ts";
import { dossierContext } from "../../../lib/dossier/dossier-context.ts";
import type { DossierRecord } from "../../../lib/dossier/dossier-record.ts";
import { memberScores, scoreEquation } from "../../../lib/dossier/score-equation.ts";
import { scoreProgram } from "../../../lib/dossier/score-program.ts";
import { openTwinPredictor } from "../../../lib/progression/frozen-model.ts";
import { baselineHistory, cellOf } from "../../../lib/twins/baseline-history.ts";
import { verifyDossier } from "../../../server/reports/verify-dossier.ts";
import { type DossierPackage, makeDossier } from "../../../server/reports/write-dossier.ts";
import { sampleRecord } from "../../support/sample-record.ts";

vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const LINEAR = ["gaussian-joint", "mixed-effects", "ridge-transition"] as const;
const BENT = ["gaussian-joint", "boosted-transition", "disease-course"] as const;
const hasR = spawnSync("Rscript", ["--version"]).status === 0;

describe.each([
  ["linear members", "pbc", LINEAR],
  ["trees and a disease-course map", "alzheimer", BENT],
] as const)("the dossier of a stack of %s", (_, id, members) => {
  let record: DossierRecord;
  let dossier: DossierPackage;

  beforeAll(async () => {
    record = sampleRecord(id, 50, { members: [...members], folds: 2, bootstrapReplicates: 200 });
    dossier = await makeDossier(record, []);
  }, 600_000);

  it("passes every critical point that a machine can check, and those about members", () => {
    const wrong = dossier.checklist.filter(
      (item) =>
        item.kind === "machine" && item.status === "fail" && (item.critical || /^(D9|D10|D11|D12|E16)$/.test(item.id)),
    );
    expect(wrong.map((item) => `${item.id}: ${item.evidence}`)).toEqual([]);
  });

  it("agrees with itself when it is verified", async () => {
    const steps = await verifyDossier(dossier.files);
    expect(steps.filter((step) => !step.ok)).toEqual([]);
  });

  it("names every member with its weight, and the score as the weighted sum of its members", () => {
    const { blocks } = buildDossier(record, [], dossier.checklist);
    const weights = blocks.find((block) => block.kind === "table" && block.id === "table-weights");
    expect(weights?.kind === "table" ? weights.rows.length : 0).toBe(members.length + 1);
    const primary = record.model.training.primary;
    const equation = scoreEquation(record.model, primary);
    const own = memberScores(record.model, primary);
    expect(own.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    const centre = own.reduce((sum, member) => sum + member.weight * member.centre, 0);
    expect(centre).toBeCloseTo(equation.centre, 9);
    equation.slopes.forEach((slope, q) => {
      expect(own.reduce((sum, member) => sum + member.weight * member.slopes[q]!, 0)).toBeCloseTo(slope, 8);
    });
  });

  it("prints an equation only where the score is one, and R computes the score from it", () => {
    const context = dossierContext(record);
    const { model } = record;
    const equation = scoreEquation(model, context.primary);
    const program = scoreProgram(context);
    expect(equation.isLinear).toBe(memberScores(model, context.primary).every((member) => member.isLinear));
    expect(program === null).toBe(!equation.isLinear);
    if (program === null || !hasR) return;
    const predictor = openTwinPredictor(model);
    const baseline = Float64Array.from(equation.terms, (term, q) => term.mean + (q % 3) * term.standardDeviation);
    const score = predictor.model.predictMean(baselineHistory(model, baseline))[cellOf(model, context.primary)]!;
    expect(
      Math.abs(Number(inR(`${program}\ncat(sprintf("%.15g", score(c(${baseline.join(", ")}))))`)) - score),
    ).toBeLessThan(1e-8 * Math.max(1, Math.abs(score)));
  });
});

describe("the score program of the Gaussian joint model without curves", () => {
  it.skipIf(!hasR)("gives the score in R with any baseline items missing", () => {
    const record = sampleRecord("pbc", 20, { folds: 2, bootstrapReplicates: 200, curvature: "none" });
    const context = dossierContext(record);
    const program = scoreProgram(context);
    expect(program).not.toBeNull();
    const predictor = openTwinPredictor(record.model);
    const { terms } = scoreEquation(record.model, context.primary);
    for (const missing of [[], [0], [1, 3], terms.map((_, q) => q)]) {
      const baseline = Float64Array.from(terms, (term, q) =>
        missing.includes(q) ? Number.NaN : term.mean + ((q % 3) - 1) * term.standardDeviation,
      );
      const score = predictor.model.predictMean(baselineHistory(record.model, baseline))[
        cellOf(record.model, context.primary)
      ]!;
      const values = Array.from(baseline, (value) => (Number.isNaN(value) ? "NA" : String(value))).join(", ");
      const found = Number(inR(`${program}\ncat(sprintf("%.15g", score(c(${values}))))`));
      expect(Math.abs(found - score), missing.join()).toBeLessThan(1e-8 * Math.max(1, Math.abs(score)));
    }
  });
});

/** Last line that R prints. */
function inR(program: string): string {
  const folder = mkdtempSync(join(tmpdir(), "score-"));
  try {
    const file = join(folder, "score.R");
    writeFileSync(file, program);
    return execFileSync("Rscript", [file], { encoding: "utf8" }).trim().split("\n").at(-1) ?? "";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
