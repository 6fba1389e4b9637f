import type { LongDataSet } from "../data/long-data-set.ts";
import { type SubjectTable, subjectTable } from "../data/subject-table.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { DomainError } from "../errors/domain-error.ts";
import { encodeFeatures, featureLabel } from "../progression/feature-encoding.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import { refuseOtherUnits, suspectedUnits } from "./unit-check.ts";

/** Patients seen through the eyes of a model: its features, endpoints and visits in its order. NaN = missing. */
export interface AlignedPatients {
  readonly table: SubjectTable;
  /** [n × Q]. */
  readonly features: Float64Array;
  /** [n × E] model's endpoints. */
  readonly baseline: Float64Array;
  /** [n × E·V] model's endpoints and visits, order e·V + v. */
  readonly outcomes: Float64Array;
  /** [n × E·V] day of measurement; NaN where the outcome is missing. */
  readonly days: Float64Array;
  /** Per patient: values the model has never seen, e.g. "Region: Asia (not in training)". */
  readonly unseenLevels: readonly (readonly string[])[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Brings a data set to a model's features, endpoints and visits, all matched by id.
 *
 * What the data lack is missing (with a diagnostic when it is missing for everybody); what the model does not know is
 * ignored. A different scale or unit is refused; values far from those of training are flagged.
 *
 * @param model - Frozen model.
 * @param data - Patients of any arm.
 * @throws DomainError INVALID_INPUT when the data have no endpoint of the model, or naming everything whose scale or
 *   unit differs from the model's.
 */
export function alignToModel(model: FrozenModel, data: LongDataSet): AlignedPatients {
  refuseOtherDisease(model, data);
  refuseOtherUnits(model, data);
  const table = subjectTable(data);
  const features = encodeFeatures(table, model.parameters.features, model.covariates);
  const endpointAt = model.endpoints.map((endpoint) => data.endpoints.findIndex((own) => own.id === endpoint.id));
  const visitAt = model.visits.map((visit) => data.visits.findIndex((own) => own.id === visit.id));
  const E = model.endpoints.length;
  const V = model.visits.length;
  const ownE = data.endpoints.length;
  const ownV = data.visits.length;
  const baseline = new Float64Array(table.count * E).fill(Number.NaN);
  const outcomes = new Float64Array(table.count * E * V).fill(Number.NaN);
  const days = new Float64Array(table.count * E * V).fill(Number.NaN);
  for (let i = 0; i < table.count; i++) {
    endpointAt.forEach((from, e) => {
      if (from < 0) return;
      baseline[i * E + e] = table.baseline[i * ownE + from]!;
      visitAt.forEach((visit, v) => {
        if (visit < 0) return;
        outcomes[(i * E + e) * V + v] = table.outcomes[(i * ownE + from) * ownV + visit]!;
        days[(i * E + e) * V + v] = table.days[(i * ownE + from) * ownV + visit]!;
      });
    });
  }
  return {
    table,
    features,
    baseline,
    outcomes,
    days,
    unseenLevels: unseenLevels(model, table),
    diagnostics: [
      ...suspectedUnits(model, features, table.count),
      ...missingFeatures(model, features, table.count),
      ...missingCourse(model, endpointAt, visitAt),
    ],
  };
}

/** Data without a single endpoint of the model belong to another study, whatever their covariates are called. */
function refuseOtherDisease(model: FrozenModel, data: LongDataSet): void {
  if (model.endpoints.some((endpoint) => data.endpoints.some((own) => own.id === endpoint.id))) return;
  throw new DomainError("INVALID_INPUT", {
    argument: "data.endpoints",
    received: data.endpoints.map((endpoint) => endpoint.id).join(", "),
    requirement: `must hold an endpoint of the model (${model.endpoints.map((endpoint) => endpoint.id).join(", ")})`,
    hint: "Choose the model of this disease, or give the endpoints the model's identifiers in the mapping.",
  });
}

function unseenLevels(model: FrozenModel, table: SubjectTable): string[][] {
  const P = table.covariates.length;
  const used = new Set(
    model.parameters.features.flatMap((feature) => (feature.kind === "covariate-level" ? [feature.covariateId] : [])),
  );
  const known = table.covariates.map((covariate) => {
    const own = model.covariates.find((candidate) => candidate.id === covariate.id);
    return own?.type === "categorical" && used.has(own.id) ? new Set(own.levels) : null;
  });
  return Array.from({ length: table.count }, (_, i) =>
    table.covariates.flatMap((covariate, p) => {
      const levels = known[p];
      const index = table.covariateValues[i * P + p]!;
      if (covariate.type !== "categorical" || levels === null || levels === undefined || Number.isNaN(index)) return [];
      const level = covariate.levels[index]!;
      return levels.has(level) ? [] : [`${covariate.label}: ${level} (not in training)`];
    }),
  );
}

function missingFeatures(model: FrozenModel, features: Float64Array, count: number): Diagnostic[] {
  const Q = model.parameters.features.length;
  return model.parameters.features.flatMap((feature, q) => {
    let missing = 0;
    for (let i = 0; i < count; i++) if (Number.isNaN(features[i * Q + q]!)) missing++;
    if (missing < count || count === 0) return [];
    const label = featureLabel(feature, model.endpoints, model.covariates);
    return [
      diagnostic(
        "warning",
        "feature-missing",
        `${label} is missing in all ${count} patients; their twins rest on the other baseline items and are less precise.`,
        label,
      ),
    ];
  });
}

function missingCourse(model: FrozenModel, endpointAt: readonly number[], visitAt: readonly number[]): Diagnostic[] {
  const lacking = [
    ...model.endpoints.filter((_, e) => endpointAt[e]! < 0).map((endpoint) => endpoint.label),
    ...model.visits.filter((_, v) => visitAt[v]! < 0).map((visit) => visit.label),
  ];
  return lacking.map((label) =>
    diagnostic(
      "information",
      "not-in-data",
      `The data have no ${label}; twins are shown there, observed values are not.`,
      label,
    ),
  );
}
