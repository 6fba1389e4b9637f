import { describe, expect, it } from "vitest";
import { z } from "zod";
import { calculate } from "../../../lib/calculation/calculate.ts";
import { CALCULATION_EXAMPLES } from "../../../lib/calculation/calculation-examples.ts";
import { calculationSpecSchema } from "../../../lib/calculation/calculation-spec.ts";

type Json = z.core.JSONSchema.BaseSchema;
type Method = (typeof calculationSpecSchema.options)[number]["shape"]["method"]["value"];

const schemaOf = (schema: z.ZodType): Json =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" });

const alternativesOf = (schema: Json): Json[] => (schema.anyOf ?? schema.oneOf ?? []) as Json[];
const isNumber = (schema: Json) => schema.type === "number" || schema.type === "integer";
const isSeveral = (schema: Json) =>
  alternativesOf(schema).some(isNumber) && alternativesOf(schema).some((each) => each.type === "array");

/** Numeric fields that take one value only, by dotted path; parts of lists and data are named by their list. */
function singleFields(schema: Json, path: string): string[] {
  if (isSeveral(schema)) return [];
  const parts = alternativesOf(schema);
  if (parts.length > 0) return parts.flatMap((part) => (part.const === undefined ? singleFields(part, path) : []));
  if (isNumber(schema)) return schema.const === undefined ? [path] : [];
  if (schema.type === "array") return [];
  return Object.entries(schema.properties ?? {}).flatMap(([key, part]) =>
    singleFields(part as Json, path === "" ? key : `${path}.${key}`),
  );
}

/** Parameters of one boundary or one rule: a design has one of them, as it has one list of looks. */
const RULES = /^((test|approach\.test)\.)?(efficacy|futility)\./;

/** Calculations on the data of a trial, which has one plan and one result; nothing is planned with them. */
const ON_DATA: readonly Method[] = ["interim-analysis", "sample-size-reestimation", "multiplicity"];

describe("every numeric field of a plan takes several values", () => {
  const plans = calculationSpecSchema.options.filter((schema) => !ON_DATA.includes(schema.shape.method.value));
  it.each(plans.map((schema) => [schema.shape.method.value, schema] as const))("%s", (_, schema) => {
    const single = [...new Set(singleFields(schemaOf(schema), ""))].filter((path) => !RULES.test(path));
    expect(single).toEqual([]);
  });
});

/** What each calculation can be solved for; those without a size decide about data or bounds. */
const SOLVED: Readonly<Partial<Record<Method, readonly string[]>>> = {
  survival: ["sample-size", "events", "power", "effect", "alpha", "duration"],
  "group-sequential-survival": ["sample-size", "power", "effect", "alpha", "duration"],
};
const WITHOUT_SIZE: readonly Method[] = ["group-sequential-design", ...ON_DATA];

describe("every calculation with a size is solved for size, power, effect and type I error", () => {
  const sized = calculationSpecSchema.options.filter((schema) => !WITHOUT_SIZE.includes(schema.shape.method.value));
  it.each(sized.map((schema) => [schema.shape.method.value, schema] as const))("%s", (method, schema) => {
    const { solveFor } = schemaOf(schema).properties as Record<string, Json>;
    expect(solveFor?.enum).toEqual(SOLVED[method] ?? ["sample-size", "power", "effect", "alpha"]);
  });

  const names: Readonly<Record<string, string>> = {
    "one-rate": "rate",
    "two-rates": "experimentalRate",
    "exact-rates": "experimentalRate",
    "equivalence-rates": "experimentalRate",
    "sequential-rates": "experimentalRate",
    "two-counts": "rateRatio",
    survival: "hazardRatio",
    "group-sequential-survival": "hazardRatio",
  };
  /** Exact tests have error levels in steps, which no size, effect or error meets exactly. */
  const stepped = ["exact-rates"];
  it.each(sized.map((schema) => schema.shape.method.value).filter((method) => !stepped.includes(method)))(
    "%s: effect and type I error found at a size have the power asked for",
    (method) => {
      const effect = names[method] ?? "effect";
      const example = CALCULATION_EXAMPLES[method] as Record<string, unknown>;
      const error =
        method.startsWith("sequential") || method === "group-sequential-survival" ? "oneSidedAlpha" : "alpha";
      const base = Object.fromEntries(
        Object.entries({ ...example, power: 0.85, total: method === "equivalence-means" ? 60 : 500 }).filter(
          ([key]) => key !== error && key !== "rSquared",
        ),
      );
      const start = method === "ancova" ? { ...base, rSquared: 0.3 } : base;
      const direction =
        Number(example[effect]) < (effect === "rateRatio" || effect === "hazardRatio" ? 1 : 0) ? "less" : "greater";
      const towards = method === "equivalence-means" ? { direction: "greater" } : { direction };
      const answer = (spec: Record<string, unknown>) => {
        const report = calculate(calculationSpecSchema.parse(spec));
        const results = report.tables.find(({ id }) => id === "results")!;
        const solved = { power: /^Power$/, effect: /./, alpha: /type I error/i }[String(spec.solveFor) as "power"];
        const at = results.columns.findIndex(({ title }) => solved.test(title));
        return Number(results.rows[0]![at]);
      };
      const { power: _, ...powerless } = start as Record<string, unknown>;
      const alpha = answer({ ...start, solveFor: "alpha" });
      const keepsPower = error === "oneSidedAlpha" ? start : powerless;
      expect(answer({ ...keepsPower, [error]: alpha, solveFor: "power" })).toBeCloseTo(0.85, 7);
      const { [effect]: __, ...effectless } = start as Record<string, unknown>;
      const found = answer({ ...effectless, ...towards, solveFor: "effect" });
      expect(answer({ ...keepsPower, [effect]: found, solveFor: "power" })).toBeCloseTo(0.85, 7);
    },
  );
});
