import type { MappingSpec } from "../../data/mapping-spec.ts";
import type { Endpoint } from "../../trial/endpoint.ts";
import type { PlannedVisit } from "../../trial/visit-schedule.ts";

export const PBC_ENDPOINTS: readonly Endpoint[] = [
  {
    id: "logBilirubin",
    label: "log bilirubin",
    unit: "log mg/dL",
    scale: "log",
    benefit: "lower-is-better",
    sourceRange: { minimum: 0.05, maximum: 60 },
  },
  {
    id: "albumin",
    label: "albumin",
    unit: "g/dL",
    scale: "identity",
    benefit: "higher-is-better",
    sourceRange: { minimum: 0.5, maximum: 8 },
  },
  {
    id: "logProthrombinTime",
    label: "log prothrombin time",
    unit: "log s",
    scale: "log",
    benefit: "lower-is-better",
    sourceRange: { minimum: 6, maximum: 60 },
  },
];

/** Visits were planned at six months, one year and yearly; windows meet half-way, as in the derived public data. */
export const PBC_VISITS: readonly PlannedVisit[] = [
  { id: "halfYear", label: "Month 6", targetDay: 183, windowFrom: 92, windowTo: 274 },
  { id: "year1", label: "Year 1", targetDay: 365, windowFrom: 275, windowTo: 548 },
  { id: "year2", label: "Year 2", targetDay: 730, windowFrom: 549, windowTo: 913 },
];

const unbounded = { minimum: null, maximum: null };

function pbcMapping(part: Pick<MappingSpec, "name" | "role" | "study" | "arm" | "include">): MappingSpec {
  return {
    format: "understudy-mapping/1",
    origin: "public",
    patient: { column: "id" },
    site: null,
    time: { kind: "day", column: "day", unit: "days", convention: "zero-based" },
    visits: [...PBC_VISITS],
    layout: { kind: "endpoint-columns" },
    endpoints: [
      { endpoint: PBC_ENDPOINTS[0]!, source: "bili" },
      { endpoint: PBC_ENDPOINTS[1]!, source: "albumin" },
      { endpoint: PBC_ENDPOINTS[2]!, source: "protime" },
    ],
    baseline: { flag: null, column: null },
    covariates: [
      {
        type: "continuous",
        id: "age",
        label: "Age",
        unit: "years",
        column: "age",
        sourceRange: { minimum: 18, maximum: 100 },
        scale: "identity",
      },
      { type: "categorical", id: "sex", label: "Sex", column: "sex" },
      { type: "categorical", id: "ascites", label: "Ascites", column: "ascites" },
      { type: "categorical", id: "hepatomegaly", label: "Hepatomegaly", column: "hepato" },
      { type: "categorical", id: "spiders", label: "Spider angiomas", column: "spiders" },
      {
        type: "continuous",
        id: "edema",
        label: "Oedema",
        unit: "0 none, 0.5, 1 despite diuretics",
        column: "edema",
        sourceRange: { minimum: 0, maximum: 1 },
        scale: "identity",
      },
      {
        type: "continuous",
        id: "logAlkalinePhosphatase",
        label: "log alkaline phosphatase",
        unit: "U/L",
        column: "alk.phos",
        sourceRange: { minimum: 1, maximum: null },
        scale: "log",
      },
      {
        type: "continuous",
        id: "logAst",
        label: "log aspartate aminotransferase",
        unit: "U/mL",
        column: "ast",
        sourceRange: { minimum: 1, maximum: null },
        scale: "log",
      },
      {
        type: "continuous",
        id: "platelets",
        label: "Platelets",
        unit: "1000/mL",
        column: "platelet",
        sourceRange: unbounded,
        scale: "identity",
      },
      {
        type: "continuous",
        id: "stage",
        label: "Histological stage",
        unit: "1–4",
        column: "stage",
        sourceRange: { minimum: 1, maximum: 4 },
        scale: "identity",
      },
    ],
    events: [
      { kind: "death", dayColumn: "futime", occurredWhen: { column: "status", values: ["2"] }, unit: "days" },
      { kind: "transplant", dayColumn: "futime", occurredWhen: { column: "status", values: ["1"] }, unit: "days" },
    ],
    followUpDayColumn: "futime",
    rowFilter: [],
    missingText: [],
    ...part,
  };
}

export const PBC_POOLING_REASON =
  "Both arms are pooled as a natural-history cohort: the trial found no effect of D-penicillamine (log-rank chi-square 0.10, p = 0.75).";

/** Patients with id ≤ 200, both arms pooled as natural history. */
export const PBC_HISTORY_MAPPING: MappingSpec = pbcMapping({
  name: "PBC natural history, id ≤ 200",
  role: "historical-control",
  study: { kind: "constant", value: "Mayo PBC, early entrants" },
  arm: {
    kind: "pooled-control",
    reason: PBC_POOLING_REASON,
    arm: { id: "natural-history", label: "Natural history", role: "control" },
  },
  include: "id <= 200",
});

/** Patients with id > 200 as the enrolled trial. */
export const PBC_TRIAL_MAPPING: MappingSpec = pbcMapping({
  name: "PBC trial, id > 200",
  role: "enrolled",
  study: { kind: "constant", value: "Mayo PBC, late entrants" },
  arm: {
    kind: "column",
    column: "trt",
    arms: [
      { value: "0", arm: { id: "placebo", label: "Placebo", role: "control" } },
      { value: "1", arm: { id: "d-penicillamine", label: "D-penicillamine", role: "experimental" } },
    ],
  },
  include: "id > 200",
});
