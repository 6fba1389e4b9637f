import { gunzipSync, gzipSync } from "node:zlib";
import type { z } from "zod";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";

/** A document as it is stored: gzip of its canonical JSON. */
export type PackedDocument = Uint8Array;

export function packDocument(value: unknown): PackedDocument {
  return gzipSync(canonicalJson(value), { level: 5 });
}

export function unpackDocument<S extends z.ZodType>(packed: PackedDocument, schema: S): z.output<S> {
  return schema.parse(JSON.parse(gunzipSync(packed).toString("utf8")));
}
