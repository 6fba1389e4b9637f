import type { SampleStudy } from "../sample-study.ts";
import { PBC_ANALYSES } from "./pbc-analyses.ts";
import {
  PBC_ENDPOINTS,
  PBC_HISTORY_MAPPING,
  PBC_POOLING_REASON,
  PBC_TRIAL_MAPPING,
  PBC_VISITS,
} from "./pbc-mapping.ts";

const SOURCE_FILE = "lib/samples/pbc/pbcseq.csv";

export const pbcStudy: SampleStudy = {
  id: "pbc",
  name: "Primary biliary cholangitis (Mayo Clinic, real)",
  description:
    "312 patients of the Mayo Clinic trial of D-penicillamine, 1974–84: early entrants are the history, late entrants the trial.",
  specification: {
    format: "understudy-study/1",
    title: "D-penicillamine in primary biliary cholangitis: design exercise on the Mayo Clinic trial",
    indication: "Primary biliary cholangitis",
    compound: "D-penicillamine",
    phase: "Phase 3",
    sponsor: "Mayo Clinic (public data; design exercise)",
    protocolId: "PBC-MAYO-1974",
    dataOrigin: "public",
    contextOfUse:
      "The prognostic score of the twin is an additional baseline covariate in the analysis of covariance of a randomised, placebo-controlled trial, and informs its sample size. It does not replace randomised controls.",
    questionOfInterest:
      "How many placebo patients does a randomised trial in primary biliary cholangitis need if its analysis adjusts for a prognostic score, compared with ordinary adjustment for baseline?",
    endpoints: [...PBC_ENDPOINTS],
    visits: [...PBC_VISITS],
    primary: { endpointId: "logBilirubin", visitId: "year2" },
    arms: [
      { id: "d-penicillamine", label: "D-penicillamine", role: "experimental" },
      { id: "placebo", label: "Placebo", role: "control" },
    ],
    strata: [],
    targetEffect: -0.35,
    estimand: {
      treatment: "D-penicillamine 1 g daily against placebo, each with usual supportive care",
      population: "Adults with primary biliary cholangitis meeting the entry criteria of the Mayo Clinic trial",
      variable: "log serum bilirubin (natural logarithm of mg/dL) two years after randomisation",
      intercurrentEvents: [
        {
          event: "Death",
          strategy: "while-alive",
          rationale:
            "A laboratory value does not exist after death; the question is the course while alive, and survival is read beside it.",
        },
        {
          event: "Liver transplantation",
          strategy: "while-alive",
          rationale:
            "Bilirubin after transplantation measures the graft, not the disease; values after it are not part of the variable.",
        },
        {
          event: "Discontinuation of study treatment",
          strategy: "treatment-policy",
          rationale:
            "Values are used whether or not treatment was continued; discontinuation is not recorded in the public data.",
        },
      ],
      summaryMeasure:
        "Difference in means at two years, experimental minus control, on the log scale (ratio of geometric means when exponentiated)",
    },
    missingDataStatement:
      "Visits missed while the patient was alive and in follow-up are taken as missing at random given baseline and earlier values. Values after death or transplantation are not missing data: they do not exist under the while-alive strategy. Because sicker patients die earlier, the variable describes survivors, which is a limit of the estimand and not repaired by imputation.",
    sourceLog: [
      {
        name: "Mayo Clinic PBC trial, sequential data, patients 1–200",
        type: "Completed randomised trial (patient-level)",
        sponsor: "Mayo Clinic",
        years: "1974–1984, follow-up to 1988",
        region: "United States, single centre",
        patients: 200,
        visits: 3,
        licence: "LGPL (>= 2), R package survival; redistributable with attribution",
        decision: "included",
        reason: PBC_POOLING_REASON,
      },
      {
        name: "Mayo Clinic PBC, patients not randomised (pbc rows 313–418)",
        type: "Registry of eligible patients who declined the trial",
        sponsor: "Mayo Clinic",
        years: "1974–1984",
        region: "United States, single centre",
        patients: 106,
        visits: 0,
        licence: "LGPL (>= 2), R package survival",
        decision: "excluded",
        reason: "Only baseline values were recorded: there is no course after baseline to learn from.",
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
    knownTruth: null,
  },
  datasets: [
    { fileName: "pbcseq.csv", mapping: PBC_HISTORY_MAPPING, bytes: (read) => read(SOURCE_FILE) },
    { fileName: "pbcseq.csv", mapping: PBC_TRIAL_MAPPING, bytes: (read) => read(SOURCE_FILE) },
  ],
  training: {
    format: "understudy-training/1",
    covariateIds: [
      "age",
      "sex",
      "ascites",
      "hepatomegaly",
      "spiders",
      "edema",
      "logAlkalinePhosphatase",
      "logAst",
      "platelets",
      "stage",
    ],
    strata: [],
    primary: { endpointId: "logBilirubin", visitId: "year2" },
    folds: 10,
    repeats: 1,
    bootstrapReplicates: 2000,
    shrinkage: { kind: "chosen" },
    seed: 20261,
  },
  analyses: PBC_ANALYSES,
  simulation: { replicates: 10_000, seed: 4711 },
};
