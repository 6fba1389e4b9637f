import type { ExportColumn, ExportTable } from "../data/export-table.ts";
import type { LongDataSet } from "../data/long-data-set.ts";
import { DomainError } from "../errors/domain-error.ts";
import { createRng } from "../numerics/philox.ts";
import { openTwinPredictor } from "../progression/frozen-model.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import { analysisUnit } from "../trial/endpoint.ts";
import { alignToModel } from "./align-to-model.ts";
import { baselineHistory } from "./baseline-history.ts";
import { parameterCodes } from "./parameter-codes.ts";
import { numeric, tableOf, text } from "./table-columns.ts";
import type { Twin, TwinSet } from "./twin-document.ts";
import { type CourseEnd, drawnEvents } from "./twin-events.ts";

/** Rows of one exported table at most: more would not fit the memory of those who read it. */
const MOST_ROWS = 5_000_000;

/** Quantiles that bands give, by level: lower and upper column. */
const QUANTILES: readonly (readonly [level: number, lower: string, upper: string])[] = [
  [0.95, "Q025", "Q975"],
  [0.8, "Q100", "Q900"],
  [0.5, "Q250", "Q750"],
];

/**
 * ADTWIN: one row per patient, endpoint and visit with the twin's exact mean, variance and quantiles, the observed value
 * beside it, and the patient's prognostic score.
 *
 * @param model - That made the twins.
 * @param twins - All patients.
 */
export function adtwin(model: FrozenModel, twins: TwinSet): ExportTable {
  const places = placesOf(model);
  const rows = twins.twins.flatMap((twin) => places.map((place) => ({ twin, place })));
  const number = (of: (twin: Twin, e: number, v: number) => number | null) =>
    rows.map(({ twin, place }) => of(twin, place.e, place.v));
  return tableOf("ADTWIN", "Counterfactual twins under control", [
    ...identity(
      rows.map(({ twin }) => twin),
      rows.map(({ place }) => place),
    ),
    numeric(
      "AVAL",
      "Twin: expected value under control",
      number((twin, e, v) => twin.mean[e]![v]!),
    ),
    text(
      "AVALU",
      "Unit of analysis value",
      rows.map(({ place }) => place.unit),
    ),
    text(
      "DTYPE",
      "Derivation type",
      rows.map(() => "PREDICTED"),
    ),
    numeric(
      "TWVAR",
      "Twin: variance of a new observation",
      number((twin, e, v) => twin.standardDeviation[e]![v]! ** 2),
    ),
    ...QUANTILES.flatMap(([level, lower, upper]) => {
      const k = twins.bandLevels.indexOf(level);
      if (k < 0) return [];
      const share = (1 - level) / 2;
      return [
        numeric(
          lower,
          `Twin: ${percent(share)} quantile`,
          number((twin, e, v) => twin.bands[e]![v]![k]!.lower),
        ),
        numeric(
          upper,
          `Twin: ${percent(1 - share)} quantile`,
          number((twin, e, v) => twin.bands[e]![v]![k]!.upper),
        ),
      ];
    }),
    numeric(
      "BASE",
      "Baseline value observed",
      number((twin, e) => twin.baseline[e]!),
    ),
    numeric(
      "OBS",
      "Value observed at the visit",
      number((twin, e, v) => twin.observed[e]![v]!),
    ),
    numeric(
      "PROGSCR",
      "Score: exact mean of primary endpoint",
      number((twin) => twin.prognosticScore),
    ),
    text(
      "SUPPFL",
      "Baseline within support of the history",
      rows.map(({ twin }) => (twin.support.outOfSupport ? "N" : "Y")),
    ),
  ]);
}

export interface DrawRequest {
  readonly model: FrozenModel;
  /** Patients as the twins were made of. */
  readonly data: LongDataSet;
  readonly twins: TwinSet;
  /** M, trajectories per patient. */
  readonly draws: number;
  readonly seed: number;
}

/**
 * ADTWIND: M whole trajectories per patient, drawn from the twin's distribution; one row per patient, draw, endpoint and visit.
 * Where the model has events, every row also names what ends the drawn course, and when; values after that are those of a patient
 * who lived on.
 *
 * Patient i uses its own stream of the seed, so that draws depend neither on other patients nor on their order.
 *
 * @throws DomainError INVALID_INPUT when the table would have more than five million rows, or the data are not those of the twins.
 */
export function adtwind(request: DrawRequest): ExportTable {
  const { model, twins, draws, seed } = request;
  const places = placesOf(model);
  refuseTooManyRows(twins.twins.length, draws * places.length, draws);
  const predictor = openTwinPredictor(model);
  const cells = places.length;
  const values = new Float64Array(twins.twins.length * draws * cells);
  const rng = createRng(seed);
  const drawEvents = drawnEvents(model);
  const events: CourseEnd[] = [];
  alignedBaselines(request).forEach((features, i) => {
    const into = values.subarray(i * draws * cells, (i + 1) * draws * cells);
    const { study, patientId } = twins.twins[i]!;
    const history = baselineHistory(model, features);
    const own = rng.fork(study).fork(patientId);
    predictor.model.drawTrajectories(history, draws, own, into);
    if (drawEvents !== null) events.push(...drawEvents(history, into, draws, own.fork("events")));
  });
  const rows = twins.twins.flatMap((twin) =>
    Array.from({ length: draws }, (_, draw) => places.map((place) => ({ twin, place, draw }))).flat(),
  );
  return tableOf("ADTWIND", `Trajectories drawn from twins, seed ${seed}`, [
    ...identity(
      rows.map(({ twin }) => twin),
      rows.map(({ place }) => place),
    ),
    numeric(
      "DRAW",
      "Number of the drawn trajectory",
      rows.map(({ draw }) => draw + 1),
    ),
    { name: "AVAL", label: "Value drawn", kind: "number", isInteger: false, values },
    ...(drawEvents === null ? [] : eventColumns(events, cells)),
  ]);
}

/** What ends the course of every draw, repeated on its rows. */
function eventColumns(events: readonly CourseEnd[], cells: number): ExportColumn[] {
  const rows = events.flatMap((event) => new Array<CourseEnd>(cells).fill(event));
  return [
    text(
      "EVENT",
      "Event that ends the drawn course",
      rows.map(({ kind }) => kind ?? ""),
    ),
    numeric(
      "EVENTDY",
      "Day of the event that ends the course",
      rows.map(({ day }) => day),
    ),
  ];
}

/**
 * ADTWINC: covariance of the twin's outcomes, one row per patient and pair (endpoint × visit, at or after in order).
 *
 * @throws DomainError as {@link adtwind}.
 */
export function adtwinc(request: Omit<DrawRequest, "draws" | "seed">): ExportTable {
  const { model, twins } = request;
  const places = placesOf(model);
  const cells = places.length;
  refuseTooManyRows(twins.twins.length, (cells * (cells + 1)) / 2, null);
  const predictor = openTwinPredictor(model);
  const pairs = places.flatMap((first, a) => places.slice(a).map((second, k) => ({ first, second, a, b: a + k })));
  const covariances: number[] = [];
  for (const features of alignedBaselines(request)) {
    const { covariance } = predictor.model.predict(baselineHistory(model, features));
    for (const { a, b } of pairs) covariances.push(covariance[a * cells + b]!);
  }
  const rows = twins.twins.flatMap((twin) => pairs.map((pair) => ({ twin, pair })));
  return tableOf("ADTWINC", "Covariances of twins under control", [
    ...identity(
      rows.map(({ twin }) => twin),
      rows.map(({ pair }) => pair.first),
    ),
    text(
      "PARAMCD2",
      "Parameter code of the second outcome",
      rows.map(({ pair }) => pair.second.code),
    ),
    text(
      "AVISIT2",
      "Visit of the second outcome",
      rows.map(({ pair }) => pair.second.visit),
    ),
    numeric(
      "AVISITN2",
      "Number of the visit of the second",
      rows.map(({ pair }) => pair.second.v + 1),
    ),
    numeric("COV", "Covariance of the two outcomes", covariances),
  ]);
}

interface Place {
  readonly e: number;
  readonly v: number;
  readonly code: string;
  readonly label: string;
  readonly unit: string;
  readonly visit: string;
  readonly day: number;
}

function placesOf(model: FrozenModel): Place[] {
  const codes = parameterCodes(model.endpoints.map(({ id }) => id));
  return model.endpoints.flatMap((endpoint, e) => {
    const unit = analysisUnit(endpoint);
    return model.visits.map((visit, v) => ({
      e,
      v,
      code: codes[e]!,
      label: unit === "" ? endpoint.label : `${endpoint.label} (${unit})`,
      unit,
      visit: visit.label,
      day: visit.targetDay,
    }));
  });
}

/** Columns that name patient, endpoint and visit of every row. */
function identity(twins: readonly Twin[], places: readonly Place[]): ExportColumn[] {
  return [
    text(
      "STUDYID",
      "Study identifier",
      twins.map(({ study }) => study),
    ),
    text(
      "USUBJID",
      "Unique subject identifier",
      twins.map(({ patientId }) => patientId),
    ),
    text(
      "ARM",
      "Arm",
      twins.map(({ arm }) => arm),
    ),
    text(
      "PARAMCD",
      "Parameter code",
      places.map(({ code }) => code),
    ),
    text(
      "PARAM",
      "Parameter",
      places.map(({ label }) => label),
    ),
    text(
      "AVISIT",
      "Analysis visit",
      places.map(({ visit }) => visit),
    ),
    numeric(
      "AVISITN",
      "Analysis visit (number)",
      places.map(({ v }) => v + 1),
    ),
    numeric(
      "ADY",
      "Planned day from time zero",
      places.map(({ day }) => day),
    ),
  ];
}

/** Features of every twin's patient, in the order of the twins. */
function alignedBaselines({ model, data, twins }: Pick<DrawRequest, "model" | "data" | "twins">): Float64Array[] {
  const { table, features } = alignToModel(model, data);
  const Q = model.parameters.features.length;
  const same =
    table.count === twins.twins.length &&
    twins.twins.every((twin, i) => twin.patientId === table.ids[i] && twin.study === table.studies[i]);
  if (!same) {
    throw new DomainError("INVALID_INPUT", {
      argument: "data.patients",
      received: `${table.count} patients`,
      requirement: "must be the patients the twins were made of, in their order",
      hint: "Use the data set that the twins were generated for.",
    });
  }
  return Array.from({ length: table.count }, (_, i) => features.subarray(i * Q, (i + 1) * Q));
}

function refuseTooManyRows(patients: number, perPatient: number, draws: number | null): void {
  if (patients * perPatient <= MOST_ROWS) return;
  throw new DomainError("INVALID_INPUT", {
    argument: draws === null ? "covariances" : "draws",
    received: draws === null ? `${patients} patients` : draws,
    requirement: `must give at most ${MOST_ROWS} rows; this gives ${patients * perPatient}`,
    hint:
      draws === null
        ? "Export fewer patients at a time."
        : `At most ${Math.floor((MOST_ROWS * draws) / (patients * perPatient))} draws per patient fit.`,
  });
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
