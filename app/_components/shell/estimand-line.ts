import type { StudySpecification } from "../../../lib/trial/study-specification.ts";

/** The estimand's summary, variable, contrast and population on one line, in the person's own words. */
export function estimandInOneLine(specification: StudySpecification): string {
  const { summaryMeasure, variable, treatment, population } = specification.estimand;
  return [summaryMeasure, variable, treatment, population].map((part) => part.trim().replace(/\.$/, "")).join(" · ");
}
