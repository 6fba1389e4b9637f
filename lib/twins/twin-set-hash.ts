import { canonicalJson } from "../numerics/canonical-json.ts";
import { sha256Hex } from "../numerics/sha256.ts";
import type { TwinSet } from "./twin-document.ts";

/**
 * The seal of a set of twins: SHA-256 of the canonical JSON of everything but the seal itself.
 *
 * @param twins - A set, with or without its hash.
 * @returns 64 hexadecimal digits; equal to `twins.hash` when nothing was changed.
 */
export function twinSetHash(twins: Omit<TwinSet, "hash"> & { readonly hash?: string }): string {
  const { hash: _, ...content } = twins;
  return sha256Hex(canonicalJson(content));
}
