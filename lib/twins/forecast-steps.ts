import { z } from "zod";
import type { LongDataSet } from "../data/long-data-set.ts";
import { openTwinPredictor } from "../progression/frozen-model.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import { alignToModel } from "./align-to-model.ts";
import { bandsByEndpoint, primaryCell } from "./generate-twins.ts";
import { patientOf } from "./patient-of.ts";

/** What one visit changed in the forecast of the primary endpoint at the primary visit. */
const forecastStepSchema = z.object({
  /** Null: baseline only, the twin itself. */
  visitId: z.string().nullable(),
  mean: z.number(),
  standardDeviation: z.number(),
  /** [level] */
  bands: z.array(z.object({ lower: z.number(), upper: z.number() })),
  /** Values that the visit added; the changes sum to this mean less the one before. */
  added: z.array(
    z.object({
      endpointId: z.string(),
      observed: z.number(),
      /** Forecast of the value before the visit. */
      expected: z.number(),
      change: z.number(),
    }),
  ),
});

/** How the forecast of the primary outcome moved, visit by visit. Never a score, never a course under control of a treated patient. */
export const forecastStepsSchema = z.object({
  label: z.literal("updated forecast"),
  patientId: z.string(),
  study: z.string(),
  arm: z.string(),
  endpointId: z.string(),
  visitId: z.string(),
  steps: z.array(forecastStepSchema),
});
export type ForecastSteps = z.infer<typeof forecastStepsSchema>;

/**
 * What changed in a patient's forecast of the primary outcome when each visit was added.
 *
 * A visit with values of several endpoints shares its change by Shapley values over them: exact, because every order of the
 * endpoints is tried. METHODS.md, equation (T7).
 *
 * @param request - Model, data and patient.
 * @returns First the twin from baseline only, then every visit before the primary one at which something was observed.
 * @throws DomainError INVALID_INPUT when the patient is not in the data.
 */
export function forecastSteps(request: {
  readonly model: FrozenModel;
  readonly data: LongDataSet;
  readonly patientId: string;
  readonly study?: string;
}): ForecastSteps {
  const { model, data } = request;
  const patient = patientOf(data, request.patientId, request.study);
  const predictor = openTwinPredictor(model);
  const aligned = alignToModel(model, { ...data, patients: [patient] });
  const V = model.visits.length;
  const primary = primaryCell(model);
  const planned = Float64Array.from(aligned.outcomes, (_, cell) => model.visits[cell % V]!.targetDay);
  const historyOf = (observed: Float64Array) => ({
    features: aligned.features,
    observed,
    days: planned.map((day, cell) => (Number.isNaN(observed[cell]!) ? day : aligned.days[cell]!)),
  });
  const meanOf = (observed: Float64Array) => predictor.model.predictMean(historyOf(observed));
  const none = new Float64Array(aligned.outcomes.length).fill(Number.NaN);
  const stepAt = (visitId: string | null, observed: Float64Array, added: ForecastSteps["steps"][number]["added"]) => {
    const history = historyOf(observed);
    const { mean, deviation, bands } =
      visitId === null ? predictor.forecast(history) : predictor.updatedForecast(history);
    const e = Math.floor(primary / V);
    return {
      visitId,
      mean: mean[primary]!,
      standardDeviation: deviation[primary]!,
      bands: bandsByEndpoint(bands, model.endpoints.length, V)[e]![primary % V]!,
      added,
    };
  };
  const steps = [stepAt(null, none, [])];
  let known = none;
  for (let v = 0; v < primary % V; v++) {
    const cells = model.endpoints.map((_, e) => e * V + v).filter((cell) => !Number.isNaN(aligned.outcomes[cell]!));
    if (cells.length === 0) continue;
    const before = known;
    const withValues = (chosen: readonly number[]) => {
      const next = before.slice();
      for (const cell of chosen) next[cell] = aligned.outcomes[cell]!;
      return next;
    };
    const expected = meanOf(before);
    const changes = sharedChange(cells, (chosen) => meanOf(withValues(chosen))[primary]!);
    known = withValues(cells);
    steps.push(
      stepAt(
        model.visits[v]!.id,
        known,
        cells.map((cell, k) => ({
          endpointId: model.endpoints[Math.floor(cell / V)]!.id,
          observed: aligned.outcomes[cell]!,
          expected: expected[cell]!,
          change: changes[k]!,
        })),
      ),
    );
  }
  return {
    label: "updated forecast",
    patientId: patient.id,
    study: patient.study,
    arm: patient.arm,
    ...model.training.primary,
    steps,
  };
}

/** Shapley values of a few players: value of every coalition once, then the weighted differences. */
function sharedChange(players: readonly number[], value: (chosen: readonly number[]) => number): Float64Array {
  const n = players.length;
  const values = Float64Array.from({ length: 1 << n }, (_, set) => value(players.filter((_, k) => (set >> k) & 1)));
  const shares = new Float64Array(n);
  const weights = Float64Array.from({ length: n }, (_, size) => factorial(size) * factorial(n - size - 1));
  for (let k = 0; k < n; k++) {
    for (let set = 0; set < values.length; set++) {
      if ((set >> k) & 1) continue;
      let size = 0;
      for (let other = 0; other < n; other++) size += (set >> other) & 1;
      shares[k]! += (weights[size]! * (values[set | (1 << k)]! - values[set]!)) / factorial(n);
    }
  }
  return shares;
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
