import type { LongDataSet } from "../data/long-data-set.ts";
import { ENGINE_VERSION } from "../engine-version.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { DomainError } from "../errors/domain-error.ts";
import { canonicalJson } from "../numerics/canonical-json.ts";
import { type BaselineLaw, baselineLaw } from "../progression/baseline-draws.ts";
import { meanAttribution } from "../progression/feature-attribution.ts";
import { featureLabel } from "../progression/feature-encoding.ts";
import { openFrozenModel, openTwinPredictor } from "../progression/frozen-model.ts";
import { BAND_LEVELS } from "../progression/gaussian-joint/band-calibration.ts";
import type { GaussianJointModel } from "../progression/gaussian-joint/gaussian-joint-model.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import type { TwinPredictor } from "../progression/twin-predictor.ts";
import { type AlignedPatients, alignToModel } from "./align-to-model.ts";
import { baselineHistory, cellOf } from "./baseline-history.ts";
import { historicalControls } from "./historical-controls.ts";
import { type NearestPatient, nearestPatients } from "./nearest-patients.ts";
import { type ObservedMinusTwin, observedMinusTwin } from "./observed-minus-twin.ts";
import type { Twin, TwinSet } from "./twin-document.ts";
import { type ExpectedEvents, expectedEvents } from "./twin-events.ts";
import { twinSetHash } from "./twin-set-hash.ts";

export interface TwinRequest {
  readonly model: FrozenModel;
  /** Patients of any arm; their outcomes are shown beside the twins and never used for them. */
  readonly data: LongDataSet;
  /** SHA-256 of the canonical long data set. */
  readonly dataHash: string;
  /** The data set the model was trained on; its controls are the nearest historical patients. */
  readonly history?: LongDataSet;
  /** Fraction done in [0, 1]; may throw to cancel. */
  readonly onProgress?: (fraction: number, message: string) => void;
}

/** Share of patients out of support above which a warning is due: 2.5 % are expected when nothing is wrong. */
const MANY_OUT_OF_SUPPORT = 0.1;

/**
 * Counterfactual twins: for every patient the course expected under control, from baseline only.
 *
 * Mean and score are exact conditional means given the observed baseline items (no sampling, no imputation); bands cover a
 * new patient's observation, parameter uncertainty included. METHODS.md, equations (T1)–(T4).
 *
 * @param request - Frozen model and patients.
 * @returns Twins in the order of the data, summary by arm and visit, support and caveats, sealed by a hash.
 * @throws DomainError INVALID_INPUT when endpoints or covariates of the data contradict the model, or there is no patient.
 */
export function generateTwins(request: TwinRequest): TwinSet {
  const { model, data } = request;
  const opened = openFrozenModel(model);
  const predictor = openTwinPredictor(model);
  const law = baselineLaw(model.parameters);
  const events = expectedEvents(model);
  const patients = alignToModel(model, data);
  if (patients.table.count === 0) {
    throw new DomainError("INVALID_INPUT", {
      argument: "data.patients",
      received: 0,
      requirement: "must hold at least one patient",
      hint: "Choose the data set of the enrolled trial.",
    });
  }
  const history = request.history === undefined ? undefined : historicalControls(request.history);
  const nearest = history === undefined ? () => [] : nearestPatients(opened, alignToModel(model, history));
  const cells = opened.outcomeCount;
  const means = new Float64Array(patients.table.count * cells);
  const twins: Twin[] = [];
  for (let i = 0; i < patients.table.count; i++) {
    const twin = makeTwin(model, opened, predictor, law, events, patients, i, nearest, means);
    twins.push(twin);
    if (i % 50 === 49) request.onProgress?.(i / patients.table.count, `${i + 1} of ${patients.table.count} twins`);
  }
  const differences = observedMinusTwin(model, patients, means);
  const outside = twins.filter((twin) => twin.support.outOfSupport).length;
  const content: Omit<TwinSet, "hash"> = {
    format: "understudy-twins/1",
    engineVersion: ENGINE_VERSION,
    modelHash: model.hash,
    dataHash: request.dataHash,
    endpointIds: model.endpoints.map((endpoint) => endpoint.id),
    visitIds: model.visits.map((visit) => visit.id),
    primary: model.training.primary,
    bandLevels: [...BAND_LEVELS],
    twins,
    observedMinusTwin: differences,
    outOfSupport: { patients: outside, of: twins.length },
    diagnostics: [
      ...patients.diagnostics,
      ...(history === undefined ? [] : sharedDiagnostics(data, history)),
      ...supportDiagnostics(outside, twins.length),
      ...driftDiagnostics(model, data, differences),
    ],
  };
  request.onProgress?.(1, "Twins sealed");
  return { ...content, hash: twinSetHash(content) };
}

function makeTwin(
  model: FrozenModel,
  opened: GaussianJointModel,
  predictor: TwinPredictor,
  law: BaselineLaw,
  events: ExpectedEvents | null,
  patients: AlignedPatients,
  i: number,
  nearest: (features: Float64Array, study: string, patientId: string) => NearestPatient[],
  means: Float64Array,
): Twin {
  const { table } = patients;
  const Q = opened.featureCount;
  const E = model.endpoints.length;
  const V = model.visits.length;
  const cells = opened.outcomeCount;
  const features = patients.features.subarray(i * Q, (i + 1) * Q);
  const history = baselineHistory(model, features);
  const { mean, deviation, bands } = predictor.forecast(history);
  means.set(mean, i * cells);
  const primary = primaryCell(model);
  const { contributions, standardErrors } = meanAttribution(predictor.model, history, law, primary);
  return {
    patientId: table.ids[i]!,
    study: table.studies[i]!,
    arm: table.arms[table.arm[i]!]?.id ?? "",
    mean: byEndpoint(mean, E, V),
    standardDeviation: byEndpoint(deviation, E, V),
    bands: bandsByEndpoint(bands, E, V),
    baseline: Array.from(patients.baseline.subarray(i * E, (i + 1) * E), orNull),
    observed: byEndpoint(patients.outcomes.subarray(i * cells, (i + 1) * cells), E, V).map((row) => row.map(orNull)),
    prognosticScore: mean[primary]!,
    support: supportOf(model, opened, features, patients.unseenLevels[i]!),
    nearest: nearest(features, table.studies[i]!, table.ids[i]!).map((patient) => ({ ...patient })),
    contributions: Array.from(contributions, (contribution, q) => ({
      feature: featureLabel(model.parameters.features[q]!, model.endpoints, model.covariates),
      contribution,
      observed: !Number.isNaN(features[q]!),
      ...(standardErrors[q]! > 0 ? { standardError: standardErrors[q]! } : {}),
    })),
    ...(events === null ? {} : { events: events(predictor.model, history) }),
  };
}

function supportOf(
  model: FrozenModel,
  opened: GaussianJointModel,
  features: Float64Array,
  unseen: readonly string[],
): Twin["support"] {
  const squaredDistance = opened.squaredDistance(features);
  const outsideRange = model.parameters.features.flatMap((feature, q) => {
    const value = features[q]!;
    const range = model.parameters.featureRanges[q]!;
    const outside = value < range.minimum || value > range.maximum;
    return outside ? [featureLabel(feature, model.endpoints, model.covariates)] : [];
  });
  const limit = model.parameters.supportLimit;
  return {
    outOfSupport: squaredDistance > limit || outsideRange.length > 0 || unseen.length > 0,
    squaredDistance,
    limit,
    outsideRange: [...outsideRange, ...unseen],
  };
}

function supportDiagnostics(outside: number, of: number): Diagnostic[] {
  if (outside / of <= MANY_OUT_OF_SUPPORT) return [];
  return [
    diagnostic(
      "warning",
      "out-of-support",
      `${outside} of ${of} patients lie outside the baselines the model was trained on; their twins extrapolate. Compare the eligibility criteria of the trial with those of the history.`,
    ),
  ];
}

/**
 * Controls of the history among the enrolled: same identifier and same baseline values. An identifier alone proves nothing,
 * because studies number their patients alike.
 */
function sharedDiagnostics(data: LongDataSet, history: LongDataSet): Diagnostic[] {
  const key = (set: LongDataSet, patient: LongDataSet["patients"][number]) =>
    canonicalJson([patient.id, set.endpoints.map((endpoint, e) => [endpoint.id, patient.baseline[e] ?? null]).sort()]);
  const known = new Set(history.patients.map((patient) => key(history, patient)));
  const shared = data.patients.filter((patient) => known.has(key(data, patient))).length;
  if (shared === 0) return [];
  return [
    diagnostic(
      "warning",
      "patients-in-history",
      `${shared} of ${data.patients.length} patients are also controls of the history (same identifier and same baseline): the model has seen their courses, so their twins are not predictions. Leave them out of the history and train again.`,
    ),
  ];
}

/** Controls that do not follow their twins: the history differs from the trial, whatever the treatment does. */
function driftDiagnostics(
  model: FrozenModel,
  data: LongDataSet,
  differences: readonly ObservedMinusTwin[],
): Diagnostic[] {
  return data.arms
    .filter((arm) => arm.role === "control")
    .flatMap((arm) => {
      const away = differences.filter(
        ({ arm: id, difference }) =>
          id === arm.id && difference !== null && (difference.lower > 0 || difference.upper < 0),
      );
      if (away.length === 0) return [];
      const places = away.map(({ endpointId, visitId }) => {
        const endpoint = model.endpoints.find((candidate) => candidate.id === endpointId);
        const visit = model.visits.find((candidate) => candidate.id === visitId);
        return `${endpoint?.label ?? endpointId} at ${visit?.label ?? visitId}`;
      });
      return [
        diagnostic(
          "warning",
          "drift",
          `Observed minus twin differs from 0 in the arm ${arm.label} (95 % interval) for ${places.join(", ")}: these controls do not follow the history exactly. Adjusting a randomised comparison for the score stays valid; reading the difference from the twin as an effect does not.`,
          arm.label,
        ),
      ];
    });
}

/**
 * Position e·V + v of the primary endpoint at the primary visit in a model's outcomes.
 *
 * @param model - Frozen model.
 */
export function primaryCell(model: FrozenModel): number {
  return cellOf(model, model.training.primary);
}

/** [E][V] from order e·V + v. */
export function byEndpoint(values: Float64Array, E: number, V: number): number[][] {
  return Array.from({ length: E }, (_, e) => Array.from(values.subarray(e * V, (e + 1) * V)));
}

/** [E][V][level] limits from [E·V × levels × 2]. */
export function bandsByEndpoint(bands: Float64Array, E: number, V: number): Twin["bands"] {
  const levels = BAND_LEVELS.length;
  return Array.from({ length: E }, (_, e) =>
    Array.from({ length: V }, (_, v) =>
      Array.from({ length: levels }, (_, k) => {
        const at = ((e * V + v) * levels + k) * 2;
        return { lower: bands[at]!, upper: bands[at + 1]! };
      }),
    ),
  );
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
