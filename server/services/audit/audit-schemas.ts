import { z } from "zod";
import { auditEventSchema } from "../../../lib/dossier/dossier-record.ts";

export const listAuditInput = z.object({
  studyId: z.uuid().optional(),
  /** `nextCursor` of the page before; older events follow. */
  cursor: z.number().int().positive().optional(),
  limit: z.number().int().min(1).max(200).default(50),
  filter: z
    .object({
      /** Found in actor, action, subject, change or reason. */
      text: z.string().max(200).optional(),
      action: z.string().max(80).optional(),
    })
    .optional(),
});
export type ListAuditInput = z.infer<typeof listAuditInput>;

export const auditPageSchema = z.object({
  events: z.array(auditEventSchema),
  nextCursor: z.number().int().nullable(),
  /** Events that match, on all pages. */
  total: z.number().int(),
  /** Actions that occur, for the filter. */
  actions: z.array(z.string()),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

export const auditVerificationSchema = z.object({
  ok: z.boolean(),
  events: z.number().int(),
  /** Of all chains of the workspace together; `sequence` is the number of events. */
  head: z.object({ sequence: z.number().int(), hash: z.string() }),
  firstBroken: z.object({ sequence: z.number().int(), problem: z.string() }).nullable(),
});
export type AuditVerification = z.infer<typeof auditVerificationSchema>;
