import type { Endpoint } from "../trial/endpoint.ts";
import { describeValues, isPossibleValue, outcomeType } from "../trial/outcome-type.ts";
import { type EligibilityRule, evaluateEligibility } from "./eligibility-rule.ts";
import type { ProblemList } from "./file-problem.ts";
import type { MissingReason, PatientRecord, VisitValue } from "./long-data-set.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import { onAnalysisScale } from "./measurement.ts";
import { parseDerivation } from "./parse-derivation.ts";

/** A derived endpoint with its expression parsed. */
export interface Derivation {
  readonly endpoint: Endpoint;
  readonly rule: EligibilityRule;
}

/**
 * Parses the derived endpoints of a mapping in their order: each may use those before it.
 *
 * @param spec - Mapping.
 * @param problems - Takes every fault.
 */
export function parseDerivations(spec: MappingSpec, problems: ProblemList): Derivation[] {
  const known = spec.endpoints.map(({ endpoint }) => endpoint.id);
  return (spec.derived ?? []).flatMap(({ endpoint, expression }) => {
    const parsed = parseDerivation(expression, known, endpoint);
    if (known.includes(endpoint.id)) problems.add("mapping-endpoint", `Two endpoints have the id "${endpoint.id}".`);
    if (endpoint.scale === "log" && endpoint.outcome !== undefined)
      problems.add("mapping-endpoint", `The ${outcomeType(endpoint)} endpoint ${endpoint.label} has no log scale.`);
    known.push(endpoint.id);
    if (!parsed.ok) {
      problems.add("derivation", `${endpoint.label}: ${parsed.message}`);
      return [];
    }
    return [{ endpoint: { ...endpoint, derivation: expression }, rule: parsed.rule }];
  });
}

/**
 * The patient with derived endpoints after the others: at every visit the expression of the values at the visit and at baseline, as
 * measured; at baseline with the baseline values in both places. Missing where the known values do not decide it. METHODS.md (D11).
 *
 * @param patient - With the endpoints of the mapping.
 * @param endpoints - Those endpoints.
 * @param derivations - From {@link parseDerivations}.
 * @param problems - Takes values that the type of a derived endpoint cannot hold.
 */
export function withDerived(
  patient: PatientRecord,
  endpoints: readonly Endpoint[],
  derivations: readonly Derivation[],
  problems: ProblemList,
): PatientRecord {
  const own = [...endpoints];
  const baseline = [...patient.baseline];
  const outcomes = [...patient.outcomes];
  for (const { endpoint, rule } of derivations) {
    const atBaseline = (id: string) => {
      const e = own.findIndex((candidate) => candidate.id === id);
      return asMeasured(own[e], baseline[e] ?? null);
    };
    const computed = (at: (id: string) => number | null): number | null => {
      const result = evaluateEligibility(rule, (name) =>
        name.endsWith(BASELINE) ? atBaseline(name.slice(0, -BASELINE.length)) : at(name),
      );
      return admitted(endpoint, result, patient.id, problems);
    };
    const used = usedEndpoints(rule).map((name) => own.findIndex(({ id }) => id === name.replace(/\.baseline$/, "")));
    const visits = patient.outcomes[0]?.length ?? 0;
    const course = Array.from({ length: visits }, (_, v): VisitValue => {
      const cell = (e: number) => outcomes[e]?.[v];
      const value = computed((id) => {
        const e = own.findIndex((candidate) => candidate.id === id);
        const at = cell(e);
        return at !== undefined && "value" in at ? asMeasured(own[e], at.value) : null;
      });
      const parts = used.map(cell).filter((part) => part !== undefined);
      const days = parts.flatMap((part) => ("day" in part ? [part.day] : []));
      if (value !== null && days.length > 0) return { value, day: Math.max(...days) };
      return { missing: reasonOf(parts) };
    });
    baseline.push(computed(atBaseline));
    outcomes.push(course);
    own.push(endpoint);
  }
  return { ...patient, baseline, outcomes };
}

const BASELINE = ".baseline";

/** Value in the unit of the file: logarithms are undone, levels and counts stay codes. */
function asMeasured(endpoint: Endpoint | undefined, value: number | null): number | null {
  return value === null || endpoint?.scale !== "log" ? value : Math.exp(value);
}

function admitted(
  endpoint: Endpoint,
  result: number | string | boolean | null,
  patientId: string,
  problems: ProblemList,
): number | null {
  if (result === null) return null;
  const number = typeof result === "boolean" ? Number(result) : Number(result);
  const content = onAnalysisScale(number, endpoint);
  if (content.kind !== "measured") return null;
  if (isPossibleValue(endpoint, content.value)) return content.value;
  problems.add(
    "not-a-level",
    `The expression of ${endpoint.label} gives ${number} for patient ${patientId}, which is no value of this ${outcomeType(endpoint)} endpoint (${describeValues(endpoint)}). Correct the expression or the type.`,
  );
  return null;
}

/** The first reason of a part that is missing; a value that cannot be computed or lies outside its range otherwise. */
function reasonOf(parts: readonly VisitValue[]): MissingReason {
  for (const part of parts) if ("missing" in part) return part.missing;
  return "out-of-range";
}

function usedEndpoints(rule: EligibilityRule): string[] {
  switch (rule.kind) {
    case "constant":
      return [];
    case "column":
    case "missing":
      return [rule.name];
    case "not":
    case "negative":
      return usedEndpoints(rule.operand);
    case "and":
    case "or":
    case "arithmetic":
      return [...usedEndpoints(rule.left), ...usedEndpoints(rule.right)];
    case "comparison":
    case "function":
      return rule.operands.flatMap(usedEndpoints);
    case "at-least":
      return rule.conditions.flatMap(usedEndpoints);
    case "if":
      return [...usedEndpoints(rule.condition), ...usedEndpoints(rule.left), ...usedEndpoints(rule.right)];
    default:
      return rule satisfies never;
  }
}
