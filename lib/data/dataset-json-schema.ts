import { z } from "zod";

const dataTypeSchema = z.enum([
  "string",
  "integer",
  "decimal",
  "float",
  "double",
  "boolean",
  "datetime",
  "date",
  "time",
  "URI",
]);

/** Column metadata of Dataset-JSON 1.1; keys the standard does not know are kept out but allowed. */
export const datasetJsonColumnSchema = z.object({
  itemOID: z.string(),
  name: z.string().min(1),
  label: z.string(),
  dataType: dataTypeSchema,
  targetDataType: z.enum(["integer", "decimal"]).optional(),
  length: z.number().int().positive().nullable().optional(),
  displayFormat: z.string().nullable().optional(),
  keySequence: z.number().int().positive().nullable().optional(),
});
export type DatasetJsonColumn = z.infer<typeof datasetJsonColumnSchema>;

const isoDatetimeSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/, "must be an ISO 8601 date and time");

/** Everything of a Dataset-JSON 1.1 file but its rows (CDISC Dataset-JSON v1.1, LinkML schema of the standard). */
export const datasetJsonMetadataSchema = z.object({
  datasetJSONCreationDateTime: isoDatetimeSchema,
  datasetJSONVersion: z.string().regex(/^1\.1(\.\d+)?$/),
  itemGroupOID: z.string(),
  records: z.number().int().nonnegative(),
  name: z.string().min(1),
  label: z.string(),
  columns: z.array(datasetJsonColumnSchema).min(1),
});
export type DatasetJsonMetadata = z.infer<typeof datasetJsonMetadataSchema>;
