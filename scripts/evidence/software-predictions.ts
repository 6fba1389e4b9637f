import Papa from "papaparse";
import { z } from "zod";
import { type SubjectTable, selectSubjects } from "../../lib/data/subject-table.ts";
import { normalQuantile } from "../../lib/numerics/normal.ts";
import type { Comparator } from "../../lib/progression/comparators/comparator.ts";
import { addRows, scoreBeyond } from "../../lib/progression/evaluation/score-beyond.ts";
import { BAND_LEVELS } from "../../lib/progression/gaussian-joint/band-calibration.ts";
import { foldMembers } from "../../lib/progression/patient-folds.ts";
import { symmetricBands } from "../../lib/progression/prediction-bands.ts";
import type { MethodPredictions } from "./method-predictions.ts";

const number = z.string().transform((text, context) => {
  const value = text === "NA" ? Number.NaN : Number(text);
  if (text.trim() === "" || (Number.isNaN(value) && text !== "NA")) context.addIssue(`"${text}" is not a number`);
  return value;
});
const position = z
  .string()
  .regex(/^[1-9]\d*$/, "must be a position from 1")
  .transform(Number);

/** One line of a file of predictions: patients, folds, endpoints and visits are counted from 1. */
const rowSchema = z.object({
  method: z.string().min(1),
  fold: position,
  patient: position,
  endpoint: position,
  visit: position,
  mean: number,
  /** NA for a training patient of the fold, as is the draw. */
  sd: number,
  draw: number,
});

/** Predictions by software others wrote, of every patient in every fold: held out or, for the mean, in training. */
export interface SoftwarePredictions {
  readonly method: string;
  /** [folds] of [n × E·V]. */
  readonly means: readonly Float64Array[];
  /** [n × E·V], of the fold that holds the patient out. */
  readonly deviation: Float64Array;
  readonly draw: Float64Array;
}

/**
 * Reads a file of predictions (CSV: method, fold, patient, endpoint, visit, mean, sd, draw).
 *
 * @param text - Content of the file.
 * @param table - The patients, in the order the file counts them.
 * @param fold - [n] fold of each patient, 0 first.
 * @returns One entry per method, in the order of the file.
 * @throws Error naming the first line, or the first prediction, that is wrong or missing.
 */
export function readSoftwarePredictions(text: string, table: SubjectTable, fold: Int32Array): SoftwarePredictions[] {
  const cells = table.endpoints.length * table.visits.length;
  const folds = Math.max(...fold) + 1;
  const found = new Map<string, SoftwarePredictions>();
  const empty = () => new Float64Array(table.count * cells).fill(Number.NaN);
  Papa.parse<unknown>(text.trim(), { header: true }).data.forEach((line, k) => {
    const parsed = rowSchema.safeParse(line);
    if (!parsed.success) throw new Error(`line ${k + 2}: ${z.prettifyError(parsed.error)}`);
    const { method, fold: own, patient, endpoint, visit, mean, sd, draw } = parsed.data;
    if (own > folds || patient > table.count || endpoint > table.endpoints.length || visit > table.visits.length)
      throw new Error(`line ${k + 2}: no such fold, patient, endpoint or visit`);
    const entry = found.get(method) ?? {
      method,
      means: Array.from({ length: folds }, empty),
      deviation: empty(),
      draw: empty(),
    };
    found.set(method, entry);
    const at = (patient - 1) * cells + (endpoint - 1) * table.visits.length + visit - 1;
    entry.means[own - 1]![at] = mean;
    if (fold[patient - 1] !== own - 1) return;
    entry.deviation[at] = sd;
    entry.draw[at] = draw;
  });
  for (const entry of found.values()) refuseGaps(entry);
  return [...found.values()];
}

function refuseGaps({ method, means, deviation, draw }: SoftwarePredictions): void {
  const complete = [...means, draw].every((values) => values.every(Number.isFinite));
  if (!complete || !deviation.every((sd) => sd > 0 && Number.isFinite(sd)))
    throw new Error(`${method} does not predict every patient, endpoint and visit in every fold with a positive SD`);
}

const MULTIPLIERS = BAND_LEVELS.map((level) => normalQuantile(0.5 + level / 2));

/**
 * The same form as the predictions of a member: held-out means, normal bands, and the score beyond baseline with its
 * regression learnt in the training folds.
 *
 * @param predictions - Of one program.
 * @param ancova - Regression on baseline value and strata.
 */
export function scoredPredictions(
  predictions: SoftwarePredictions,
  table: SubjectTable,
  fold: Int32Array,
  ancova: Comparator,
): MethodPredictions {
  const cells = table.endpoints.length * table.visits.length;
  const length = table.count * cells;
  const mean = new Float64Array(length);
  const scoreBeyondBaseline = new Float64Array(length);
  predictions.means.forEach((means, k) => {
    const heldOut = foldMembers(fold, k, true);
    const training = foldMembers(fold, k, false);
    const rowsOf = (positions: Int32Array) =>
      Float64Array.from(
        { length: positions.length * cells },
        (_, at) => means[positions[Math.floor(at / cells)]! * cells + (at % cells)]!,
      );
    const score = rowsOf(heldOut);
    const [known, unknown] = [selectSubjects(table, training), selectSubjects(table, heldOut)];
    addRows(score, heldOut, mean, 1);
    addRows(scoreBeyond(score, rowsOf(training), ancova, known, unknown), heldOut, scoreBeyondBaseline, 1);
  });
  const { deviation } = predictions;
  const halfWidths = Float64Array.from(
    { length: length * BAND_LEVELS.length },
    (_, k) => MULTIPLIERS[k % BAND_LEVELS.length]! * deviation[Math.floor(k / BAND_LEVELS.length)]!,
  );
  return {
    mean,
    variance: deviation.map((sd) => sd * sd),
    bands: symmetricBands(mean, halfWidths),
    scoreBeyondBaseline,
    draw: predictions.draw,
  };
}
