import type { LongDataSet } from "../../data/long-data-set.ts";
import { type SubjectTable, selectSubjects, subjectTable } from "../../data/subject-table.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { encodeFeatures } from "../feature-encoding.ts";
import { type FederationPlan, planFeatures } from "./federation-plan.ts";
import { type TravellingView, travellingView } from "./travelling-view.ts";

/** A site's control patients, in the terms of the plan. n patients, D = Q + E·V columns. */
export interface SiteData {
  /** [n × Q + E·V] features, then outcomes. */
  readonly values: Float64Array;
  /** [n × E·V] day of each outcome. */
  readonly days: Float64Array;
  readonly patients: number;
  readonly columns: number;
  readonly featureCount: number;
  readonly view: TravellingView;
}

/**
 * A site's data set as the plan needs it: control patients, endpoints, visits and covariates by their ids.
 *
 * @param data - Data set of the site.
 * @param plan - Plan of the federation.
 * @throws DomainError INVALID_INPUT naming everything that differs from the plan (units, scales, visits, levels);
 *   INSUFFICIENT_DATA for a site that is too small, or whose missing patterns are where they must not be joined.
 */
export function siteData(data: LongDataSet, plan: FederationPlan): SiteData {
  refuseDifferences(data, plan);
  const table = controlsInOrder(data, plan);
  refuseSmallSite(table.count, plan);
  const features = planFeatures(plan);
  const encoded = encodeFeatures(table, features, plan.covariates);
  const Q = features.length;
  const cells = plan.endpoints.length * plan.visits.length;
  const D = Q + cells;
  const values = new Float64Array(table.count * D);
  for (let i = 0; i < table.count; i++) {
    values.set(encoded.subarray(i * Q, (i + 1) * Q), i * D);
    values.set(table.outcomes.subarray(i * cells, (i + 1) * cells), i * D + Q);
  }
  const { minimum, patterns } = plan.smallCells;
  const levelGroups = plan.covariates.flatMap((covariate) => {
    const group = features.flatMap((feature, q) =>
      feature.kind === "covariate-level" && feature.covariateId === covariate.id ? [q] : [],
    );
    return group.length > 0 ? [group] : [];
  });
  const view =
    plan.noise === null ? travellingView(values, D, { minimum, patterns, levelGroups }) : everything(values, D);
  return { values, days: table.days, patients: table.count, columns: D, featureCount: Q, view };
}

/** Where noise protects patients, values are not left out: which ones would depend on other patients. */
function everything(values: Float64Array, columns: number): TravellingView {
  const numbers = (count: number) => Array.from({ length: count }, (_, k) => k);
  const cell = { observed: numbers(columns), rows: numbers(values.length / columns) };
  return { values, cells: [cell], leftOut: { values: 0, patients: 0 } };
}

/**
 * Table of the control patients of a data set with the plan's endpoints, visits and covariates, in the plan's order.
 *
 * @param data - Checked against the plan.
 */
export function controlsInOrder(data: LongDataSet, plan: FederationPlan): SubjectTable {
  const position = (ids: readonly { readonly id: string }[], id: string) => ids.findIndex((each) => each.id === id);
  const endpoints = plan.endpoints.map(({ id }) => position(data.endpoints, id));
  const visits = plan.visits.map(({ id }) => position(data.visits, id));
  const covariates = plan.covariates.map(({ id }) => position(data.covariates, id));
  const table = subjectTable({
    ...data,
    endpoints: plan.endpoints,
    visits: plan.visits,
    covariates: plan.covariates,
    patients: data.patients.map((patient) => ({
      ...patient,
      baseline: endpoints.map((e) => patient.baseline[e]!),
      outcomes: endpoints.map((e) => visits.map((v) => patient.outcomes[e]![v]!)),
      covariates: covariates.map((p) => patient.covariates[p]!),
    })),
  });
  const controls: number[] = [];
  for (let i = 0; i < table.count; i++) if (table.arms[table.arm[i]!]?.role === "control") controls.push(i);
  return selectSubjects(table, controls);
}

/** @throws DomainError INSUFFICIENT_DATA for fewer control patients than the plan asks of a site. */
export function refuseSmallSite(patients: number, plan: FederationPlan): void {
  if (patients >= plan.minimumSite) return;
  throw new DomainError("INSUFFICIENT_DATA", {
    argument: "data.patients",
    received: patients,
    requirement: `must be at least ${plan.minimumSite} control patients for a site to take part`,
    hint: "Join this site's patients with those of another site under one custodian, or agree on another plan.",
  });
}

/** @throws DomainError INVALID_INPUT naming everything in which a data set differs from the plan. */
export function refuseDifferences(data: LongDataSet, plan: FederationPlan): void {
  const problems = [
    ...plan.endpoints.flatMap((wanted) => {
      const own = data.endpoints.find(({ id }) => id === wanted.id);
      if (own === undefined) return [`endpoint ${wanted.id} is missing`];
      return [
        ...differs(`unit of ${wanted.id}`, own.unit, wanted.unit),
        ...differs(`scale of ${wanted.id}`, own.scale, wanted.scale),
        ...differs(
          `kind of outcome of ${wanted.id}`,
          own.outcome?.type ?? "continuous",
          wanted.outcome?.type ?? "continuous",
        ),
      ];
    }),
    ...plan.visits.flatMap((wanted) => {
      const own = data.visits.find(({ id }) => id === wanted.id);
      if (own === undefined) return [`visit ${wanted.id} is missing`];
      return differs(`planned day of ${wanted.id}`, own.targetDay, wanted.targetDay);
    }),
    ...plan.covariates.flatMap((wanted) => {
      const own = data.covariates.find(({ id }) => id === wanted.id);
      if (own === undefined) return [`covariate ${wanted.id} is missing`];
      if (own.type === "continuous" && wanted.type === "continuous")
        return differs(`unit of ${wanted.id}`, own.unit, wanted.unit);
      if (own.type === "categorical" && wanted.type === "categorical") {
        const unknown = own.levels.filter((level) => !wanted.levels.includes(level));
        return unknown.length === 0
          ? []
          : [`${wanted.id} has levels ${unknown.join(", ")} that the plan does not know (${wanted.levels.join(", ")})`];
      }
      return differs(`type of ${wanted.id}`, own.type, wanted.type);
    }),
  ];
  if (problems.length === 0) return;
  throw invalidInput(
    "data",
    problems.join("; "),
    "must have the endpoints, visits and covariates of the plan, in the same units and levels",
    "Change the site's mapping and import its file again, or agree on another plan.",
  );
}

function differs(what: string, own: string | number, planned: string | number): string[] {
  return own === planned ? [] : [`${what} is ${own || "none"} here and ${planned || "none"} in the plan`];
}
