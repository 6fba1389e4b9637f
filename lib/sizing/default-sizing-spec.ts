import { DomainError } from "../errors/domain-error.ts";
import type { FrozenModel, GainAtVisit } from "../progression/model-document.ts";
import { correlationDeflation } from "./correlation-deflation.ts";
import { runInOptions } from "./run-in-options.ts";
import type { SizingSpec, Sourced } from "./sizing-document.ts";

/** What a study says about the trial to be sized; the rest comes from the model or is a stated default. */
export interface SizingDefaultsRequest {
  readonly model: FrozenModel;
  /** Experimental minus control the trial is planned to detect, analysis scale. */
  readonly targetEffect: number;
  /** "default" when nobody has stated the effect yet; "user" when absent. */
  readonly targetEffectSource?: "user" | "default";
  /** Endpoint and visit; the model's primary pair when absent. */
  readonly primary?: { readonly endpointId: string; readonly visitId: string };
  /** Experimental : control; 1 when absent. */
  readonly randomizationRatio?: number;
  /** Proportion of patients expected to lack the endpoint; 0.1 when absent. */
  readonly dropout?: Sourced<number>;
}

/**
 * Inputs of a sizing derived from a frozen model's out-of-fold evaluation, each marked user, derived or default.
 *
 * @param request - Model, target effect, and whatever the study already fixes.
 * @returns A specification that {@link sizeControlArm} accepts when the target effect is not 0.
 * @throws DomainError INSUFFICIENT_DATA when the model was not evaluated at the endpoint and visit.
 *
 * @remarks An out-of-fold R² below 0 is entered as 0, with the measured value in the note. Where no gain is shown the score
 * adds nothing. λ is derived from the evaluation, γ defaults to 1.1; METHODS.md section "Discounts".
 */
export function defaultSizingSpec(request: SizingDefaultsRequest): SizingSpec {
  const { model } = request;
  const primary = request.primary ?? model.training.primary;
  const gain = model.evaluation.gain.find(
    (entry) => entry.endpointId === primary.endpointId && entry.visitId === primary.visitId,
  );
  if (gain === undefined)
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "primary",
      received: `${primary.endpointId} at ${primary.visitId}`,
      requirement: "must be an endpoint and visit at which the model was evaluated",
      hint: "Train the model with this endpoint and visit, or choose one that it has.",
    });
  const from = `${gain.patients} patients of model "${model.name}", out of fold`;
  const { variance } = gain;
  const endpoint = model.endpoints.find(({ id }) => id === primary.endpointId);
  const visit = model.visits.find(({ id }) => id === primary.visitId);
  const strata = model.training.strata;
  const atBaseline = {
    standardDeviation: {
      value: variance.standardDeviation,
      source: "derived" as const,
      note: `SD of the outcome, ${from}`,
    },
    rSquaredAncova: rSquaredInput(variance.rSquaredAncova.value, `ANCOVA on baseline and strata, ${from}`),
    rSquaredWithScore: scoreInput(gain, from),
    rSquaredWithScoreLimits: {
      lower: rSquaredGivenAncova(variance.rSquaredAncova.value, gain.gainClaimed ? gain.partialCorrelation.lower : 0),
      upper: rSquaredGivenAncova(variance.rSquaredAncova.value, gain.partialCorrelation.upper),
    },
    scoreGainShown: gain.gainClaimed,
  };
  const outcome = discreteOutcome(model, primary);
  const runIns = runInOptions(model, primary);
  return {
    format: "understudy-sizing/1",
    endpointId: primary.endpointId,
    visitId: primary.visitId,
    effect:
      request.targetEffectSource === "default"
        ? {
            value: request.targetEffect,
            source: "default",
            note: "one unit in the direction of benefit, until the study states its target effect",
          }
        : { value: request.targetEffect, source: "user", note: "target effect of the study" },
    ...(endpoint === undefined || visit === undefined
      ? {}
      : { names: { endpoint: endpoint.label, visit: visit.label, unit: endpoint.unit } }),
    ...(endpoint === undefined ? {} : { benefit: endpoint.benefit }),
    ...(outcome === null ? {} : { outcome }),
    margin: { value: 0, source: "default", note: "superiority" },
    hypothesis: "superiority",
    ...atBaseline,
    oneSidedAlpha: { value: 0.025, source: "default", note: "two-sided 0.05" },
    power: { value: 0.9, source: "default", note: "" },
    randomizationRatio:
      request.randomizationRatio === undefined
        ? { value: 1, source: "default", note: "1:1" }
        : { value: request.randomizationRatio, source: "user", note: "" },
    correlationDeflation: correlationDeflation(model, gain),
    controlSdInflation: { value: 1.1, source: "default", note: "controls may vary more in the trial" },
    dropout: request.dropout ?? { value: 0.1, source: "default", note: "" },
    covariatesInAncova: {
      value: 1 + strataColumns(model, strata),
      source: "derived",
      note: strata.length === 0 ? "baseline value" : `baseline value and ${strata.join(", ")}`,
    },
    ...(runIns.length === 0
      ? {}
      : { runInOptions: [{ visits: 0, lastVisit: "", treatedDays: visit?.targetDay ?? 0, ...atBaseline }, ...runIns] }),
  };
}

/**
 * R² with score at a limit of the partial correlation, R² of ANCOVA held: 1 − (1 − R²₁)(1 − r₊²). What is uncertain in the
 * saving is what the score adds; the uncertainty of R²₁ moves both sizes alike and would hide it.
 */
function rSquaredGivenAncova(rSquaredAncova: number, partialCorrelation: number): number {
  return 1 - (1 - Math.max(0, rSquaredAncova)) * (1 - Math.max(0, partialCorrelation) ** 2);
}

/** Type and observed mean of a discrete endpoint; null for a continuous one. */
function discreteOutcome(
  model: FrozenModel,
  primary: { readonly endpointId: string; readonly visitId: string },
): NonNullable<SizingSpec["outcome"]> | null {
  const type = model.endpoints.find(({ id }) => id === primary.endpointId)?.outcome?.type;
  if (type === undefined) return null;
  const groups =
    model.evaluation.calibration.find(
      ({ endpointId, visitId }) => endpointId === primary.endpointId && visitId === primary.visitId,
    )?.groups ?? [];
  const patients = groups.reduce((sum, group) => sum + group.patients, 0);
  return { type, controlMean: groups.reduce((sum, group) => sum + group.patients * group.observed, 0) / patients };
}

/** What the score adds where a gain is shown; nothing where none is, with the measured value in the note. */
function scoreInput({ variance, partialCorrelation, gainClaimed }: GainAtVisit, from: string): Sourced<number> {
  // Where R² of ANCOVA was measured below 0 and 0 is entered, the score adds its share to that 0.
  const measured =
    variance.rSquaredAncova.value < 0
      ? rSquaredGivenAncova(0, partialCorrelation.value)
      : variance.rSquaredWithScore.value;
  if (gainClaimed) return rSquaredInput(measured, `ANCOVA + twin score, ${from}`);
  return {
    value: Math.max(0, variance.rSquaredAncova.value),
    source: "derived",
    note: `no gain over ANCOVA is shown, so no saving is planned (that of ANCOVA; ${measured.toFixed(3)} measured with the score), ${from}`,
  };
}

function rSquaredInput(measured: number, note: string): Sourced<number> {
  if (measured >= 0) return { value: measured, source: "derived", note };
  return { value: 0, source: "derived", note: `${note}; measured ${measured.toFixed(3)}, 0 used` };
}

/** Columns that the strata add to the analysis: one per level but the first, one for a continuous covariate. */
function strataColumns(model: FrozenModel, strata: readonly string[]): number {
  let columns = 0;
  for (const id of strata) {
    const covariate = model.covariates.find((candidate) => candidate.id === id);
    if (covariate === undefined) continue;
    columns += covariate.type === "categorical" ? covariate.levels.length - 1 : 1;
  }
  return columns;
}
