import { parseFrozenModel } from "../lib/progression/frozen-model.ts";
import { type FrozenModel, frozenModelSchema } from "../lib/progression/model-document.ts";
import { checkDocument, readJson } from "./documents.ts";

/** A frozen model; one that was changed after freezing is refused. */
export function readModel(path: string, option: string): FrozenModel {
  const document = readJson(path, option);
  checkDocument(document, frozenModelSchema, `${option} ${path}`);
  return parseFrozenModel(document);
}
