import type { ReferenceCase, ReferenceFile } from "./reference-file.ts";
import type { ReferenceSet } from "./reference-set.ts";

/** A leaf of `expected` that the computed value does not meet. */
export interface Mismatch {
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
  /** Deviation over tolerance; infinite where one of the two is no number. */
  readonly ratio: number;
}

export interface CaseComparison {
  readonly compared: number;
  /** Largest deviation over tolerance among the leaves. */
  readonly worst: number;
  readonly worstPath: string;
  readonly mismatches: readonly Mismatch[];
}

/** Compares every leaf of the expected values with the computed ones. */
export function compareCase(
  item: ReferenceCase,
  file: ReferenceFile,
  set: ReferenceSet,
  actual: unknown,
): CaseComparison {
  const mismatches: Mismatch[] = [];
  let compared = 0;
  let worst = 0;
  let worstPath = "";
  // Published tables stand in `values`.
  const printed = item.expected ?? item.values;
  const expectedAt = (path: string) => path.split(".").reduce<unknown>(child, printed);

  const visit = (expected: unknown, given: unknown, path: string): void => {
    if (set.notCompared?.some((entry) => entry.path.test(path))) return;
    if (Array.isArray(expected)) {
      // A vector of length one may be written as a scalar, on either side.
      const list = Array.isArray(given) || ArrayBuffer.isView(given) ? given : [given];
      for (const [i, value] of expected.entries()) visit(value, child(list, String(i)), join(path, i));
      const length = (list as ArrayLike<unknown>).length;
      if (length !== expected.length)
        mismatches.push({ path: join(path, "length"), expected: expected.length, actual: length, ratio: Infinity });
      return;
    }
    if (expected !== null && typeof expected === "object") {
      for (const [key, value] of Object.entries(expected)) visit(value, child(given, key), join(path, key));
      return;
    }
    compared++;
    const scalar = Array.isArray(given) && given.length === 1 ? given[0] : given;
    const wanted = numberOf(expected);
    const found = numberOf(scalar);
    let ratio: number;
    if (wanted === null) {
      const missing = expected === null && (scalar === null || scalar === undefined || Number.isNaN(scalar));
      ratio = missing || expected === scalar ? 0 : Infinity;
    } else if (found === null || Number.isNaN(found)) ratio = Infinity;
    else if (!Number.isFinite(wanted) || wanted === found) ratio = wanted === found ? 0 : Infinity;
    else {
      const tolerance = set.tolerance({ path, expected: wanted, item, file, expectedAt });
      ratio = Math.abs(found - wanted) / tolerance;
    }
    if (ratio > worst) {
      worst = ratio;
      worstPath = path;
    }
    if (!(ratio <= 1)) mismatches.push({ path, expected, actual: scalar, ratio });
  };
  visit(printed, actual, "");
  return { compared, worst, worstPath, mismatches };
}

function child(parent: unknown, key: string): unknown {
  if (parent === null || parent === undefined) return undefined;
  // A vector of length one may be written as a scalar.
  if (typeof parent !== "object") return key === "0" ? parent : undefined;
  return (parent as Record<string, unknown>)[key];
}

const join = (path: string, key: string | number) => (path === "" ? String(key) : `${path}.${key}`);

/** Numbers and the texts "Inf" and "-Inf"; null for anything else. */
function numberOf(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (value === "Inf") return Infinity;
  if (value === "-Inf") return -Infinity;
  return null;
}
