import { z } from "zod";

const text = z.string().min(1);

/** In which unit the values of an endpoint or covariate stand in the file, where that is not its own unit everywhere. */
export const unitMappingSchema = z.object({
  id: text.describe("endpoint or continuous covariate"),
  source: z
    .discriminatedUnion("kind", [
      z
        .object({ kind: z.literal("column"), column: text })
        .describe("a column with the unit of each record, e.g. AVALU"),
      z
        .object({ kind: z.literal("by-study"), units: z.array(z.object({ study: text, unit: text })).min(1) })
        .describe("the unit of each study; studies not named have the unit of the endpoint"),
    ])
    .describe("where the unit of a value is stated"),
  /** Conversions beyond those that follow from the names alone. */
  conversions: z
    .array(
      z.object({
        unit: text,
        factor: z
          .number()
          .refine((factor) => factor !== 0, "must not be 0")
          .describe("value in the endpoint's unit = factor × value + offset"),
        offset: z.number().default(0),
      }),
    )
    .default([])
    .describe(
      "conversions from other units, e.g. from µmol/L to mg/dL; known ones such as g/L to mg/dL need no entry, all others are refused without",
    ),
});
export type UnitMapping = z.infer<typeof unitMappingSchema>;

/** A conversion that was made while a data set was put together. */
export const appliedConversionSchema = z.object({
  id: z.string(),
  label: z.string(),
  study: z.string(),
  from: z.string(),
  to: z.string(),
  factor: z.number(),
  offset: z.number(),
  /** `declared`: given in the mapping; `known`: follows from the names of the units. */
  basis: z.enum(["declared", "known"]),
  /** Values converted. */
  values: z.number().int().nonnegative(),
});
export type AppliedConversion = z.infer<typeof appliedConversionSchema>;

/** Says a conversion as a formula, e.g. "mg/dL = 0.0113 × µmol/L", "degC = 0.5556 × degF − 17.78". */
export function conversionFormula({ from, to, factor, offset }: AppliedConversion): string {
  const number = (value: number) => String(Number(Math.abs(value).toPrecision(8)));
  const shift = offset === 0 ? "" : ` ${offset < 0 ? "−" : "+"} ${number(offset)}`;
  return `${to} = ${factor < 0 ? "−" : ""}${number(factor)} × ${from}${shift}`;
}
