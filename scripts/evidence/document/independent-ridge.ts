import type { IntervalEstimate } from "../../../lib/trial/interval.ts";

/** Partial correlation that an independent ridge score, trained on id ≤ 200, reached in id > 200 at two years. */
export const INDEPENDENT_RIDGE: readonly {
  readonly endpointId: string;
  readonly label: string;
  readonly partialCorrelation: IntervalEstimate;
}[] = [
  { endpointId: "logProthrombinTime", label: "log prothrombin time", partialCorrelation: limits(0.52, 0.32, 0.67) },
  { endpointId: "albumin", label: "albumin", partialCorrelation: limits(0.2, -0.04, 0.41) },
  { endpointId: "logBilirubin", label: "log bilirubin", partialCorrelation: limits(-0.01, -0.24, 0.23) },
];

function limits(value: number, lower: number, upper: number): IntervalEstimate {
  return { value, lower, upper, level: 0.95 };
}
