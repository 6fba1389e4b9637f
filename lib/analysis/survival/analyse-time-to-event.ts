import type { AnalysisReport } from "../analysis-report.ts";
import type { AnalysisTable } from "../analysis-table.ts";
import type { TrialData } from "../trial-data.ts";
import { analyseCox } from "./analyse-cox.ts";
import { analyseFailureTime } from "./analyse-failure-time.ts";
import { analyseLogRank } from "./analyse-log-rank.ts";
import { analyseKaplanMeier, analyseMilestone } from "./analyse-milestone.ts";
import { analyseRestrictedMean } from "./analyse-restricted-mean.ts";
import { eventData } from "./event-data.ts";
import type { TimeToEventSpec } from "./time-to-event-spec.ts";

/**
 * Does one analysis of a time to event.
 *
 * @throws DomainError that names the field of the specification.
 */
export function analyseTimeToEvent(spec: TimeToEventSpec, data: TrialData): AnalysisReport {
  switch (spec.method) {
    case "log-rank":
      return analyseLogRank(spec, data);
    case "cox":
      return analyseCox(spec, data);
    case "restricted-mean":
      return analyseRestrictedMean(spec, data);
    case "milestone":
      return analyseMilestone(spec, data);
    case "kaplan-meier":
      return analyseKaplanMeier(spec, data);
    case "failure-time":
      return analyseFailureTime(spec, data);
  }
}

/** The data set that the programs of an analysis read, as `analysis-data.csv`: one row a patient. */
export function timeToEventTable(spec: TimeToEventSpec, data: TrialData): AnalysisTable {
  return eventData(spec, data).table;
}
