import { z } from "zod";

/** A value of a specification while it is edited. */
export type SpecValue = string | number | boolean | null | readonly SpecValue[] | { readonly [key: string]: SpecValue };
export type SpecRecord = { readonly [key: string]: SpecValue };

/** What a field of a specification takes, read from its schema; a form draws one control for each. */
export type SpecNode = { readonly label: string; readonly description: string; readonly fallback?: SpecValue } & (
  | { readonly kind: "fixed"; readonly value: SpecValue }
  | { readonly kind: "choice"; readonly options: readonly (string | number)[] }
  | { readonly kind: "yes-no" }
  | { readonly kind: "number"; readonly whole: boolean }
  /** One number or several. */
  | { readonly kind: "numbers"; readonly single: boolean }
  | { readonly kind: "matrix" }
  | { readonly kind: "text" }
  | { readonly kind: "texts" }
  | { readonly kind: "record"; readonly fields: readonly SpecField[] }
  /** A value for each of some names, e.g. arms; names without one are left out. */
  | { readonly kind: "by-name"; readonly each: SpecNode }
  | { readonly kind: "list"; readonly item: SpecNode }
  /** One of several shapes, told apart by a fixed text; `key` names its field. */
  | { readonly kind: "variant"; readonly key: string; readonly shapes: readonly SpecShape[] }
  /** May be left out; `absent` then stands in its place, nothing at all when undefined. */
  | { readonly kind: "optional"; readonly inner: SpecNode; readonly absent: SpecValue | undefined }
);

export interface SpecField {
  readonly key: string;
  readonly node: SpecNode;
}

export interface SpecShape {
  readonly value: string;
  readonly label: string;
  readonly description: string;
  readonly fields: readonly SpecField[];
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The form of a schema; parts that a form cannot draw become a text field that holds JSON. */
export function specNodeOf(schema: z.ZodType, label = ""): SpecNode {
  const root = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" });
  return nodeOf(root, label);
}

function nodeOf(schema: JsonSchema, label: string): SpecNode {
  const about = {
    label: typeof schema.title === "string" ? schema.title : label,
    description: schema.description ?? "",
    ...(schema.default === undefined ? {} : { fallback: schema.default as SpecValue }),
  };
  if (schema.const !== undefined) return { ...about, kind: "fixed", value: schema.const as SpecValue };
  if (Array.isArray(schema.enum)) {
    const options = schema.enum.filter((option) => typeof option === "string" || typeof option === "number");
    return { ...about, kind: "choice", options };
  }
  const shapes = alternatives(schema);
  if (shapes !== null) return unionOf(shapes, about);
  switch (schema.type) {
    case "boolean":
      return { ...about, kind: "yes-no" };
    case "number":
    case "integer":
      return { ...about, kind: "number", whole: schema.type === "integer" };
    case "array":
      return { ...about, ...listOf(schema) };
    case "object": {
      const each = schema.additionalProperties;
      if (typeof each === "object" && schema.properties === undefined)
        return { ...about, kind: "by-name", each: nodeOf(each as JsonSchema, "") };
      return { ...about, kind: "record", fields: fieldsOf(schema) };
    }
    default:
      return { ...about, kind: "text" };
  }
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] | null {
  // Without limits a number or null is written as one type with two names.
  const types: unknown = schema.type;
  if (Array.isArray(types)) return types.map((type: JsonSchema["type"]) => ({ type }) as JsonSchema);
  const found = schema.anyOf ?? schema.oneOf;
  return found === undefined ? null : (found as readonly JsonSchema[]);
}

function unionOf(
  shapes: readonly JsonSchema[],
  about: { label: string; description: string; fallback?: SpecValue },
): SpecNode {
  const known = shapes.filter((shape) => shape.type !== "null");
  if (known.length < shapes.length) {
    const inner = known.length === 1 && known[0] !== undefined ? nodeOf(known[0], about.label) : unionOf(known, about);
    return { fallback: null, ...about, kind: "optional", inner, absent: null };
  }
  if (known.every((shape) => shape.const !== undefined))
    return { ...about, kind: "choice", options: known.map((shape) => shape.const as string | number) };
  const [word, ...others] = known;
  if (typeof word?.const === "string" && others.length > 0 && others.every((shape) => shape.const === undefined)) {
    const inner =
      others.length === 1 && others[0] !== undefined ? nodeOf(others[0], about.label) : unionOf(others, about);
    return { ...about, kind: "optional", inner, absent: word.const };
  }
  const key = discriminant(known);
  if (key !== null) {
    return {
      ...about,
      kind: "variant",
      key,
      shapes: known.map((shape) => {
        const value = String((shape.properties?.[key] as JsonSchema | undefined)?.const);
        return {
          value,
          label: typeof shape.title === "string" ? shape.title : wordsOf(value),
          description: shape.description ?? "",
          fields: fieldsOf(shape).filter((field) => field.key !== key),
        };
      }),
    };
  }
  const first = known[0];
  const several = known.find((shape) => shape.type === "array");
  if (first !== undefined && several !== undefined && known.length === 2) {
    const list = listOf(several);
    if (list.kind === "numbers") return { ...about, kind: "numbers", single: true };
  }
  return first === undefined ? { ...about, kind: "text" } : { ...nodeOf(first, about.label), ...about };
}

/** The field that has a different fixed text in every shape. */
function discriminant(shapes: readonly JsonSchema[]): string | null {
  const keys = Object.keys(shapes[0]?.properties ?? {});
  const found = keys.find((key) => {
    const values = shapes.map((shape) => (shape.properties?.[key] as JsonSchema | undefined)?.const);
    return values.every((value) => typeof value === "string") && new Set(values).size === shapes.length;
  });
  return found ?? null;
}

function listOf(
  schema: JsonSchema,
): { kind: "numbers"; single: boolean } | { kind: "matrix" } | { kind: "texts" } | { kind: "list"; item: SpecNode } {
  const item = (Array.isArray(schema.items) ? schema.items[0] : schema.items) as JsonSchema | undefined;
  if (item?.type === "number" || item?.type === "integer") return { kind: "numbers", single: false };
  if (item?.type === "string" && item.enum === undefined) return { kind: "texts" };
  const inner = item?.items as JsonSchema | undefined;
  if (item?.type === "array" && (inner?.type === "number" || inner?.type === "integer")) return { kind: "matrix" };
  return { kind: "list", item: nodeOf(item ?? {}, "") };
}

function fieldsOf(schema: JsonSchema): SpecField[] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([key, property]) => {
    const node = nodeOf(property as JsonSchema, wordsOf(key));
    const leftOut =
      !required.has(key) && node.fallback === undefined && node.kind !== "fixed" && node.kind !== "optional";
    return {
      key,
      node: leftOut
        ? { label: node.label, description: node.description, kind: "optional", inner: node, absent: undefined }
        : node,
    };
  });
}

/** Choices that people know by a name of their own. */
const NAMES: Readonly<Record<string, string>> = {
  "lan-demets-obrien-fleming": "Lan–DeMets, O'Brien–Fleming type",
  "lan-demets-pocock": "Lan–DeMets, Pocock type",
  "hwang-shih-decani": "Hwang–Shih–DeCani",
  "kim-demets": "Kim–DeMets (power family)",
  "obrien-fleming": "O'Brien–Fleming",
  pocock: "Pocock",
  "wang-tsiatis": "Wang–Tsiatis",
  "pampallona-tsiatis": "Pampallona–Tsiatis (meets the efficacy bound)",
  "haybittle-peto": "Haybittle–Peto",
  "inverse-normal": "Inverse normal combination",
  fisher: "Fisher",
  "kenward-roger": "Kenward–Roger",
  "kenward-roger-linear": "Kenward–Roger (linear)",
  satterthwaite: "Satterthwaite",
  reml: "REML",
  ml: "ML",
  efron: "Efron",
  breslow: "Breslow",
  holm: "Holm",
  hochberg: "Hochberg",
  hommel: "Hommel",
  bonferroni: "Bonferroni",
  JR: "Jump to reference",
  CR: "Copy reference",
  CIR: "Copy increments in reference",
  LMCF: "Last mean carried forward",
  MAR: "Missing at random",
  ye: "Ye et al.",
  "ar1-heterogeneous": "AR(1), heterogeneous",
  ar1: "AR(1)",
  schoenfeld: "Schoenfeld",
  freedman: "Freedman",
  "hsieh-freedman": "Hsieh–Freedman",
  "lachin-foulkes": "Lachin–Foulkes",
  noether: "Noether",
  "owens-q": "Owen's Q",
  boschloo: "Boschloo",
  "farrington-manning": "Farrington–Manning",
  firth: "Firth",
  n: "N",
};

/** "randomizationRatio" → "Randomization ratio", "dropped-out" → "Dropped out", "pocock" → "Pocock". */
export function wordsOf(name: string): string {
  const known = NAMES[name];
  if (known !== undefined) return known;
  const spaced = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[-_]+/g, " ")
    .trim();
  const lower = spaced
    .split(" ")
    .map((word) => (/^[A-Z0-9]{2,}$/.test(word) ? word : word.toLowerCase()))
    .join(" ");
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

const valueSchema: z.ZodType<SpecValue> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(valueSchema), z.record(z.string(), valueSchema)]),
);

/** A specification as it stands in an address. */
export const specRecordSchema: z.ZodType<SpecRecord> = z.record(z.string(), valueSchema);
