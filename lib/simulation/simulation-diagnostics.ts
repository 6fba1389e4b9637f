import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import { outcomeType } from "../trial/outcome-type.ts";
import { describeProportion } from "./monte-carlo-estimate.ts";
import { outOfFoldScoreInformation } from "./out-of-fold-score-information.ts";
import type { PreparedCell } from "./prepared-cell.ts";
import type { CellResult, SimulationSpec } from "./simulation-document.ts";

/** With this many replicates a type I error of 0.025 is known to ±0.001. */
const CONFIRMATORY_REPLICATES = 100_000;
const TOLERATED_FAILURES = 0.01;
/** Standard errors by which a type I error must exceed its level before it is called inflated. */
const INFLATION_MCSE = 3;
const INFORMATION_TOLERANCE = 0.01;

/**
 * Caveats of a simulation.
 *
 * @param spec - The simulation.
 * @param model - Its model, or null.
 * @param cells - Results so far.
 * @param prepared - The same cells as prepared.
 */
export function simulationDiagnostics(
  spec: SimulationSpec,
  model: FrozenModel | null,
  cells: readonly CellResult[],
  prepared: readonly PreparedCell[],
): Diagnostic[] {
  return [
    ...failureDiagnostics(cells),
    ...accrualDiagnostics(spec, cells),
    ...typeOneErrorDiagnostics(spec, cells, prepared),
    ...scoreDiagnostics(prepared),
    ...strataDiagnostics(model, prepared),
    ...lawDiagnostics(spec, model, prepared),
    ...outcomeDiagnostics(spec, model),
  ];
}

function failureDiagnostics(cells: readonly CellResult[]): Diagnostic[] {
  return cells
    .filter(({ failed }) => failed > 0)
    .map(({ designId, scenarioId, failed, replicates, failureReasons }) =>
      diagnostic(
        failed > TOLERATED_FAILURES * replicates ? "critical" : "warning",
        "failed-replicates",
        `${failed} of ${replicates} replicates could not be analysed (${failureReasons.map(({ reason, count }) => `${reason}: ${count}`).join(", ")}); the figures are over the other ${replicates - failed}.`,
        `${designId} in ${scenarioId}`,
      ),
    );
}

/** Stopping saves patients only where a look comes before the last one is randomised: rare when the outcome takes long. */
function accrualDiagnostics(spec: SimulationSpec, cells: readonly CellResult[]): Diagnostic[] {
  const late = spec.designs.filter(({ id, experimental, control }) => {
    const own = cells.filter(({ designId }) => designId === id);
    const stopsEarly = own.some(({ looks }) =>
      looks.slice(0, -1).some(({ stopEfficacy, stopFutility }) => stopEfficacy.value + stopFutility.value > 0),
    );
    return stopsEarly && own.every(({ expectedPatients }) => expectedPatients.value === experimental + control);
  });
  if (late.length === 0) return [];
  return [
    diagnostic(
      "information",
      "stopping-saves-no-patients",
      `In every simulated trial of ${late.map(({ name }) => `"${name}"`).join(", ")} all patients were randomised before the first look, because accrual ends before enough primary outcomes are known: stopping early shortens these trials but saves no patients.`,
      late.map(({ id }) => id).join(", "),
    ),
  ];
}

function typeOneErrorDiagnostics(
  spec: SimulationSpec,
  cells: readonly CellResult[],
  prepared: readonly PreparedCell[],
): Diagnostic[] {
  const nulls = cells.flatMap((cell, i) => (cell.isNull ? [{ cell, alpha: prepared[i]!.design.oneSidedAlpha }] : []));
  if (nulls.length === 0)
    return spec.scenarios.some(({ effect }) => effect === 0)
      ? []
      : [
          diagnostic(
            "warning",
            "no-null-scenario",
            "No scenario has an effect of 0, so the type I error is not shown. Add a null scenario.",
          ),
        ];
  const worst = nulls.reduce((a, b) => (b.cell.rejection.value - b.alpha > a.cell.rejection.value - a.alpha ? b : a));
  const { value, mcse } = worst.cell.rejection;
  const inflated =
    value - worst.alpha >
    INFLATION_MCSE * Math.max(mcse, Math.sqrt((worst.alpha * (1 - worst.alpha)) / worst.cell.replicates));
  const found = [
    diagnostic(
      inflated ? "warning" : "information",
      inflated ? "type-one-error-above-level" : "largest-type-one-error",
      `The largest simulated type I error over ${nulls.length} null cells is ${describeProportion(worst.cell.rejection, worst.cell.replicates - worst.cell.failed)} at a level of ${worst.alpha}.`,
      `${worst.cell.designId} in ${worst.cell.scenarioId}`,
    ),
  ];
  const fewest = Math.min(...nulls.map(({ cell }) => cell.replicates));
  if (fewest < CONFIRMATORY_REPLICATES) {
    const halfWidth = 1.96 * Math.sqrt((worst.alpha * (1 - worst.alpha)) / fewest);
    found.push(
      diagnostic(
        "information",
        "replicates-of-null",
        `${fewest.toLocaleString("en-US")} replicates give a type I error of ${worst.alpha} a 95 % Monte Carlo interval of ± ${halfWidth.toFixed(4)}; ${CONFIRMATORY_REPLICATES.toLocaleString("en-US")} replicates, usual for a confirmatory claim, give ± ${(1.96 * Math.sqrt((worst.alpha * (1 - worst.alpha)) / CONFIRMATORY_REPLICATES)).toFixed(4)}.`,
      ),
    );
  }
  return found;
}

function scoreDiagnostics(prepared: readonly PreparedCell[]): Diagnostic[] {
  const cell = prepared.find(({ analysis, useScore }) => analysis.withScore && !useScore);
  if (cell === undefined) return [];
  return [
    diagnostic(
      "warning",
      "score-copies-covariates",
      "The score is a linear function of the analysis' own covariates, so it was left out of the analysis: both analyses are the same.",
      cell.scenario.id,
    ),
  ];
}

/** A stratum that the twin was not given has no place in the fitted law, so neither patients nor the simulated ANCOVA have it. */
function strataDiagnostics(model: FrozenModel | null, prepared: readonly PreparedCell[]): Diagnostic[] {
  if (model === null || !prepared.some(({ scenario }) => scenario.generator.kind === "fitted-model")) return [];
  const known = new Set(
    model.parameters.features.flatMap((feature) => (feature.kind === "baseline-endpoint" ? [] : [feature.covariateId])),
  );
  const absent = model.training.strata.filter((id) => !known.has(id));
  if (absent.length === 0) return [];
  return [
    diagnostic(
      "warning",
      "strata-not-simulated",
      `The model describes no ${absent.join(", ")}, so simulated patients have none and the simulated ANCOVA does not adjust for it. Train the model with it among the covariates to simulate the analysis as planned.`,
      absent.join(", "),
    ),
  ];
}

/** The fitted law may promise more than the score delivered out of fold. */
function lawDiagnostics(
  spec: SimulationSpec,
  model: FrozenModel | null,
  prepared: readonly PreparedCell[],
): Diagnostic[] {
  const cell = prepared.find(({ scenario }) => scenario.generator.kind === "fitted-model");
  const measured = model?.evaluation.gain.find(
    ({ endpointId, visitId }) => endpointId === spec.primary.endpointId && visitId === spec.primary.visitId,
  );
  if (cell === undefined || model === null || measured === undefined) return [];
  const total = cell.law.residualSd ** 2 + cell.law.scoreSd ** 2;
  const promised = 1 - cell.law.residualSd ** 2 / total;
  const found = measured.variance.rSquaredWithScore.value;
  const believable = outOfFoldScoreInformation(model, spec.primary);
  const optimistic = prepared.filter(
    ({ scenario }) =>
      scenario.generator.kind === "fitted-model" &&
      scenario.drift.scoreInformation > believable + INFORMATION_TOLERANCE,
  );
  const comparison = `In patients generated from the fitted model the score as trained explains ${promised.toFixed(3)} of the variance; out of fold it explained ${found.toFixed(3)}. A score information of ${believable.toFixed(3)} makes what it adds to ANCOVA the same as out of fold.`;
  return [
    diagnostic(
      optimistic.length > 0 ? "warning" : "information",
      optimistic.length > 0 ? "score-better-than-out-of-fold" : "score-as-out-of-fold",
      optimistic.length > 0
        ? `${comparison} These scenarios assume more: ${[...new Set(optimistic.map(({ scenario }) => scenario.id))].join(", ")}.`
        : comparison,
      `${spec.primary.endpointId} @ ${spec.primary.visitId}`,
    ),
  ];
}

/** Levels and counts are simulated as normal values with the same mean and SD. */
function outcomeDiagnostics({ primary }: SimulationSpec, model: FrozenModel | null): Diagnostic[] {
  const endpoint = model?.endpoints.find(({ id }) => id === primary.endpointId);
  const type = endpoint === undefined ? "continuous" : outcomeType(endpoint);
  if (type === "continuous") return [];
  return [
    diagnostic(
      "warning",
      "normal-approximation",
      `The endpoint is ${type === "ordinal" ? "ordinal" : `a ${type} one`}: patients are simulated with normal values of the stated SD and R² in place of ${type === "count" ? "counts" : "levels"}, and the effect does not change the SD. Compare the power with a calculation for such endpoints.`,
      `${primary.endpointId} @ ${primary.visitId}`,
    ),
  ];
}
