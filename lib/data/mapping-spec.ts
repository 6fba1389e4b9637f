import { z } from "zod";
import { armSchema } from "../trial/arm.ts";
import { endpointSchema } from "../trial/endpoint.ts";
import { dataOriginSchema } from "../trial/study-specification.ts";
import { plannedVisitSchema } from "../trial/visit-schedule.ts";
import { unitMappingSchema } from "./unit-mapping.ts";

const text = z.string().min(1, "required");

/** How a row's time is known: a study day (converted to days from time zero) or the name/number of a planned visit. */
export const timeMappingSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("day"),
    column: text.describe("column with the time of each record, counted from time zero (randomisation)"),
    unit: z.enum(["days", "weeks", "months", "years"]).describe("what the column counts; a month is 30.4375 days"),
    /** CDISC study days have no day 0 (day 1 is the first day): `first-day-is-one` subtracts 1 from positive days. */
    convention: z
      .enum(["zero-based", "first-day-is-one"])
      .describe("zero-based: time zero is 0; first-day-is-one: CDISC study days without a day 0"),
  }),
  z.object({
    kind: z.literal("visit"),
    column: text.describe("column with the name or number of the visit of each record"),
    /** Values of the column that mean baseline. */
    baselineValues: z
      .array(z.string())
      .describe("values that mean baseline; [] when the baseline stands in a column of its own"),
    /** Value of the column → id of a planned visit. Rows with other values are counted and left out. */
    visits: z
      .array(z.object({ value: z.string(), visitId: text }))
      .describe("value of the column to id of a planned visit; records with other values are left out and counted"),
    /** Optional column with the actual day; used for ties and displayed, never for assignment. */
    dayColumn: text.nullable().default(null).describe("column with the actual day, or null"),
  }),
]);

/** Where the values stand: one row per parameter (ADaM BDS) or one column per endpoint. */
export const layoutMappingSchema = z.discriminatedUnion("kind", [
  z
    .object({ kind: z.literal("parameter-rows"), parameterColumn: text, valueColumn: text })
    .describe("one row per patient, time and parameter, as in ADaM: a column with its code, a column with its value"),
  z.object({ kind: z.literal("endpoint-columns") }).describe("one row per patient and time, one column per endpoint"),
]);

export const armMappingSchema = z.discriminatedUnion("kind", [
  z
    .object({
      kind: z.literal("column"),
      column: text,
      /** Value of the column → arm. At least one arm of role control. Patients with other values are counted and left out. */
      arms: z
        .array(z.object({ value: z.string(), arm: armSchema }))
        .min(1)
        .describe("value of the column to arm; name the control; patients with other values are left out and counted"),
    })
    .describe("the treatment stands in a column"),
  z
    .object({
      kind: z.literal("pooled-control"),
      /** Why patients of every arm count as control, e.g. because the trial found no effect. Printed in the source log. */
      reason: z.string().min(10),
      arm: armSchema,
    })
    .describe("every patient counts as control, e.g. because there was no treatment; say why"),
]);

/** How a file becomes a data set. A small JSON document, saved with the data-set version and usable by the CLI. */
export const mappingSpecSchema = z.object({
  format: z.literal("understudy-mapping/1"),
  name: text.describe("name of the data set"),
  role: z
    .enum(["historical-control", "enrolled"])
    .describe("historical-control: patients a model is trained on; enrolled: patients of the trial, who get twins"),
  origin: dataOriginSchema.describe("real, public or simulated data"),
  patient: z.object({ column: text }).describe("column that identifies the patient"),
  study: z
    .discriminatedUnion("kind", [
      z.object({ kind: z.literal("constant"), value: text }),
      z.object({ kind: z.literal("column"), column: text }),
    ])
    .describe("one name for all patients, or a column with the study of each patient"),
  site: z.object({ column: text }).nullable().default(null).describe("column with the site, or null"),
  time: timeMappingSchema.describe("how the time of a record is known: as a number, or as the name of a visit"),
  visits: z
    .array(plannedVisitSchema)
    .min(1)
    .describe(
      "planned visits after baseline, days from time zero; a record belongs to the visit whose window [windowFrom, windowTo] holds its day, the nearest to targetDay where there are several",
    ),
  layout: layoutMappingSchema.default({ kind: "endpoint-columns" }),
  endpoints: z
    .array(
      z.object({
        endpoint: endpointSchema,
        /** Column name (endpoint-columns) or parameter code (parameter-rows). */
        source: text.describe("column name (endpoint-columns) or parameter code (parameter-rows)"),
      }),
    )
    .min(1)
    .describe(
      "scale log: the values of the file are positive and are analysed as logarithms; sourceRange: admissible values in the file, null where open",
    ),
  /** Composites: endpoints computed from the others at every visit and at baseline, in order; each may use those before it. */
  derived: z
    .array(
      z.object({
        endpoint: endpointSchema,
        expression: z
          .string()
          .min(1)
          .max(2000)
          .describe(
            "over endpoint ids and id.baseline, values as measured, levels coded from 0, e.g. tender <= 0.8 * tender.baseline and atLeast(2, pain <= 0.8 * pain.baseline, crp <= 0.8 * crp.baseline)",
          ),
      }),
    )
    .optional()
    .describe("endpoints computed from the others, such as a composite response; a condition gives a binary one"),
  /** Baseline is the flagged value where a flag column is given, else the baseline column, else the last value on or before time zero. */
  baseline: z
    .object({
      flag: z.object({ column: text, value: z.string() }).nullable().default(null),
      column: text.nullable().default(null),
    })
    .default({ flag: null, column: null })
    .describe(
      "where the baseline value stands: in flagged records, or in a column; without either it is the last value on or before time zero",
    ),
  arm: armMappingSchema,
  covariates: z
    .array(
      z.discriminatedUnion("type", [
        z.object({
          type: z.literal("continuous"),
          id: text,
          label: text,
          /** Unit of the column; on the log scale "log" is put before it. */
          unit: z.string().default(""),
          column: text,
          sourceRange: z
            .object({ minimum: z.number().nullable(), maximum: z.number().nullable() })
            .default({ minimum: null, maximum: null }),
          scale: z.enum(["identity", "log"]).default("identity"),
        }),
        z.object({ type: z.literal("categorical"), id: text, label: text, column: text }),
      ]),
    )
    .default([])
    .describe("what was known of the patient at time zero, besides the baseline of the endpoints"),
  units: z
    .array(unitMappingSchema)
    .optional()
    .describe(
      "units of values that do not stand in the unit of their endpoint or covariate, by study or by a column of the file, and how they are converted",
    ),
  /** Intercurrent events that end the variable. `occurredWhen` empty: a non-missing day means it happened. */
  events: z
    .array(
      z.object({
        kind: text,
        dayColumn: text,
        occurredWhen: z.object({ column: text, values: z.array(z.string()).min(1) }).nullable(),
        unit: z.enum(["days", "weeks", "months", "years"]),
      }),
    )
    .default([])
    .describe("events that end a patient's course, such as death, with the column of their day"),
  /** Column with the last day of follow-up, when known: tells `dropped-out` and `not-yet-reached` apart. */
  followUpDayColumn: text.nullable().default(null).describe("column with the last day of follow-up, or null"),
  /** Eligibility: an expression over column names; rows for which it is not true are left out and counted. */
  include: z
    .string()
    .max(2000)
    .nullable()
    .default(null)
    .describe('eligibility as an expression over column names, e.g. age >= 18 and sex == "F"; null for everybody'),
  /** Row filter of the source, e.g. ANL01FL = Y, or DTYPE blank to leave out imputed records. */
  rowFilter: z
    .array(z.object({ column: text, keep: z.array(z.string()) }))
    .default([])
    .describe('records to keep by the value of a column, e.g. ANL01FL with ["Y"]'),
  /** Text values that mean missing, besides blank and SAS codes. */
  missingText: z
    .array(z.string())
    .default([])
    .describe("texts that mean missing, besides blank cells and SAS codes, e.g. NA"),
});

export type MappingSpec = z.infer<typeof mappingSpecSchema>;

/**
 * Endpoints of the data set that a mapping makes: those of the file, then the derived ones.
 *
 * @param spec - Mapping.
 */
export function mappedEndpoints(
  spec: Pick<MappingSpec, "endpoints" | "derived">,
): MappingSpec["endpoints"][number]["endpoint"][] {
  return [...spec.endpoints, ...(spec.derived ?? [])].map(({ endpoint }) => endpoint);
}
