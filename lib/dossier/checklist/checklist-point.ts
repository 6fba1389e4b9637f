import { z } from "zod";
import { SECTION_TITLES, type SectionKey } from "../section-titles.ts";
import { type DossierEvidence, missingFrom, printedText, sectionText, tight } from "./evidence.ts";

export const answeringRoleSchema = z.enum(["sponsor", "statistician", "regulatory"]);
export type AnsweringRole = z.infer<typeof answeringRoleSchema>;

/** What a check found; `found` says it in one sentence. */
export interface Finding {
  readonly status: "pass" | "fail" | "not-applicable";
  readonly found: string;
}

/** One point of the report checklist. Machine points read the generated files; the others wait for a person. */
export type ChecklistPoint =
  | {
      readonly id: string;
      readonly critical: boolean;
      readonly text: string;
      readonly kind: "machine";
      readonly check: (evidence: DossierEvidence) => Finding;
    }
  | {
      readonly id: string;
      readonly critical: boolean;
      readonly text: string;
      readonly kind: "human";
      readonly role: AnsweringRole;
    };

export function machine(id: string, text: string, check: (evidence: DossierEvidence) => Finding): ChecklistPoint {
  return { ...identity(id), text, kind: "machine", check };
}

export function human(id: string, role: AnsweringRole, text: string): ChecklistPoint {
  return { ...identity(id), text, kind: "human", role };
}

/** "A1!" is critical, "A5" is not. */
function identity(id: string): { id: string; critical: boolean } {
  return { id: id.replace("!", ""), critical: id.endsWith("!") };
}

export const pass = (found: string): Finding => ({ status: "pass", found });
export const fail = (found: string): Finding => ({ status: "fail", found });
export const notApplicable = (found: string): Finding => ({ status: "not-applicable", found });

/** Passes when the condition holds. */
export function holds(condition: boolean, whenTrue: string, whenFalse: string): Finding {
  return condition ? pass(whenTrue) : fail(whenFalse);
}

/** Passes when every string is printed somewhere in the PDF. */
export function printed(evidence: DossierEvidence, wanted: readonly string[], what: string): Finding {
  return judgeMissing(missingFrom(printedText(evidence), wanted), wanted.length, what, "the PDF");
}

/** Passes when the section exists and prints every string. */
export function printedIn(
  evidence: DossierEvidence,
  key: SectionKey,
  wanted: readonly string[],
  what: string,
): Finding {
  const text = sectionText(evidence, key);
  const title = SECTION_TITLES[key];
  if (text === "") return fail(`There is no section "${title}".`);
  return judgeMissing(missingFrom(text, wanted), wanted.length, what, `section "${title}"`);
}

/** Passes when the section exists and its text matches every pattern (patterns apply to text without white space). */
export function matchedIn(
  evidence: DossierEvidence,
  key: SectionKey,
  patterns: readonly RegExp[],
  what: string,
): Finding {
  const text = sectionText(evidence, key);
  const title = SECTION_TITLES[key];
  if (text === "") return fail(`There is no section "${title}".`);
  const missing = patterns.filter((pattern) => !pattern.test(text));
  return missing.length === 0
    ? pass(`${what}: printed in section "${title}".`)
    : fail(`${what}: section "${title}" lacks ${missing.map((pattern) => pattern.source).join(", ")}.`);
}

/** The first finding that is not a pass, else the last. */
export function allOf(...findings: readonly Finding[]): Finding {
  return findings.find((finding) => finding.status !== "pass") ?? findings.at(-1) ?? fail("Nothing was checked.");
}

function judgeMissing(missing: readonly string[], wanted: number, what: string, where: string): Finding {
  if (missing.length === 0) return pass(`${what}: ${wanted} of ${wanted} found in ${where}.`);
  const shown = missing.slice(0, 3).map((one) => `"${shorten(one)}"`);
  return fail(`${what}: ${missing.length} of ${wanted} not found in ${where}, e.g. ${shown.join(", ")}.`);
}

function shorten(text: string): string {
  const compact = tight(text);
  return compact.length > 40 ? `${compact.slice(0, 40)}…` : text;
}
