import { z } from "zod";

/** One level of a binary or ordinal variable: its code is its place in the list, from 0. */
const levelSchema = z.object({
  /** What the file holds where the level was observed, e.g. "1" or "YES". */
  source: z.string().min(1).max(60),
  /** Name for the reader, e.g. "very poor". */
  label: z.string().min(1).max(60),
});

/**
 * What values a discrete endpoint can take. An endpoint without it is continuous.
 *
 * Values are coded 0 or 1, 0 … K − 1 in the order of the levels, or are counts.
 */
export const discreteOutcomeSchema = z
  .discriminatedUnion("type", [
    z.object({
      type: z.literal("binary"),
      levels: z.tuple([levelSchema, levelSchema]).describe("not an event (coded 0), event (coded 1)"),
    }),
    z.object({
      type: z.literal("ordinal"),
      levels: z.array(levelSchema).min(3).max(20).describe("in order; coded 0, 1, 2, …"),
    }),
    z.object({ type: z.literal("count") }),
  ])
  .describe("left out: continuous; binary and ordinal name their levels with the text that stands in the file");
export type DiscreteOutcome = z.infer<typeof discreteOutcomeSchema>;

/** Closed set of types of endpoint. */
export type OutcomeType = "continuous" | DiscreteOutcome["type"];

/** Every type, for members that can model whatever comes. */
export const outcomeTypes: readonly OutcomeType[] = ["continuous", "binary", "ordinal", "count"];

type WithOutcome = { readonly outcome?: DiscreteOutcome | undefined };

/** Type of an endpoint. */
export function outcomeType(endpoint: WithOutcome): OutcomeType {
  return endpoint.outcome?.type ?? "continuous";
}

/** Levels in the order of their codes; null for continuous endpoints and counts. */
export function outcomeLevels(
  endpoint: WithOutcome,
): readonly { readonly source: string; readonly label: string }[] | null {
  const { outcome } = endpoint;
  return outcome === undefined || outcome.type === "count" ? null : outcome.levels;
}

/** Whether a value on the analysis scale is one that the endpoint can take. */
export function isPossibleValue(endpoint: WithOutcome, value: number): boolean {
  if (endpoint.outcome === undefined) return Number.isFinite(value);
  const levels = outcomeLevels(endpoint);
  return Number.isInteger(value) && value >= 0 && (levels === null || value < levels.length);
}

/** The values an endpoint can take, in words, e.g. "0 (no) or 1 (yes)"; "any number" for a continuous one. */
export function describeValues(endpoint: WithOutcome): string {
  const { outcome } = endpoint;
  if (outcome === undefined) return "any number";
  if (outcome.type === "count") return "whole numbers from 0";
  const coded = outcome.levels.map(({ label }, code) => `${code} (${label})`);
  return `${coded.slice(0, -1).join(", ")} or ${coded.at(-1)}`;
}

/** What the coded value of an endpoint is called, e.g. "probability of yes" for the mean of a binary one. */
export function describeMean(endpoint: WithOutcome): string {
  const { outcome } = endpoint;
  switch (outcome?.type) {
    case undefined:
      return "mean";
    case "binary":
      return `probability of ${outcome.levels[1].label}`;
    case "ordinal":
      return `mean level, ${outcome.levels[0]?.label} = 0 to ${outcome.levels.at(-1)?.label} = ${outcome.levels.length - 1}`;
    case "count":
      return "mean count";
  }
}

/**
 * Levels as a person writes them: in order, separated by semicolons, each "value in the file = name" or one word for both.
 *
 * @param outcome - Binary or ordinal.
 */
export function levelsText(outcome: Exclude<DiscreteOutcome, { type: "count" }>): string {
  return outcome.levels.map(({ source, label }) => (source === label ? source : `${source} = ${label}`)).join("; ");
}

/**
 * Outcome from levels as a person writes them.
 *
 * @param type - Binary or ordinal.
 * @param text - As {@link levelsText} gives it.
 * @returns The outcome, or the sentence that says what the text must be.
 */
export function outcomeFromText(type: "binary" | "ordinal", text: string): DiscreteOutcome | string {
  const levels = text
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const at = part.indexOf("=");
      const source = (at < 0 ? part : part.slice(0, at)).trim();
      return { source, label: (at < 0 ? part : part.slice(at + 1)).trim() };
    });
  const parsed = discreteOutcomeSchema.safeParse({ type, levels });
  if (parsed.success && new Set(levels.map(({ source }) => source)).size === levels.length) return parsed.data;
  return type === "binary"
    ? "Two different levels, no event first, e.g. 0 = no; 1 = yes"
    : "Three to twenty different levels in order, e.g. 1 = poor; 2 = fair; 3 = good";
}

/** Outcome that a person starts from when choosing a type. */
export function startingOutcome(type: OutcomeType): DiscreteOutcome | undefined {
  switch (type) {
    case "continuous":
      return undefined;
    case "count":
      return { type };
    case "binary":
      return {
        type,
        levels: [
          { source: "0", label: "no" },
          { source: "1", label: "yes" },
        ],
      };
    case "ordinal":
      return { type, levels: ["1", "2", "3"].map((level) => ({ source: level, label: level })) };
  }
}
