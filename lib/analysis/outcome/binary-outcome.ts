import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { invalidInput } from "../../errors/domain-error.ts";
import type { BenefitDirection } from "../analysis-result.ts";
import { trialEndpoint, trialVisitIndex, valuesAtVisit } from "../trial-columns.ts";
import type { TrialData } from "../trial-data.ts";
import type { BinaryOutcomeSpec } from "./binary-outcome-spec.ts";
import { changeForm } from "./continuous-outcome.ts";

/** A yes-or-no outcome of every patient. */
export interface BinaryOutcome {
  /** 1 yes, 0 no, NaN left out; [patient]. */
  readonly values: Float64Array;
  /** "higher" when yes is good for the patient. */
  readonly benefit: BenefitDirection;
  /** The outcome in words, e.g. "change in Symptom scale at Week 12 at most −3 points". */
  readonly description: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Whether each patient had the outcome (METHODS.md eq. (O1)).
 *
 * @throws DomainError INVALID_INPUT naming the field: an unknown endpoint, visit or kind of event.
 */
export function binaryOutcome(spec: BinaryOutcomeSpec, data: TrialData): BinaryOutcome {
  const observed = spec.kind === "threshold" ? thresholdReached(spec, data) : eventSeen(spec, data);
  const good = spec.direction === "favourable" ? 1 : 0;
  const missing = observed.values.filter(Number.isNaN).length;
  const imputed = spec.missing === "complete-cases" ? NaN : spec.missing === "as-success" ? good : 1 - good;
  const handled = {
    "as-failure": "counted as failures",
    "as-success": "counted as successes",
    "complete-cases": "left out",
  };
  return {
    values: observed.values.map((value) => (Number.isNaN(value) ? imputed : value)),
    benefit: spec.direction === "favourable" ? "higher" : "lower",
    description: observed.description,
    diagnostics:
      missing === 0
        ? []
        : [
            diagnostic(
              spec.missing === "complete-cases" ? "warning" : "information",
              "missing-outcome",
              `${missing} of ${data.patientIds.length} patients have an unknown outcome and are ${handled[spec.missing]}.`,
              "outcome.missing",
            ),
          ],
  };
}

function thresholdReached(spec: Extract<BinaryOutcomeSpec, { kind: "threshold" }>, data: TrialData) {
  const endpoint = trialEndpoint(data, spec.endpoint, "outcome.endpoint");
  const visit = trialVisitIndex(data, spec.visit, "outcome.visit");
  const compared = changeForm(spec.of, valuesAtVisit(data, endpoint, visit), endpoint.baseline);
  const eventDays = spec.failureEvents.map((kind, k) => daysOf(data, kind, `outcome.failureEvents.${k}`));
  const failure = spec.direction === "favourable" ? 0 : 1;
  const values = compared.map((value, patient) => {
    if (eventDays.some((days) => days[patient]! <= data.visits[visit]!.day)) return failure;
    if (!Number.isFinite(value)) return NaN;
    return (spec.comparison === ">=" ? value >= spec.threshold : value <= spec.threshold) ? 1 : 0;
  });
  const words = { value: "", change: "change in ", "percent-change": "percent change in " };
  const unit = spec.of === "percent-change" ? " %" : endpoint.unit === "" ? "" : ` ${endpoint.unit}`;
  const events = spec.failureEvents.length === 0 ? "" : `, ${spec.failureEvents.join(" or ")} counted as failure`;
  return {
    values,
    description: `${words[spec.of]}${endpoint.label} at ${data.visits[visit]!.label} ${spec.comparison === ">=" ? "at least" : "at most"} ${spec.threshold}${unit}${events}`,
  };
}

/** Yes with an event by the day; no when followed to the day without one; unknown else. */
function eventSeen(spec: Extract<BinaryOutcomeSpec, { kind: "event" }>, data: TrialData) {
  const eventDays = spec.events.map((kind, k) => daysOf(data, kind, `outcome.events.${k}`));
  const values = data.followUp.lastDay.map((last, patient) => {
    if (eventDays.some((days) => days[patient]! <= spec.byDay)) return 1;
    return last >= spec.byDay ? 0 : NaN;
  });
  return { values, description: `${spec.events.join(" or ")} by day ${spec.byDay}` };
}

function daysOf(data: TrialData, kind: string, field: string): Float64Array {
  const days = data.followUp.eventDay.get(kind);
  if (days !== undefined) return days;
  const known = [...data.followUp.eventDay.keys()];
  throw invalidInput(field, kind, `must be one of ${known.length === 0 ? "none in this trial" : known.join(", ")}`);
}
