import { auditPageSchema, auditVerificationSchema, listAuditInput } from "../../services/audit/audit-schemas.ts";
import { pending } from "../pending.ts";
import { procedure, router } from "../trpc.ts";

export const auditRouter = router({
  list: procedure
    .input(listAuditInput)
    .output(auditPageSchema)
    .query(({ ctx, input }) => pending(ctx, input)),
  verify: procedure.output(auditVerificationSchema).query(({ ctx }) => pending(ctx)),
});
