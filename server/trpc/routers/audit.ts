import { verifyWorkspace } from "../../audit/verify-chain.ts";
import { auditPageSchema, auditVerificationSchema, listAuditInput } from "../../services/audit/audit-schemas.ts";
import { listAudit } from "../../services/audit/list-audit.ts";
import { procedure, router } from "../trpc.ts";

export const auditRouter = router({
  list: procedure
    .input(listAuditInput)
    .output(auditPageSchema)
    .query(({ ctx, input }) => listAudit(ctx, input)),
  verify: procedure.output(auditVerificationSchema).query(({ ctx }) => verifyWorkspace(ctx.db, ctx.actor.workspaceId)),
});
