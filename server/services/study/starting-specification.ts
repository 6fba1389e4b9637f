import type { StudySpecification } from "../../../lib/trial/study-specification.ts";
import type { CreateStudyInput } from "./study-schemas.ts";

/** Fields that a new study is not asked for. */
const FILLED: readonly (keyof StudySpecification)[] = [
  "contextOfUse",
  "questionOfInterest",
  "estimand",
  "missingDataStatement",
  "modelInfluence",
  "decisionConsequence",
];

/** A whole specification from the five things that a new study asks for; every default can be edited later. */
export function startingSpecification(input: CreateStudyInput): StudySpecification {
  const endpointId = identifierFrom(input.endpoint.label, "endpoint");
  const visits = plannedVisits(input.visits);
  const primaryVisit = visits.at(-1);
  const better = input.endpoint.benefit === "higher-is-better" ? 1 : -1;
  return {
    format: "understudy-study/1",
    title: input.title,
    indication: input.indication,
    compound: "",
    phase: "",
    sponsor: "",
    protocolId: "",
    dataOrigin: "real",
    contextOfUse:
      "The twin's prognostic score is a covariate in the primary analysis of a randomised trial; it does not replace randomised controls.",
    questionOfInterest: `How many control patients are needed to show the effect of ${input.arms.experimental} on ${input.endpoint.label}?`,
    endpoints: [
      {
        id: endpointId,
        label: input.endpoint.label,
        unit: input.endpoint.unit,
        scale: input.endpoint.scale,
        benefit: input.endpoint.benefit,
        sourceRange: { minimum: null, maximum: null },
      },
    ],
    visits,
    primary: { endpointId, visitId: primaryVisit?.id ?? "" },
    arms: [
      { id: "experimental", label: input.arms.experimental, role: "experimental" },
      { id: "control", label: input.arms.control, role: "control" },
    ],
    strata: [],
    targetEffect: input.targetEffect ?? better,
    estimand: {
      treatment: `${input.arms.experimental} against ${input.arms.control}`,
      population: `Patients with ${input.indication} as enrolled`,
      variable: `${input.endpoint.label} at ${primaryVisit?.label ?? "the last visit"}`,
      intercurrentEvents: [
        {
          event: "Discontinuation of study treatment",
          strategy: "treatment-policy",
          rationale: "The effect of being assigned to the treatment is of interest.",
        },
      ],
      summaryMeasure: "Difference in means, experimental minus control",
    },
    missingDataStatement:
      "Missing values are taken to be missing at random given baseline and earlier values of the same patient.",
    sourceLog: [],
    modelInfluence: { level: "low", reason: "The score only adds a covariate to a randomised comparison." },
    decisionConsequence: {
      level: "medium",
      reason: "A score that predicts less well than expected leaves the trial underpowered.",
    },
    knownTruth: null,
    defaults: [...FILLED, ...(input.targetEffect === undefined ? ["targetEffect"] : [])],
  };
}

/** Windows meet half-way between neighbours; the outer ones are as wide as the half-distance inwards. */
function plannedVisits(given: CreateStudyInput["visits"]): StudySpecification["visits"] {
  const ordered = [...given].sort((a, b) => a.targetDay - b.targetDay);
  const taken = new Set<string>();
  return ordered.map((visit, index) => {
    const before = ordered[index - 1]?.targetDay ?? 0;
    const after = ordered[index + 1]?.targetDay;
    const halfBefore = Math.floor((visit.targetDay - before) / 2);
    const halfAfter = after === undefined ? halfBefore : Math.ceil((after - visit.targetDay) / 2) - 1;
    let id = identifierFrom(visit.label, "visit");
    if (taken.has(id)) id = `${id.slice(0, 36)}_${index + 1}`;
    taken.add(id);
    return {
      id,
      label: visit.label,
      targetDay: visit.targetDay,
      windowFrom: visit.targetDay - Math.max(0, halfBefore - 1),
      windowTo: visit.targetDay + Math.max(0, halfAfter),
    };
  });
}

/** Letters, digits and _ from a label, e.g. "ADAS-Cog 11" → "adas_cog_11". */
function identifierFrom(label: string, fallback: string): string {
  const text = label
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .toLowerCase();
  if (text === "") return fallback;
  return (/^[a-z]/.test(text) ? text : `${fallback}_${text}`).slice(0, 40);
}
