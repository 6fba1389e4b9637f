import { z } from "zod";

/** Colours carry meaning, the same on page and paper; see `theme.ts`. */
export const chartRoleSchema = z.enum([
  "control",
  "experimental",
  "twin",
  "external",
  "history",
  "neutral",
  "warning",
  "failure",
]);
export type ChartRole = z.infer<typeof chartRoleSchema>;

const axisSchema = z.object({
  title: z.string(),
  /** Printed after the title in parentheses; empty when dimensionless. */
  unit: z.string(),
  scale: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("linear"), minimum: z.number().nullable(), maximum: z.number().nullable() }),
    z.object({ kind: z.literal("category"), categories: z.array(z.string()) }),
  ]),
});

const named = { name: z.string(), role: chartRoleSchema };

/** On a category axis the coordinate is the 0-based index of the category. */
export const chartLayerSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("line"),
    ...named,
    points: z.array(z.tuple([z.number(), z.number()])),
    dashed: z.boolean(),
    markers: z.boolean(),
  }),
  /** [x, lower, upper]; `strength` 1 (faint) … 3 (strong): three opacities of the role's colour. */
  z.object({
    type: z.literal("band"),
    ...named,
    points: z.array(z.tuple([z.number(), z.number(), z.number()])),
    strength: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  }),
  z.object({
    type: z.literal("points"),
    ...named,
    points: z.array(z.tuple([z.number(), z.number()])),
    labels: z.array(z.string()).nullable(),
  }),
  /** Estimates with intervals; horizontal intervals lie along x at height `at`. */
  z.object({
    type: z.literal("intervals"),
    ...named,
    orientation: z.enum(["vertical", "horizontal"]),
    items: z.array(
      z.object({ at: z.number(), value: z.number(), lower: z.number(), upper: z.number(), label: z.string() }),
    ),
  }),
  z.object({ type: z.literal("bars"), ...named, items: z.array(z.tuple([z.number(), z.number()])) }),
  /** Reference line across the plot, e.g. the null. */
  z.object({ type: z.literal("rule"), ...named, axis: z.enum(["x", "y"]), at: z.number() }),
  /** The identity line y = x. */
  z.object({ type: z.literal("diagonal"), ...named }),
]);
export type ChartLayer = z.infer<typeof chartLayerSchema>;

/** One chart, drawn from the same document on the page and in the PDF. Titles say what it shows. */
export const chartSpecificationSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("cartesian"),
    title: z.string(),
    description: z.string(),
    x: axisSchema,
    y: axisSchema,
    layers: z.array(chartLayerSchema),
  }),
  z.object({
    kind: z.literal("heat-map"),
    title: z.string(),
    description: z.string(),
    columns: z.array(z.string()),
    rows: z.array(z.string()),
    /** [row][column]; null = not computed. `text` is what the cell prints. */
    cells: z.array(z.array(z.object({ value: z.number(), text: z.string() }).nullable())),
    valueTitle: z.string(),
    domain: z.object({ minimum: z.number(), maximum: z.number() }),
  }),
]);
export type ChartSpecification = z.infer<typeof chartSpecificationSchema>;
