import { z } from "zod";

type Schema = z.core.JSONSchema.BaseSchema;
type Path = readonly PropertyKey[];

/**
 * Names of the fields that a document may have at a path, by its schema; where the schema has several shapes, those of the
 * shapes that agree with the document.
 *
 * @param path - Path of the object inside the document.
 * @returns Names in the order of the schema; empty where it says nothing.
 */
export function schemaFields(schema: z.ZodType, document: unknown, path: Path): string[] {
  const root = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema;
  let value = document;
  let nodes = shapesOf(root, root, value);
  for (const key of path) {
    value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
    nodes = nodes.flatMap((node) => below(node, key).flatMap((inner) => shapesOf(root, inner, value)));
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

/** Schemas of what stands under a key. */
function below(node: Schema, key: PropertyKey): Schema[] {
  const property = typeof key === "string" ? node.properties?.[key] : undefined;
  const found = property ?? (typeof key === "number" ? node.items : node.additionalProperties);
  return typeof found === "object" && !Array.isArray(found) ? [found as Schema] : [];
}

/** Shapes without alternatives that a value may have: references followed, other fixed texts left out. */
function shapesOf(root: Schema, node: Schema, value: unknown): Schema[] {
  const parts = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])] as Schema[];
  if (node.$ref !== undefined) parts.push(referred(root, node.$ref));
  if (parts.length > 0) return parts.flatMap((part) => shapesOf(root, part, value));
  return agrees(node, value) ? [node] : [];
}

function referred(root: Schema, reference: string): Schema {
  if (reference === "#") return root;
  return reference
    .slice(2)
    .split("/")
    .reduce((node, part) => (node as Record<string, unknown>)[part] as Schema, root);
}

function agrees(node: Schema, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return node.type === "array";
  return Object.entries(node.properties ?? {}).every(([key, property]) => {
    const fixed = (property as Schema).const;
    return fixed === undefined || (value as Record<string, unknown>)[key] === fixed;
  });
}

/** Names sorted by likeness to a misspelt one, the most similar first; equally unlike ones keep their order. */
export function nearestFirst(name: string, known: readonly string[]): string[] {
  return known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
}

/** Fewest letters to insert, delete or replace (Levenshtein). */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++)
      next.push(
        Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (from.charAt(i - 1) === to.charAt(j - 1) ? 0 : 1)),
      );
    row = next;
  }
  return row[to.length]!;
}
