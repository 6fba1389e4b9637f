import { z } from "zod";
import { answeringRoleSchema, type ChecklistPoint } from "./checklist-point.ts";
import type { DossierEvidence } from "./evidence.ts";
import { SECTIONS } from "./sections.ts";

export const checklistItemSchema = z.object({
  id: z.string(),
  section: z.string(),
  text: z.string(),
  critical: z.boolean(),
  kind: z.enum(["machine", "human"]),
  /** Who must answer a human point; null for machine points. */
  role: answeringRoleSchema.nullable(),
  status: z.enum(["pass", "fail", "open", "not-applicable"]),
  /** What was found in the files, or who said so and when. */
  evidence: z.string(),
});
export type ChecklistItem = z.infer<typeof checklistItemSchema>;

/** Scores every point: machine points from the generated files, human points from what people have attested. */
export function evaluateChecklist(evidence: DossierEvidence): ChecklistItem[] {
  return SECTIONS.flatMap(({ title, points, notApplicable }) =>
    points.map((point): ChecklistItem => {
      const base = { id: point.id, section: title, text: point.text, critical: point.critical };
      const reason = notApplicable?.(evidence) ?? null;
      if (reason !== null) {
        return { ...base, kind: point.kind, role: roleOf(point), status: "not-applicable", evidence: reason };
      }
      if (point.kind === "machine") {
        const finding = point.check(evidence);
        return { ...base, kind: "machine", role: null, status: finding.status, evidence: finding.found };
      }
      const said = evidence.record.attestations.find((attestation) => attestation.pointId === point.id);
      return said === undefined
        ? { ...base, kind: "human", role: point.role, status: "open", evidence: `To be answered by: ${point.role}.` }
        : {
            ...base,
            kind: "human",
            role: point.role,
            status: "pass",
            evidence: `${said.person} (${said.role}), ${said.atUtc}: ${said.statement}`,
          };
    }),
  );
}

function roleOf(point: ChecklistPoint): ChecklistItem["role"] {
  return point.kind === "human" ? point.role : null;
}

/** Count per status, of all points or of the critical ones. */
export function countByStatus(items: readonly ChecklistItem[]): Record<ChecklistItem["status"], number> {
  const counts = { pass: 0, fail: 0, open: 0, "not-applicable": 0 };
  for (const item of items) counts[item.status]++;
  return counts;
}
