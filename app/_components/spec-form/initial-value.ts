import type { SpecField, SpecNode, SpecRecord, SpecValue } from "./spec-node.ts";
import { firstChoice, optionsFor, type SpecVocabulary } from "./spec-vocabulary.ts";

/** What a new specification holds before anybody has typed: its defaults, and the primary endpoint and visit. */
export function initialValue(node: SpecNode, key: string, vocabulary: SpecVocabulary | null): SpecValue {
  if (node.kind === "fixed") return node.value;
  if (node.fallback !== undefined) return node.fallback;
  switch (node.kind) {
    case "choice":
      return node.options[0] ?? "";
    case "yes-no":
      return false;
    case "number":
      return "";
    case "numbers":
      return node.single ? "" : [];
    case "matrix":
    case "list":
      return [];
    case "texts":
      return startingTexts(key, vocabulary);
    case "text":
      return firstChoice(key, vocabulary);
    case "optional":
      return node.absent ?? null;
    case "by-name":
      return {};
    case "record":
      return initialRecord(node.fields, vocabulary);
    case "variant": {
      const shape = node.shapes[0];
      return shape === undefined ? {} : { [node.key]: shape.value, ...initialRecord(shape.fields, vocabulary) };
    }
  }
}

export function initialRecord(fields: readonly SpecField[], vocabulary: SpecVocabulary | null): SpecRecord {
  return Object.fromEntries(
    fields
      .filter(({ node }) => node.kind !== "optional" || node.fallback !== undefined)
      .map(({ key, node }) => [key, initialValue(node, key, vocabulary)]),
  );
}

/** Lists of visits start with all of them, other lists empty. */
function startingTexts(key: string, vocabulary: SpecVocabulary | null): string[] {
  if (!/visit/i.test(key)) return [];
  return (optionsFor(key, vocabulary) ?? []).map(({ value }) => value);
}
