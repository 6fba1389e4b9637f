import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { type ChunkTally, chunkTallySchema } from "../../../lib/simulation/chunk-tally.ts";
import { createTrialWorkspace, generateTrial, replicateRng } from "../../../lib/simulation/generate-trial.ts";
import { mergeTallies } from "../../../lib/simulation/merge-tallies.ts";
import { prepareCell } from "../../../lib/simulation/prepared-cell.ts";
import { simulateChunk } from "../../../lib/simulation/simulate-chunk.ts";
import type { SimulationSpec } from "../../../lib/simulation/simulation-document.ts";
import { simulationResultSchema } from "../../../lib/simulation/simulation-document.ts";
import { summarizeSimulation } from "../../../lib/simulation/summarize-simulation.ts";
import {
  FIXTURE_COVARIANCE,
  frozenModel,
  scenario,
  simulationSpec,
  threeLooks,
  trialDesign,
} from "./simulation-fixtures.ts";

const REPLICATES = 240;

const model = frozenModel(FIXTURE_COVARIANCE);
const spec: SimulationSpec = {
  ...simulationSpec(
    [
      trialDesign({ id: "fixed" }),
      trialDesign({ id: "sequential", analysis: "ancova-with-score", experimental: 70, control: 50, ...threeLooks }),
    ],
    [
      scenario({ id: "null", generator: { kind: "fitted-model" }, dropoutProbability: 0.15 }),
      scenario({ id: "target", effect: -1.2, dropoutProbability: 0.1, drift: { scoreInformation: 0.5, meanShift: 1 } }),
    ],
  ),
  replicates: REPLICATES,
};
const cells = [0, 1, 2, 3];

function resultOf(tallies: readonly ChunkTally[]): string {
  return JSON.stringify(summarizeSimulation(spec, model, tallies));
}

const whole = cells.map((cell) => simulateChunk(spec, model, cell, 0, REPLICATES));
const reference = resultOf(whole);

describe("a simulation in chunks", () => {
  it("gives the same bits for any partition of the replicates, in any order, with repeats, through JSON", () => {
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: REPLICATES - 1 }), { maxLength: 6 });
    fc.assert(
      fc.property(cuts, fc.nat(1e6), (points, shuffle) => {
        const edges = [0, ...points.sort((a, b) => a - b), REPLICATES];
        const chunks = cells.flatMap((cell) =>
          edges.slice(1).map((end, i) => simulateChunk(spec, model, cell, edges[i]!, end - edges[i]!)),
        );
        const order = chunks.map((chunk, i) => ({ chunk, key: (i * 7919 + shuffle) % 1009 }));
        order.sort((a, b) => a.key - b.key);
        const received = order.map(({ chunk }) => chunkTallySchema.parse(JSON.parse(JSON.stringify(chunk))));
        received.push(received[0]!);
        expect(resultOf(received)).toBe(reference);
        const half = mergeTallies(received.filter(({ cellIndex }) => cellIndex === 1).slice(0, 2));
        expect(resultOf([half, ...received])).toBe(reference);
      }),
      { numRuns: 12, seed: 3 },
    );
  });

  it("gives a result of its schema, with every number finite", () => {
    const parsed = simulationResultSchema.parse(JSON.parse(reference));
    expect(parsed.cells.map(({ designId, scenarioId }) => `${scenarioId}/${designId}`)).toEqual([
      "null/fixed",
      "null/sequential",
      "target/fixed",
      "target/sequential",
    ]);
    expect(reference).not.toMatch(/null,"mcse"|NaN|Infinity/);
    for (const cell of parsed.cells) {
      expect(cell.replicates).toBe(REPLICATES);
      const efficacy = cell.looks.reduce((sum, look) => sum + look.stopEfficacy.value, 0);
      expect(efficacy).toBeCloseTo(cell.rejection.value, 12);
      expect(cell.examples.length).toBeGreaterThanOrEqual(3);
    }
  });

  it("shows what is there before all cells are done", () => {
    const partial = summarizeSimulation(spec, model, [simulateChunk(spec, model, 2, 0, 50)]);
    expect(partial.cells).toHaveLength(1);
    expect(partial.cells[0]).toMatchObject({ designId: "fixed", scenarioId: "target", replicates: 50 });
    expect(partial.pairedDifferences).toEqual([]);
  });

  it("depends on the seed and on the scenario's name, not on the other scenarios", () => {
    const other = simulateChunk({ ...spec, seed: spec.seed + 1 }, model, 2, 0, 40);
    const same = simulateChunk({ ...spec, scenarios: [spec.scenarios[1]!] }, model, 0, 0, 40);
    const first = simulateChunk(spec, model, 2, 0, 40);
    expect(other.errorSum).not.toEqual(first.errorSum);
    expect(same.errorSum).toEqual(first.errorSum);
  });

  it("refuses chunks that overlap in part, and cells mixed", () => {
    const a = simulateChunk(spec, model, 0, 0, 20);
    const b = simulateChunk(spec, model, 0, 10, 20);
    const c = simulateChunk(spec, model, 1, 20, 20);
    for (const tallies of [[a, b], [a, c], []]) expect(() => mergeTallies(tallies)).toThrow(DomainError);
    for (const [cell, first, count] of [
      [9, 0, 1],
      [0, -1, 1],
      [0, 0, 0],
      [0, 0.5, 1],
    ] as const)
      expect(() => simulateChunk(spec, model, cell, first, count)).toThrow(DomainError);
  });

  it("refuses designs or scenarios that share an identifier", () => {
    const twice = { ...spec, designs: [spec.designs[0]!, spec.designs[0]!] };
    expect(() => simulateChunk(twice, model, 0, 0, 1)).toThrow(DomainError);
  });

  it("lets every design of a scenario meet the same patients", () => {
    const trials = [0, 1].map((index) => {
      const cell = prepareCell(spec, model, index);
      const trial = createTrialWorkspace(cell);
      generateTrial(cell, replicateRng(spec.seed, "null", 17), trial);
      return trial;
    });
    expect(trials[1]!.score).toEqual(trials[0]!.score);
    expect(trials[1]!.covariate).toEqual(trials[0]!.covariate);
    expect(trials[1]!.enrolledAt).toEqual(trials[0]!.enrolledAt);
    expect(trials[1]!.completes).toEqual(trials[0]!.completes);
  });

  it("pairs designs: on the same patients the difference has a clearly smaller error than two separate simulations", () => {
    const designs = [trialDesign({ id: "plain" }), trialDesign({ id: "score", analysis: "ancova-with-score" })];
    const paired = simulationSpec(designs, [scenario({ effect: -0.9 })]);
    const result = summarizeSimulation(paired, null, [
      simulateChunk(paired, null, 0, 0, 1500),
      simulateChunk(paired, null, 1, 0, 1500),
    ]);
    const [plain, score] = result.cells.map(({ rejection }) => rejection);
    const { rejectionDifference } = result.pairedDifferences[0]!;
    expect(rejectionDifference.value).toBeCloseTo(score!.value - plain!.value, 12);
    expect(rejectionDifference.mcse).toBeLessThan(0.7 * Math.hypot(plain!.mcse, score!.mcse));
  });

  it("opens example trials whose looks agree with the bounds", () => {
    const result = JSON.parse(reference) as ReturnType<typeof summarizeSimulation>;
    for (const { examples } of result.cells)
      for (const { looks } of examples)
        looks.forEach((look, k) => {
          const final = k === looks.length - 1;
          expect(look.decision === "continue").toBe(!final);
          const above = look.efficacyBound !== null && look.z >= look.efficacyBound;
          expect(above).toBe(look.decision === "stop-efficacy" || look.decision === "final-success");
          if (look.decision === "stop-futility") expect(look.z).toBeLessThanOrEqual(look.futilityBound!);
          expect(look.enrolled).toBeGreaterThanOrEqual(look.experimental + look.control);
        });
  });

  it("counts replicates that cannot be analysed, with their reason, and leaves them out of the rates", () => {
    const tiny = simulationSpec(
      [trialDesign({ experimental: 3, control: 3 })],
      [scenario({ dropoutProbability: 0.5 })],
    );
    const result = summarizeSimulation(tiny, null, [simulateChunk(tiny, null, 0, 0, 200)]);
    const cell = result.cells[0]!;
    expect(cell.failed).toBeGreaterThan(0);
    expect(cell.failed).toBeLessThan(200);
    expect(cell.failureReasons.reduce((sum, { count }) => sum + count, 0)).toBe(cell.failed);
    expect(result.diagnostics.map(({ code }) => code)).toContain("failed-replicates");
  });

  it("says when stopping early saves time but no patients", () => {
    const codes = (accrualPerMonth: number) => {
      const spec = simulationSpec([trialDesign(threeLooks)], [scenario({ effect: -0.9, accrualPerMonth })]);
      return summarizeSimulation(spec, null, [simulateChunk(spec, null, 0, 0, 100)]).diagnostics.map(
        ({ code }) => code,
      );
    };
    expect(codes(100)).toContain("stopping-saves-no-patients");
    expect(codes(1)).not.toContain("stopping-saves-no-patients");
  });

  it("gives exact limits where nothing or everything was counted", () => {
    const sure = simulationSpec([trialDesign()], [scenario({ effect: -20 })]);
    const cell = summarizeSimulation(sure, null, [simulateChunk(sure, null, 0, 0, 100)]).cells[0]!;
    expect(cell.rejection.value).toBe(1);
    expect(cell.rejection.limits!.lower).toBeCloseTo(0.025 ** (1 / 100), 9);
    expect(cell.rejection.limits!.upper).toBe(1);
  });
});
