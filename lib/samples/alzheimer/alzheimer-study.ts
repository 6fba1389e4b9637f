import type { MappingSpec } from "../../data/mapping-spec.ts";
import type { Endpoint } from "../../trial/endpoint.ts";
import type { PlannedVisit } from "../../trial/visit-schedule.ts";
import type { SampleStudy } from "../sample-study.ts";
import { ALZHEIMER_ANALYSES } from "./alzheimer-analyses.ts";
import { generateHistoricalCsv, generateTrialCsv } from "./generate-programme.ts";
import { alzheimerTruth } from "./known-truth.ts";
import { HISTORICAL_STUDIES, VISIT_WEEKS } from "./progression-law.ts";

const DATA_SEED = 1906;

const ADAS: Endpoint = {
  id: "adasCog11",
  label: "ADAS-Cog 11",
  unit: "points",
  scale: "identity",
  benefit: "lower-is-better",
  sourceRange: { minimum: 0, maximum: 70 },
};

const VISITS: readonly PlannedVisit[] = VISIT_WEEKS.map((week, v) => {
  const day = week * 7;
  const before = v === 0 ? 28 : ((VISIT_WEEKS[v - 1] ?? 0) * 7 + day) / 2;
  const next = VISIT_WEEKS[v + 1];
  const after = next === undefined ? day + 45 : (day + next * 7) / 2;
  return {
    id: `week${week}`,
    label: `Week ${week}`,
    targetDay: day,
    windowFrom: Math.floor(before) + 1,
    windowTo: Math.floor(after),
  };
});

function mapping(part: Pick<MappingSpec, "name" | "role" | "arm">): MappingSpec {
  return {
    format: "understudy-mapping/1",
    origin: "simulated",
    patient: { column: "USUBJID" },
    study: { kind: "column", column: "STUDYID" },
    site: { column: "SITEID" },
    time: { kind: "day", column: "ADY", unit: "days", convention: "first-day-is-one" },
    visits: [...VISITS],
    layout: { kind: "endpoint-columns" },
    endpoints: [{ endpoint: ADAS, source: "ADAS11" }],
    baseline: { flag: { column: "AVISIT", value: "Baseline" }, column: null },
    covariates: [
      {
        type: "continuous",
        id: "age",
        label: "Age",
        unit: "years",
        column: "AGE",
        sourceRange: { minimum: 30, maximum: 110 },
        scale: "identity",
      },
      { type: "categorical", id: "sex", label: "Sex", column: "SEX" },
      { type: "categorical", id: "apoe4", label: "APOE ε4", column: "APOE4" },
      {
        type: "continuous",
        id: "education",
        label: "Education",
        unit: "years",
        column: "EDUC",
        sourceRange: { minimum: 0, maximum: 40 },
        scale: "identity",
      },
      {
        type: "continuous",
        id: "mmse",
        label: "MMSE",
        unit: "points",
        column: "MMSE",
        sourceRange: { minimum: 0, maximum: 40 },
        scale: "identity",
      },
      {
        type: "continuous",
        id: "cdrsb",
        label: "CDR sum of boxes",
        unit: "points",
        column: "CDRSB",
        sourceRange: { minimum: null, maximum: null },
        scale: "identity",
      },
    ],
    events: [],
    followUpDayColumn: null,
    include: null,
    rowFilter: [],
    missingText: [],
    ...part,
  };
}

export const alzheimerStudy: SampleStudy = {
  id: "alzheimer",
  name: "Alzheimer's disease programme (SIMULATED, known truth)",
  description:
    "Three simulated placebo studies and one simulated trial, ADAS-Cog 11 over 78 weeks, from a documented law: see the program recover what is true.",
  specification: {
    format: "understudy-study/1",
    title: "Simulated Alzheimer's disease programme: sizing the placebo arm of a new trial",
    indication: "Alzheimer's disease, mild to moderate (simulated)",
    compound: "Simulated compound",
    phase: "Phase 2b",
    sponsor: "Understudy (simulated demonstration)",
    protocolId: "SIM-T1",
    dataOrigin: "simulated",
    contextOfUse:
      "The prognostic score of the twin is an additional baseline covariate in the analysis of covariance of a randomised, placebo-controlled trial, and informs its sample size. It does not replace randomised controls. All patients are simulated.",
    questionOfInterest:
      "How many placebo patients does the new trial need if its analysis adjusts for a prognostic score learnt from three earlier placebo arms, compared with ordinary adjustment for baseline and APOE ε4?",
    endpoints: [ADAS],
    visits: [...VISITS],
    primary: { endpointId: "adasCog11", visitId: "week78" },
    arms: [
      { id: "active", label: "Active", role: "experimental" },
      { id: "placebo", label: "Placebo", role: "control" },
    ],
    strata: ["apoe4"],
    targetEffect: -2.5,
    estimand: {
      treatment: "Simulated active treatment against placebo, added to usual care",
      population: "Simulated patients with mild to moderate Alzheimer's disease",
      variable: "ADAS-Cog 11 total (0–70 points, higher is worse) at week 78",
      intercurrentEvents: [
        {
          event: "Discontinuation of the study",
          strategy: "hypothetical",
          rationale:
            "The law has no effect of leaving on the course: the value had the patient stayed is well defined and is what the difference refers to.",
        },
      ],
      summaryMeasure: "Difference in means at week 78, experimental minus control, in points",
    },
    missingDataStatement:
      "Patients leave at random given the worsening seen so far; values after leaving are missing at random by construction. The progression model uses every observed visit by maximum likelihood.",
    sourceLog: [
      ...HISTORICAL_STUDIES.map((study) => ({
        name: `Simulated placebo study ${study.id}`,
        type: "Simulated placebo arm (patient-level)",
        sponsor: "Understudy (simulated)",
        years: "not applicable",
        region: "not applicable",
        patients: study.patients,
        visits: VISIT_WEEKS.length,
        licence: "Generated by the repository; free to use",
        decision: "included" as const,
        reason:
          "Same scale, visits and entry characteristics as the new trial; differs in level and slope by a known drift.",
      })),
      {
        name: "Any real Alzheimer's data",
        type: "Real patients",
        sponsor: "various",
        years: "various",
        region: "various",
        patients: null,
        visits: null,
        licence: "not applicable",
        decision: "excluded" as const,
        reason: "The purpose is to see known truth recovered, which real data cannot show.",
      },
    ],
    modelInfluence: {
      level: "low",
      reason:
        "Randomised controls remain; the score is one covariate, and a wrong model costs precision but neither bias nor type I error.",
    },
    decisionConsequence: {
      level: "medium",
      reason:
        "An over-optimistic gain would leave the trial underpowered; this is bounded by the fallback power at R² = 0 printed with every size.",
    },
    knownTruth: alzheimerTruth(),
  },
  datasets: [
    {
      fileName: "simulated-history.csv",
      mapping: mapping({
        name: "Three simulated placebo studies",
        role: "historical-control",
        arm: {
          kind: "column",
          column: "ARM",
          arms: [{ value: "Placebo", arm: { id: "placebo", label: "Placebo", role: "control" } }],
        },
      }),
      bytes: () => new TextEncoder().encode(generateHistoricalCsv(DATA_SEED)),
    },
    {
      fileName: "simulated-trial.csv",
      mapping: mapping({
        name: "Simulated new trial",
        role: "enrolled",
        arm: {
          kind: "column",
          column: "ARM",
          arms: [
            { value: "Placebo", arm: { id: "placebo", label: "Placebo", role: "control" } },
            { value: "Active", arm: { id: "active", label: "Active", role: "experimental" } },
          ],
        },
      }),
      bytes: () => new TextEncoder().encode(generateTrialCsv(DATA_SEED)),
    },
  ],
  training: {
    format: "understudy-training/1",
    covariateIds: ["age", "sex", "apoe4", "education", "mmse", "cdrsb"],
    strata: ["apoe4"],
    primary: { endpointId: "adasCog11", visitId: "week78" },
    folds: 10,
    repeats: 1,
    bootstrapReplicates: 2000,
    shrinkage: { kind: "chosen" },
    seed: 20262,
  },
  analyses: ALZHEIMER_ANALYSES,
  simulation: { replicates: 10_000, seed: 1906 },
};
