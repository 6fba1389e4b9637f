import type { SummaryMeasure } from "../analysis/analysis-result.ts";

/** Name of the scale of an effect in a table. */
export function measureName(measure: SummaryMeasure): string {
  switch (measure) {
    case "mean-difference":
      return "difference of means";
    case "slope-difference":
      return "difference of slopes";
    case "risk-difference":
      return "risk difference";
    case "log-risk-ratio":
      return "log risk ratio";
    case "log-odds-ratio":
      return "log odds ratio";
    case "log-hazard-ratio":
      return "log hazard ratio";
    case "log-rate-ratio":
      return "log rate ratio";
    case "log-time-ratio":
      return "log time ratio";
    case "probability-index":
      return "probability index";
    case "location-shift":
      return "shift of location";
    case "restricted-mean-survival-difference":
      return "difference of restricted mean survival";
    case "survival-difference":
      return "difference of survival probabilities";
  }
}
