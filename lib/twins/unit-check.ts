import type { LongDataSet } from "../data/long-data-set.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { DomainError } from "../errors/domain-error.ts";
import { featureLabel } from "../progression/feature-encoding.ts";
import type { FrozenModel } from "../progression/model-document.ts";
import { type DiscreteOutcome, describeValues, outcomeLevels } from "../trial/outcome-type.ts";

/** Share of values outside the range of training above which a feature cannot be in the unit of training. */
const MOST_OUTSIDE = 0.5;
/** Fewest values to say so. */
const FEWEST_VALUES = 3;

/**
 * Refuses data whose endpoints or covariates are named in another unit or scale than the model's: the numbers would be silently
 * wrong.
 *
 * @param model - Frozen model.
 * @param data - Patients of any arm.
 * @throws DomainError INVALID_INPUT naming every endpoint and covariate at fault.
 */
export function refuseOtherUnits(model: FrozenModel, data: LongDataSet): void {
  const endpoints = model.endpoints.flatMap((endpoint) => {
    const own = data.endpoints.find((candidate) => candidate.id === endpoint.id);
    if (own !== undefined && !isSameOutcome(own.outcome, endpoint.outcome)) {
      return [`${endpoint.label}: ${outcomeText(own)} here, ${outcomeText(endpoint)} in the model`];
    }
    if (own === undefined || (own.scale === endpoint.scale && own.unit === endpoint.unit)) return [];
    return [`${endpoint.label}: ${own.scale} in ${own.unit} here, ${endpoint.scale} in ${endpoint.unit} in the model`];
  });
  const used = new Set(
    model.parameters.features.flatMap((feature) =>
      feature.kind === "continuous-covariate" ? [feature.covariateId] : [],
    ),
  );
  const covariates = model.covariates.flatMap((covariate) => {
    const own = data.covariates.find((candidate) => candidate.id === covariate.id);
    if (covariate.type !== "continuous" || own?.type !== "continuous" || !used.has(covariate.id)) return [];
    // A unit that one of the mappings leaves out contradicts nothing; the values are looked at below.
    if (own.unit === covariate.unit || own.unit === "" || covariate.unit === "") return [];
    return [`${covariate.label}: in ${own.unit} here, in ${covariate.unit} in the model`];
  });
  const problems = [...endpoints, ...covariates];
  if (problems.length === 0) return;
  throw new DomainError("INVALID_INPUT", {
    argument: endpoints.length > 0 ? "data.endpoints" : "data.covariates",
    received: problems.join("; "),
    requirement: "must have the scale, unit and type the model was trained on",
    hint: "Import the file again with the same scale, unit, type and levels in the mapping.",
  });
}

/** Same type, and the same names of the levels in the same order; what stands in the file may differ. */
function isSameOutcome(a: DiscreteOutcome | undefined, b: DiscreteOutcome | undefined): boolean {
  const names = (outcome: DiscreteOutcome | undefined) =>
    (outcomeLevels({ outcome }) ?? []).map(({ label }) => label).join("\n");
  return a?.type === b?.type && names(a) === names(b);
}

function outcomeText(endpoint: { readonly outcome?: DiscreteOutcome | undefined }): string {
  return endpoint.outcome === undefined ? "continuous" : `${endpoint.outcome.type}, ${describeValues(endpoint)}`;
}

/**
 * Features most of whose values lie outside the range of training: in another unit than its name says, or of other patients.
 *
 * @param model - Frozen model.
 * @param features - [n × Q] as the model sees them; NaN = missing.
 * @param count - n.
 */
export function suspectedUnits(model: FrozenModel, features: Float64Array, count: number): Diagnostic[] {
  const { parameters } = model;
  const Q = parameters.features.length;
  return parameters.features.flatMap((feature, q) => {
    if (feature.kind === "covariate-level") return [];
    const { minimum, maximum } = parameters.featureRanges[q]!;
    const values: number[] = [];
    for (let i = 0; i < count; i++) if (!Number.isNaN(features[i * Q + q]!)) values.push(features[i * Q + q]!);
    const outside = values.filter((value) => value < minimum || value > maximum).length;
    if (values.length < FEWEST_VALUES || outside <= MOST_OUTSIDE * values.length) return [];
    const label = featureLabel(feature, model.endpoints, model.covariates);
    const middle = values.sort((a, b) => a - b)[values.length >> 1]!;
    return [
      diagnostic(
        "critical",
        "units-suspected",
        `${label}: ${outside} of ${values.length} patients lie outside the range seen in training (${shown(minimum)} to ${shown(maximum)}; here the middle value is ${shown(middle)}). Check that the unit is that of the history; until then none of these twins should be used.`,
        label,
      ),
    ];
  });
}

function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}
