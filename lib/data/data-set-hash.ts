import { canonicalJson } from "../numerics/canonical-json.ts";
import { sha256Hex } from "../numerics/sha256.ts";
import type { LongDataSet } from "./long-data-set.ts";
import type { MappingSpec } from "./mapping-spec.ts";

/** SHA-256 of the canonical JSON of an assembled data set: the identity every later result cites. */
export function dataSetHash(data: LongDataSet): string {
  return sha256Hex(canonicalJson(data));
}

/** SHA-256 of the canonical JSON of a mapping document. */
export function mappingHash(mapping: MappingSpec): string {
  return sha256Hex(canonicalJson(mapping));
}
