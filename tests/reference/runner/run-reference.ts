import { basename } from "node:path";
import { z } from "zod";
import { disputedCases } from "../disputed.ts";
import { referenceSets } from "../sets/index.ts";
import { compareCase, type Mismatch } from "./compare-case.ts";
import { issueSentence, readReferenceFile } from "./reference-file.ts";
import { UnknownCaseError } from "./unknown-case-error.ts";

export interface FailedCase {
  readonly id: string;
  /** Why it could not be computed; null when it was and differs. */
  readonly error: string | null;
  readonly mismatches: readonly Mismatch[];
}

export interface ReferenceOutcome {
  readonly file: string;
  readonly cases: number;
  readonly passed: number;
  readonly failed: readonly FailedCase[];
  /** Cases whose only deviations are at values shown to be wrong in the reference. */
  readonly disputed: readonly { readonly id: string; readonly reason: string }[];
  /** Largest deviation over its tolerance among cases not disputed, and where. */
  readonly worst: { readonly ratio: number; readonly where: string };
}

/** Why a case could not be computed, in one line. */
function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) return `unknown kind of case: ${issueSentence(error)}`;
  const text = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, " ");
  if (error instanceof UnknownCaseError) return `unknown kind of case: ${text}`;
  // A field that the set needs and the case lacks.
  if (error instanceof TypeError) return `unknown kind of case: an input is missing or of another kind (${text})`;
  return text;
}

/**
 * Runs every case of a file; a case of a kind that no set knows fails.
 *
 * @throws ReferenceFileError when the file is not one of reference cases.
 */
export function runReferenceFile(path: string): ReferenceOutcome {
  const file = readReferenceFile(path);
  const name = basename(path, ".json");
  const set = referenceSets.find(({ files }) => files.test(name));
  const failed: FailedCase[] = [];
  const disputed: { id: string; reason: string }[] = [];
  let passed = 0;
  let worst = { ratio: 0, where: "" };
  for (const item of file.cases) {
    if (set === undefined) {
      failed.push({ id: item.id, error: `no method is known for the file ${name}`, mismatches: [] });
      continue;
    }
    try {
      const comparison = compareCase(item, file, set, set.evaluate(item, file));
      const open = comparison.mismatches.filter(
        (mismatch) =>
          !disputedCases.some((each) => each.file === name && each.id === item.id && each.path.test(mismatch.path)),
      );
      if (comparison.compared === 0) failed.push({ id: item.id, error: "nothing was compared", mismatches: [] });
      else if (open.length > 0) failed.push({ id: item.id, error: null, mismatches: open });
      else if (comparison.mismatches.length > 0) {
        const entry = disputedCases.find((each) => each.file === name && each.id === item.id);
        disputed.push({ id: item.id, reason: entry?.reason ?? "" });
      } else {
        passed++;
        if (comparison.worst > worst.ratio)
          worst = { ratio: comparison.worst, where: `${item.id}: ${comparison.worstPath}` };
      }
    } catch (error) {
      failed.push({ id: item.id, error: reasonOf(error), mismatches: [] });
    }
  }
  return { file: name, cases: file.cases.length, passed, failed, disputed, worst };
}
