import type { Covariate } from "../analysis/covariate.ts";
import type { TrialData, TrialEndpoint, TrialScore } from "../analysis/trial-data.ts";
import type { LongDataSet, PatientRecord } from "../data/long-data-set.ts";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import { analysisUnit } from "../trial/endpoint.ts";
import type { TwinSet } from "../twins/twin-document.ts";

/**
 * What the analyses of a trial work on, from an enrolled data set and, where there are any, its twins. Patients keep the
 * order of the data set; the control arm comes first, the others in the order of the data set.
 *
 * @param twins - Twins of exactly these patients; null when the trial is analysed without a prognostic score.
 * @throws DomainError INVALID_INPUT when the data set is not of an enrolled trial or the twins are of other patients;
 *   INSUFFICIENT_DATA when an arm that the data set names has no patient or there is no second arm.
 *
 * METHODS.md eq. (T1), (T2).
 */
export function trialDataOf(data: LongDataSet, twins: TwinSet | null): TrialData {
  if (data.role !== "enrolled")
    throw invalidInput("data.role", data.role, "must be the enrolled trial", "Choose the data set of the trial.");
  const present = new Set(data.patients.map(({ arm }) => arm));
  const arms = [
    ...data.arms.filter(({ role }) => role === "control"),
    ...data.arms.filter(({ role }) => role !== "control"),
  ].filter(({ id }) => present.has(id));
  if (arms[0]?.role !== "control" || arms.length < 2) throw noComparison(arms.length);
  const labels = arms.map(({ label }) => label);
  const armNames = new Set(labels).size === labels.length ? labels : arms.map(({ id }) => id);
  const armIndex = new Map(arms.map(({ id }, index) => [id, index]));
  const { patients, visits } = data;
  return {
    patientIds: patients.map(({ id }) => id),
    armNames,
    arm: Int32Array.from(patients, ({ arm }) => armIndex.get(arm)!),
    visits: visits.map(({ id, label, targetDay }) => ({ id, label, day: targetDay })),
    endpoints: data.endpoints.map((endpoint, e): TrialEndpoint => {
      const cells = patients.flatMap(({ outcomes }) => visits.map((_, v) => outcomes[e]![v]!));
      return {
        id: endpoint.id,
        label: endpoint.label,
        unit: analysisUnit(endpoint),
        benefit: endpoint.benefit === "higher-is-better" ? "higher" : "lower",
        values: Float64Array.from(cells, (cell) => ("value" in cell ? cell.value : Number.NaN)),
        days: Float64Array.from(cells, (cell) => ("value" in cell ? cell.day : Number.NaN)),
        baseline: Float64Array.from(patients, ({ baseline }) => baseline[e] ?? Number.NaN),
      };
    }),
    covariates: data.covariates.map((covariate, c): Covariate => {
      const values = patients.map(({ covariates }) => covariates[c] ?? null);
      return covariate.type === "continuous"
        ? {
            kind: "numeric",
            name: covariate.id,
            values: Float64Array.from(values, (value) => (typeof value === "number" ? value : Number.NaN)),
          }
        : {
            kind: "categorical",
            name: covariate.id,
            levels: covariate.levels,
            codes: Int32Array.from(values, (value) => covariate.levels.indexOf(String(value))),
          };
    }),
    scores: twins === null ? [] : scoresOf(twins, data),
    followUp: {
      lastDay: Float64Array.from(patients, lastDay),
      eventDay: new Map(
        eventKinds(patients).map((kind) => [
          kind,
          Float64Array.from(patients, ({ events }) => events.find((event) => event.kind === kind)?.day ?? Number.NaN),
        ]),
      ),
    },
  };
}

function scoresOf(twins: TwinSet, data: LongDataSet): TrialScore[] {
  const key = (study: string, id: string) => JSON.stringify([study, id]);
  const byPatient = new Map(twins.twins.map((twin) => [key(twin.study, twin.patientId), twin]));
  const found = data.patients.map(({ study, id }) => byPatient.get(key(study, id)));
  if (!found.some((twin) => twin !== undefined))
    throw invalidInput(
      "twins",
      twins.twins.length,
      "must be the twins of the patients of the data set",
      "Generate the twins of this data set.",
    );
  return twins.endpointIds.flatMap((endpointId, e) =>
    twins.visitIds.map(
      (visitId, v): TrialScore => ({
        endpointId,
        visitId,
        mean: Float64Array.from(found, (twin) => twin?.mean[e]?.[v] ?? Number.NaN),
        variance: Float64Array.from(found, (twin) => (twin?.standardDeviation[e]?.[v] ?? Number.NaN) ** 2),
      }),
    ),
  );
}

/** Last day of follow-up as the source says, else last day with a measurement or an event; at least 0. */
function lastDay({ outcomes, events, lastContactDay }: PatientRecord): number {
  const days = [
    lastContactDay ?? 0,
    ...outcomes.flat().flatMap((cell) => ("value" in cell ? [cell.day] : [])),
    ...events.map(({ day }) => day),
  ];
  return Math.max(0, ...days);
}

function eventKinds(patients: readonly PatientRecord[]): string[] {
  return [...new Set(patients.flatMap(({ events }) => events.map(({ kind }) => kind)))].sort();
}

function noComparison(arms: number): DomainError {
  return new DomainError("INSUFFICIENT_DATA", {
    argument: "data.arms",
    received: arms,
    requirement: "must hold patients of the control arm and of at least one other arm",
    hint: "Check the arms and the control level in the mapping of the data set.",
  });
}
