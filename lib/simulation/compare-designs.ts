import { canonicalJson } from "../numerics/canonical-json.ts";
import type { CellResult, MonteCarloEstimate, Scenario, SimulationResult, TrialDesign } from "./simulation-document.ts";

/** What the last simulation knows of one design. */
export interface SimulatedDesign {
  readonly typeOneError: MonteCarloEstimate | null;
  readonly power: MonteCarloEstimate | null;
  readonly expectedPatientsUnderNull: MonteCarloEstimate | null;
  readonly expectedPatientsUnderEffect: MonteCarloEstimate | null;
  readonly expectedMonths: MonteCarloEstimate | null;
}

/** Design minus reference; null where either is unknown. */
export interface DesignDifference {
  readonly total: number;
  readonly control: number;
  readonly simulated: SimulatedDesign;
}

export interface ComparedDesign {
  readonly design: TrialDesign;
  readonly total: number;
  readonly twoSidedAlphaEquivalent: number;
  /** "changed": the run simulated an earlier version of the design, so its numbers are not shown. */
  readonly run: "simulated" | "changed" | "not-simulated";
  readonly simulated: SimulatedDesign;
  readonly difference: DesignDifference | null;
}

export interface CompareDesignsRequest {
  readonly designs: readonly TrialDesign[];
  readonly result: Pick<SimulationResult, "spec" | "cells" | "pairedDifferences"> | null;
  readonly nullScenarioId: string | null;
  readonly effectScenarioId: string | null;
  readonly referenceId: string | null;
}

const UNKNOWN: SimulatedDesign = {
  typeOneError: null,
  power: null,
  expectedPatientsUnderNull: null,
  expectedPatientsUnderEffect: null,
  expectedMonths: null,
};

/**
 * One line per design with the operating characteristics of a run, and differences to a reference design.
 *
 * The standard error of a difference of rejection probabilities is the paired one where the run has it (reference = first
 * design of the run). Otherwise it is √(a² + b²) of the two errors, too large when the designs share their patients.
 *
 * @param request - Designs as saved now, a run, the two scenarios looked at, and the pinned design.
 */
export function compareDesigns(request: CompareDesignsRequest): ComparedDesign[] {
  const lines = request.designs.map((design) => lineOf(design, request));
  const reference = lines.find(({ design }) => design.id === request.referenceId);
  if (reference === undefined) return lines;
  return lines.map((line) =>
    line === reference ? line : { ...line, difference: differenceOf(line, reference, request) },
  );
}

function lineOf(design: TrialDesign, request: CompareDesignsRequest): ComparedDesign {
  const simulated = request.result?.spec.designs.find(({ id }) => id === design.id);
  const run = simulated === undefined ? "not-simulated" : sameDesign(simulated, design) ? "simulated" : "changed";
  const cell = (scenarioId: string | null): CellResult | undefined =>
    request.result?.cells.find((entry) => entry.designId === design.id && entry.scenarioId === scenarioId);
  const underNull = cell(request.nullScenarioId);
  const underEffect = cell(request.effectScenarioId);
  return {
    design,
    total: design.experimental + design.control,
    twoSidedAlphaEquivalent: 2 * design.oneSidedAlpha,
    run,
    simulated:
      run === "simulated"
        ? {
            typeOneError: underNull?.rejection ?? null,
            power: underEffect?.rejection ?? null,
            expectedPatientsUnderNull: underNull?.expectedPatients ?? null,
            expectedPatientsUnderEffect: underEffect?.expectedPatients ?? null,
            expectedMonths: underEffect?.expectedMonths ?? null,
          }
        : UNKNOWN,
    difference: null,
  };
}

/** Whether two designs are the same plan; the name does not matter. */
export function sameDesign(a: TrialDesign, b: TrialDesign): boolean {
  return canonicalJson({ ...a, name: "" }) === canonicalJson({ ...b, name: "" });
}

function differenceOf(
  line: ComparedDesign,
  reference: ComparedDesign,
  request: CompareDesignsRequest,
): DesignDifference {
  const paired = (scenarioId: string | null) =>
    request.result?.pairedDifferences.find(
      (entry) =>
        entry.designId === line.design.id &&
        entry.referenceDesignId === reference.design.id &&
        entry.scenarioId === scenarioId,
    )?.rejectionDifference;
  const [a, b] = [line.simulated, reference.simulated];
  const known = a.power !== null && b.power !== null;
  return {
    total: line.total - reference.total,
    control: line.design.control - reference.design.control,
    simulated: {
      typeOneError: (known ? paired(request.nullScenarioId) : undefined) ?? apart(a.typeOneError, b.typeOneError),
      power: (known ? paired(request.effectScenarioId) : undefined) ?? apart(a.power, b.power),
      expectedPatientsUnderNull: apart(a.expectedPatientsUnderNull, b.expectedPatientsUnderNull),
      expectedPatientsUnderEffect: apart(a.expectedPatientsUnderEffect, b.expectedPatientsUnderEffect),
      expectedMonths: apart(a.expectedMonths, b.expectedMonths),
    },
  };
}

function apart(a: MonteCarloEstimate | null, b: MonteCarloEstimate | null): MonteCarloEstimate | null {
  if (a === null || b === null) return null;
  return { value: a.value - b.value, mcse: Math.hypot(a.mcse, b.mcse), limits: null };
}

/**
 * The two scenarios that one looks at first: the first without effect, and the first with the target effect, else the one
 * with the largest effect.
 *
 * @param scenarios - Scenarios of a run or a study.
 * @param targetEffect - Signed effect that the trial is planned to detect.
 */
export function leadingScenarios(
  scenarios: readonly Scenario[],
  targetEffect: number,
): { nullId: string | null; effectId: string | null } {
  const largest = [...scenarios].sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))[0];
  const effect =
    scenarios.find((scenario) => scenario.effect !== 0 && scenario.effect === targetEffect) ??
    (largest !== undefined && largest.effect !== 0 ? largest : undefined);
  return { nullId: scenarios.find((scenario) => scenario.effect === 0)?.id ?? null, effectId: effect?.id ?? null };
}
