import { EVIDENCE_PARTS, rounded } from "./evidence-parts.ts";

/** A step of a part, or its end given the results of all steps. */
export type EvidenceTask = { readonly part: string } & (
  | { readonly kind: "step"; readonly step: unknown }
  | { readonly kind: "finish"; readonly results: readonly unknown[] }
);

/** Works in a thread. */
export default function workOnEvidence(task: EvidenceTask): unknown {
  const part = EVIDENCE_PARTS.find(({ id }) => id === task.part);
  if (part === undefined) throw new Error(`no such part: ${task.part}`);
  return task.kind === "step" ? part.run(task.step) : rounded(part.finish(task.results));
}
