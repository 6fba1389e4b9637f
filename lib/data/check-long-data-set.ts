import { describeValues, isPossibleValue, outcomeType } from "../trial/outcome-type.ts";
import { compareNames } from "./compare-names.ts";
import type { LongDataSet, PatientRecord } from "./long-data-set.ts";

export interface DataSetFault {
  /** Where in the document, e.g. ["patients", 3, "arm"]. */
  readonly path: (string | number)[];
  readonly message: string;
}

/**
 * What is contradictory in a data set whose fields all have the right type: ids used twice, visits out of order, an arm or
 * level that is not described, lists of the wrong length, patients twice or out of order.
 *
 * Data sets made by importing have no such fault; this is for those written or changed by hand.
 *
 * @param data - A data set that follows the JSON Schema.
 */
export function checkLongDataSet(data: LongDataSet): DataSetFault[] {
  return [
    ...repeated("endpoints", data.endpoints),
    ...repeated("visits", data.visits),
    ...repeated("arms", data.arms),
    ...repeated("covariates", data.covariates),
    ...visitOrder(data),
    ...discreteScales(data),
    ...data.patients.flatMap((patient, index) => [
      ...patientOrder(patient, data.patients[index - 1], index),
      ...checkPatient(patient, data, index),
    ]),
  ];
}

function repeated(list: string, items: readonly { readonly id: string }[]): DataSetFault[] {
  const seen = new Set<string>();
  return items.flatMap(({ id }, index) => {
    const isAgain = seen.has(id);
    seen.add(id);
    return isAgain ? [{ path: [list, index, "id"], message: `the id "${id}" is used twice` }] : [];
  });
}

function discreteScales({ endpoints }: LongDataSet): DataSetFault[] {
  return endpoints.flatMap((endpoint, index) =>
    outcomeType(endpoint) === "continuous" || endpoint.scale === "identity"
      ? []
      : [{ path: ["endpoints", index, "scale"], message: `a ${outcomeType(endpoint)} endpoint has no log scale` }],
  );
}

function visitOrder({ visits }: LongDataSet): DataSetFault[] {
  return visits.flatMap((visit, index) => {
    const previous = visits[index - 1];
    if (previous === undefined || previous.targetDay < visit.targetDay) return [];
    return [
      {
        path: ["visits", index, "targetDay"],
        message: `visits must be in order of time; day ${visit.targetDay} follows day ${previous.targetDay}`,
      },
    ];
  });
}

function patientOrder(patient: PatientRecord, previous: PatientRecord | undefined, index: number): DataSetFault[] {
  if (previous === undefined) return [];
  const order = compareNames(previous.study, patient.study) || compareNames(previous.id, patient.id);
  if (order < 0) return [];
  const message =
    order === 0
      ? `patient ${patient.id} of study ${patient.study} stands twice`
      : `patients must be sorted by study and identifier; ${patient.id} follows ${previous.id}`;
  return [{ path: ["patients", index, "id"], message }];
}

function checkPatient(patient: PatientRecord, data: LongDataSet, index: number): DataSetFault[] {
  const { endpoints, visits, arms, covariates } = data;
  const faults: DataSetFault[] = [];
  const add = (path: (string | number)[], message: string) =>
    faults.push({ path: ["patients", index, ...path], message });
  if (!arms.some((arm) => arm.id === patient.arm))
    add(["arm"], `there is no arm "${patient.arm}"; the arms are ${arms.map((arm) => arm.id).join(", ")}`);
  const length = (field: "covariates" | "baseline" | "outcomes", wanted: number, of: string) => {
    if (patient[field].length !== wanted)
      add([field], `${patient[field].length} entries where the data set has ${wanted} ${of}`);
  };
  length("covariates", covariates.length, "covariates");
  length("baseline", endpoints.length, "endpoints");
  length("outcomes", endpoints.length, "endpoints");
  const checkValue = (e: number, value: number | null, path: (string | number)[]) => {
    const endpoint = endpoints[e];
    if (endpoint?.outcome === undefined || value === null || isPossibleValue(endpoint, value)) return;
    add(
      path,
      `${value} is not a value of the ${outcomeType(endpoint)} endpoint ${endpoint.id} (${describeValues(endpoint)})`,
    );
  };
  patient.baseline.forEach((value, e) => {
    checkValue(e, value, ["baseline", e]);
  });
  patient.outcomes.forEach((byVisit, e) => {
    byVisit.forEach((cell, v) => {
      if ("value" in cell) checkValue(e, cell.value, ["outcomes", e, v, "value"]);
    });
    if (byVisit.length !== visits.length)
      add(["outcomes", e], `${byVisit.length} entries where the data set has ${visits.length} visits`);
  });
  patient.covariates.forEach((value, p) => {
    const covariate = covariates[p];
    if (covariate === undefined || value === null) return;
    if (covariate.type === "continuous" && typeof value !== "number")
      add(["covariates", p], `${covariate.id} is continuous, but the value is the text "${value}"`);
    if (covariate.type === "categorical" && !covariate.levels.some((level) => level === value))
      add(
        ["covariates", p],
        `${JSON.stringify(value)} is not a level of ${covariate.id} (${covariate.levels.join(", ")})`,
      );
  });
  return faults;
}
