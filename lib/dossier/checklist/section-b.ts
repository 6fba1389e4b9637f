import { formatInput } from "../../reporting/format-number.ts";
import { STRATEGY_NAMES } from "../../trial/estimand.ts";
import {
  allOf,
  type ChecklistPoint,
  fail,
  human,
  machine,
  matchedIn,
  notApplicable,
  printedIn,
} from "./checklist-point.ts";

/** Estimand. */
export const SECTION_B: readonly ChecklistPoint[] = [
  human("B1!", "statistician", "Treatment conditions, both arms, including background and rescue"),
  human("B2!", "statistician", "Population with enrolment criteria"),
  machine("B3!", "Variable, time point, direction of benefit, unit, range", (e) => {
    const { study } = e.record;
    const endpoint = study.endpoints.find((one) => one.id === study.primary.endpointId);
    const visit = study.visits.find((one) => one.id === study.primary.visitId);
    const { minimum = null, maximum = null } = endpoint?.sourceRange ?? {};
    const bounds = [minimum, maximum].flatMap((bound) => (bound === null ? [] : [formatInput(bound)]));
    return allOf(
      printedIn(e, "estimand", bounds.length === 0 ? ["no bound stated"] : bounds, "Admissible range"),
      printedIn(
        e,
        "estimand",
        visit === undefined ? ["?"] : [`day ${formatInput(visit.targetDay)}`],
        "Day of the time point",
      ),
      printedIn(
        e,
        "estimand",
        [study.estimand.variable, endpoint?.label ?? "?", endpoint?.unit ?? "?", visit?.label ?? "?"],
        "Variable, unit, visit",
      ),
      matchedIn(
        e,
        "estimand",
        [
          endpoint?.benefit === "lower-is-better"
            ? /loweris(a)?better|lowervalues/i
            : /higheris(a)?better|highervalues/i,
          /range/i,
        ],
        "Direction of benefit and range",
      ),
    );
  }),
  machine("B4!", "Each intercurrent event listed with a strategy and rationale", (e) =>
    e.record.study.estimand.intercurrentEvents.length === 0
      ? fail("No intercurrent event is listed.")
      : printedIn(
          e,
          "estimand",
          e.record.study.estimand.intercurrentEvents.map(
            (event) => `${event.event}${STRATEGY_NAMES[event.strategy]}${event.rationale}`,
          ),
          "Events, strategies and rationales",
        ),
  ),
  machine("B5!", "Population-level summary measure", (e) =>
    printedIn(e, "estimand", [e.record.study.estimand.summaryMeasure], "Summary measure"),
  ),
  machine("B6", "Primary estimand marked; secondaries separate", (e) =>
    matchedIn(e, "estimand", [/primary/i, /secondary/i], "Primary and secondary"),
  ),
  human("B7", "statistician", "Missing-data mechanism discussed separately from intercurrent events"),
  human("B8", "statistician", "Main estimator named and aligned to the estimand"),
  machine("B9", "Sensitivity analyses separated from supplementary analyses", (e) =>
    matchedIn(e, "estimand", [/sensitivity/i, /supplementary/i], "Sensitivity and supplementary analyses"),
  ),
  human(
    "B10!",
    "statistician",
    "Twin's estimand: outcome under control with historical handling of intercurrent events, and any mismatch",
  ),
  machine("B11", "Marginal against conditional estimand stated for non-linear models", () =>
    notApplicable("The analysis is linear: marginal and conditional differences coincide."),
  ),
  machine("B12", "Non-inferiority margin and direction if used", (e) =>
    e.record.sizing.spec.margin.value === 0
      ? notApplicable("The trial tests superiority; no margin is used.")
      : printedIn(e, "sampleSize", [String(e.record.sizing.spec.margin.value)], "Margin"),
  ),
  machine("B13", "Null and alternative hypotheses, sidedness, alpha", (e) =>
    allOf(
      matchedIn(e, "estimand", [/nullhypothesis/i, /alternative/i, /one-sided/i], "Hypotheses"),
      printedIn(e, "estimand", [String(e.record.sizing.spec.oneSidedAlpha.value)], "Alpha"),
    ),
  ),
];
