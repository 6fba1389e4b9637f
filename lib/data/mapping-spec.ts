import { z } from "zod";
import { armSchema } from "../trial/arm.ts";
import { endpointSchema } from "../trial/endpoint.ts";
import { dataOriginSchema } from "../trial/study-specification.ts";
import { plannedVisitSchema } from "../trial/visit-schedule.ts";

const text = z.string().min(1);

/** How a row's time is known: a study day (converted to days from time zero) or the name/number of a planned visit. */
export const timeMappingSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("day"),
    column: text,
    unit: z.enum(["days", "weeks", "months", "years"]),
    /** CDISC study days have no day 0 (day 1 is the first day): `first-day-is-one` subtracts 1 from positive days. */
    convention: z.enum(["zero-based", "first-day-is-one"]),
  }),
  z.object({
    kind: z.literal("visit"),
    column: text,
    /** Values of the column that mean baseline. */
    baselineValues: z.array(z.string()),
    /** Value of the column → id of a planned visit. Rows with other values are counted and left out. */
    visits: z.array(z.object({ value: z.string(), visitId: text })),
    /** Optional column with the actual day; used for ties and displayed, never for assignment. */
    dayColumn: text.nullable(),
  }),
]);

/** Where the values stand: one row per parameter (ADaM BDS) or one column per endpoint. */
export const layoutMappingSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("parameter-rows"), parameterColumn: text, valueColumn: text }),
  z.object({ kind: z.literal("endpoint-columns") }),
]);

export const armMappingSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("column"),
    column: text,
    /** Value of the column → arm. At least one arm of role control. Patients with other values are counted and left out. */
    arms: z.array(z.object({ value: z.string(), arm: armSchema })).min(1),
  }),
  z.object({
    kind: z.literal("pooled-control"),
    /** Why patients of every arm count as control, e.g. because the trial found no effect. Printed in the source log. */
    reason: z.string().min(10),
    arm: armSchema,
  }),
]);

/** How a file becomes a data set. A small JSON document, saved with the data-set version and usable by the CLI. */
export const mappingSpecSchema = z.object({
  format: z.literal("understudy-mapping/1"),
  name: text,
  role: z.enum(["historical-control", "enrolled"]),
  origin: dataOriginSchema,
  patient: z.object({ column: text }),
  study: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("constant"), value: text }),
    z.object({ kind: z.literal("column"), column: text }),
  ]),
  site: z.object({ column: text }).nullable(),
  time: timeMappingSchema,
  visits: z.array(plannedVisitSchema).min(1),
  layout: layoutMappingSchema,
  endpoints: z
    .array(
      z.object({
        endpoint: endpointSchema,
        /** Column name (endpoint-columns) or parameter code (parameter-rows). */
        source: text,
      }),
    )
    .min(1),
  /** Baseline is the flagged value where a flag column is given, else the baseline column, else the last value on or before time zero. */
  baseline: z.object({
    flag: z.object({ column: text, value: z.string() }).nullable(),
    column: text.nullable(),
  }),
  arm: armMappingSchema,
  covariates: z.array(
    z.discriminatedUnion("type", [
      z.object({
        type: z.literal("continuous"),
        id: text,
        label: text,
        /** Unit of the column; on the log scale "log" is put before it. */
        unit: z.string(),
        column: text,
        sourceRange: z.object({ minimum: z.number().nullable(), maximum: z.number().nullable() }),
        scale: z.enum(["identity", "log"]),
      }),
      z.object({ type: z.literal("categorical"), id: text, label: text, column: text }),
    ]),
  ),
  /** Intercurrent events that end the variable. `occurredWhen` empty: a non-missing day means it happened. */
  events: z.array(
    z.object({
      kind: text,
      dayColumn: text,
      occurredWhen: z.object({ column: text, values: z.array(z.string()).min(1) }).nullable(),
      unit: z.enum(["days", "weeks", "months", "years"]),
    }),
  ),
  /** Column with the last day of follow-up, when known: tells `dropped-out` and `not-yet-reached` apart. */
  followUpDayColumn: text.nullable(),
  /** Eligibility: an expression over column names; rows for which it is not true are left out and counted. */
  include: z.string().max(2000).nullable(),
  /** Row filter of the source, e.g. ANL01FL = Y, or DTYPE blank to leave out imputed records. */
  rowFilter: z.array(z.object({ column: text, keep: z.array(z.string()) })),
  /** Text values that mean missing, besides blank and SAS codes. */
  missingText: z.array(z.string()),
});

export type MappingSpec = z.infer<typeof mappingSpecSchema>;
