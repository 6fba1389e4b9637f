import { z } from "zod";
import { type Diagnostic, diagnostic } from "../../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import type { BenefitDirection } from "../analysis-result.ts";
import { trialCovariates, trialEndpoint, trialVisitIndex } from "../trial-columns.ts";
import type { TrialData } from "../trial-data.ts";

/** A count derived from the trial, and the time over which it was collected. */
export const countOutcomeSchema = z.object({
  endpoint: z.string().min(1).describe("Endpoint whose values are counts, by id."),
  visit: z.string().min(1).describe("Visit, by id."),
  over: z
    .enum(["visit", "up-to-visit"])
    .default("visit")
    .describe("The value at the visit, or the sum of the values at the visits up to it; missing visits add nothing."),
  exposure: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("none") }),
      z.object({ kind: z.literal("days-followed") }),
      z.object({ kind: z.literal("covariate"), name: z.string().min(1).describe("Numeric covariate, by name.") }),
    ])
    .default({ kind: "none" })
    .describe("Time at risk behind each count: the same for all, days followed up to the visit, or a covariate."),
});
export type CountOutcomeSpec = z.infer<typeof countOutcomeSchema>;

/** A count of every patient with its exposure. */
export interface CountOutcome {
  /** [patient]; NaN when missing. */
  readonly values: Float64Array;
  /** Time at risk, [patient]; null when it is the same for all. */
  readonly exposure: Float64Array | null;
  readonly benefit: BenefitDirection;
  readonly description: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Counts and exposures (METHODS.md eq. (O3)).
 *
 * @throws DomainError INVALID_INPUT for an unknown name, a value that is not a whole number of at least 0, or a categorical
 *   exposure; INSUFFICIENT_DATA when no exposure is positive.
 */
export function countOutcome(spec: CountOutcomeSpec, data: TrialData): CountOutcome {
  const endpoint = trialEndpoint(data, spec.endpoint, "outcome.endpoint");
  const visit = trialVisitIndex(data, spec.visit, "outcome.visit");
  const last = data.visits[visit]!.day;
  const width = data.visits.length;
  const counted = data.visits
    .map((_, index) => index)
    .filter((index) => (spec.over === "visit" ? index === visit : data.visits[index]!.day <= last));
  const values = Float64Array.from(data.patientIds, (_, patient) => {
    const seen = counted.map((index) => endpoint.values[patient * width + index]!).filter(Number.isFinite);
    return seen.length === 0 ? NaN : seen.reduce((sum, value) => sum + value, 0);
  });
  const odd = values.find((value) => Number.isFinite(value) && !(Number.isInteger(value) && value >= 0));
  if (odd !== undefined)
    throw invalidInput(
      "outcome.endpoint",
      odd,
      "must hold counts: whole numbers of at least 0",
      "Choose an endpoint that counts something, or analyse it as continuous.",
    );
  const exposure = exposureOf(spec, data, last);
  const positive = exposure?.map((time) => (time > 0 ? time : NaN)) ?? null;
  const without =
    positive === null ? 0 : values.filter((value, i) => Number.isFinite(value) && Number.isNaN(positive[i]!)).length;
  if (positive?.every(Number.isNaN))
    throw new DomainError("INSUFFICIENT_DATA", {
      argument: "outcome.exposure",
      received: 0,
      requirement: "must be positive for some patients",
      hint: "Check the days of follow-up, or choose no exposure.",
    });
  return {
    values,
    exposure: positive,
    benefit: endpoint.benefit,
    description: `${spec.over === "visit" ? "count" : "sum of counts"} of ${endpoint.label} ${spec.over === "visit" ? "at" : "up to"} ${data.visits[visit]!.label}`,
    diagnostics:
      without === 0
        ? []
        : [
            diagnostic(
              "warning",
              "no-exposure",
              `${without} patients with a count have no positive exposure and are left out.`,
              "outcome.exposure",
            ),
          ],
  };
}

function exposureOf(spec: CountOutcomeSpec, data: TrialData, lastDay: number): Float64Array | null {
  switch (spec.exposure.kind) {
    case "none":
      return null;
    case "days-followed":
      return data.followUp.lastDay.map((day) => Math.min(day, lastDay));
    case "covariate": {
      const [covariate] = trialCovariates(data, [spec.exposure.name], "outcome.exposure.name");
      if (covariate?.kind !== "numeric")
        throw invalidInput("outcome.exposure.name", spec.exposure.name, "must be a numeric covariate");
      return covariate.values;
    }
  }
}
