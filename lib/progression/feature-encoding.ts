import type { SubjectTable } from "../data/subject-table.ts";
import { DomainError } from "../errors/domain-error.ts";
import type { Covariate } from "../trial/covariate.ts";
import type { Endpoint } from "../trial/endpoint.ts";
import type { BaselineFeature } from "./model-document.ts";

/**
 * Baseline features of a model, in their one order: baseline value of every endpoint, then each covariate (a continuous
 * one as itself, a categorical one as an indicator per level but the first).
 *
 * @param endpoints - Endpoints of the model.
 * @param covariates - Covariates the twin may use.
 */
export function baselineFeatures(endpoints: readonly Endpoint[], covariates: readonly Covariate[]): BaselineFeature[] {
  return [
    ...endpoints.map((endpoint): BaselineFeature => ({ kind: "baseline-endpoint", endpointId: endpoint.id })),
    ...covariates.flatMap(covariateFeatures),
  ];
}

function covariateFeatures(covariate: Covariate): BaselineFeature[] {
  switch (covariate.type) {
    case "continuous":
      return [{ kind: "continuous-covariate", covariateId: covariate.id }];
    case "categorical":
      return covariate.levels.slice(1).map((level) => ({ kind: "covariate-level", covariateId: covariate.id, level }));
    default:
      return covariate satisfies never;
  }
}

/**
 * Numeric baseline features of every patient, from a feature list fixed beforehand (training or a frozen model).
 *
 * Columns are found by id, so the order of endpoints and covariates in the data does not matter. An endpoint or covariate
 * that the data do not have is missing for everybody; a level that the feature list does not know makes all indicators of
 * its covariate missing for that patient (nothing is known about such patients).
 *
 * @param table - n patients.
 * @param features - Q features.
 * @param covariates - Covariates of the model: they hold the levels the features were made from.
 * @returns [n × Q] row-major; NaN = missing.
 * @throws DomainError INVALID_INPUT when a covariate is continuous here and categorical there.
 */
export function encodeFeatures(
  table: SubjectTable,
  features: readonly BaselineFeature[],
  covariates: readonly Covariate[],
): Float64Array {
  const Q = features.length;
  const values = new Float64Array(table.count * Q).fill(Number.NaN);
  features.forEach((feature, q) => {
    const column = featureColumn(table, feature, covariates);
    if (column === null) return;
    for (let i = 0; i < table.count; i++) values[i * Q + q] = column(i);
  });
  return values;
}

function featureColumn(
  table: SubjectTable,
  feature: BaselineFeature,
  covariates: readonly Covariate[],
): ((patient: number) => number) | null {
  if (feature.kind === "baseline-endpoint") {
    const e = table.endpoints.findIndex((endpoint) => endpoint.id === feature.endpointId);
    const E = table.endpoints.length;
    return e < 0 ? null : (i) => table.baseline[i * E + e]!;
  }
  const p = table.covariates.findIndex((covariate) => covariate.id === feature.covariateId);
  const P = table.covariates.length;
  const here = table.covariates[p];
  if (here === undefined) return null;
  if (feature.kind === "continuous-covariate") {
    if (here.type !== "continuous") throw typeMismatch(here.id, here.type, "continuous");
    return (i) => table.covariateValues[i * P + p]!;
  }
  if (here.type !== "categorical") throw typeMismatch(here.id, here.type, "categorical");
  const model = covariates.find((covariate) => covariate.id === feature.covariateId);
  const known = new Set(model?.type === "categorical" ? model.levels : here.levels);
  // 1, 0, or NaN for a level the model has never seen, per level of the data's own list.
  const code = here.levels.map((level) => (level === feature.level ? 1 : known.has(level) ? 0 : Number.NaN));
  return (i) => {
    const level = table.covariateValues[i * P + p]!;
    return Number.isNaN(level) ? Number.NaN : code[level]!;
  };
}

/**
 * Name of a feature for the reader, e.g. "log bilirubin at baseline" or "Sex: f".
 *
 * @param feature - One feature of a model.
 * @param endpoints - Endpoints of the model.
 * @param covariates - Covariates of the model.
 */
export function featureLabel(
  feature: BaselineFeature,
  endpoints: readonly Endpoint[],
  covariates: readonly Covariate[],
): string {
  switch (feature.kind) {
    case "baseline-endpoint": {
      const endpoint = endpoints.find((candidate) => candidate.id === feature.endpointId);
      return `${endpoint?.label ?? feature.endpointId} at baseline`;
    }
    case "continuous-covariate":
      return covariateLabel(feature.covariateId, covariates);
    case "covariate-level":
      return `${covariateLabel(feature.covariateId, covariates)}: ${feature.level}`;
    default:
      return feature satisfies never;
  }
}

function covariateLabel(id: string, covariates: readonly Covariate[]): string {
  return covariates.find((candidate) => candidate.id === id)?.label ?? id;
}

function typeMismatch(id: string, received: string, expected: string): DomainError {
  return new DomainError("INVALID_INPUT", {
    argument: `covariates.${id}`,
    received,
    requirement: `must be ${expected}, as in the model`,
    hint: "Change the covariate's type in the mapping and import the file again.",
  });
}
