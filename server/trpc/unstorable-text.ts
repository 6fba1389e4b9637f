const UNSTORABLE = /\p{Surrogate}|\0/u;

/** Path of the first text that PostgreSQL cannot store (NUL, lone surrogate), or null. */
export function findUnstorableText(value: unknown, path = "input"): string | null {
  if (typeof value === "string") return UNSTORABLE.test(value) ? path : null;
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return null;
  for (const [key, item] of Object.entries(value)) {
    if (UNSTORABLE.test(key)) return path;
    const found = findUnstorableText(item, path === "input" ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}
