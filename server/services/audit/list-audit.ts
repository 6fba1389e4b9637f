import { and, count, desc, eq, ilike, lt, or, type SQL } from "drizzle-orm";
import { auditEvent } from "../../../drizzle/schema/index.ts";
import type { AuditEvent } from "../../../lib/dossier/dossier-record.ts";
import type { ServiceContext } from "../context.ts";
import { studyInWorkspace } from "../study/access.ts";
import type { AuditPage, ListAuditInput } from "./audit-schemas.ts";

export async function listAudit(ctx: ServiceContext, input: ListAuditInput): Promise<AuditPage> {
  if (input.studyId !== undefined) await studyInWorkspace(ctx, input.studyId);
  const scope = and(
    eq(auditEvent.workspaceId, ctx.actor.workspaceId),
    input.studyId === undefined ? undefined : eq(auditEvent.chainId, input.studyId),
  );
  const matching = and(scope, textFilter(input.filter?.text), actionFilter(input.filter?.action));
  const rows = await ctx.db
    .select()
    .from(auditEvent)
    .where(and(matching, input.cursor === undefined ? undefined : lt(auditEvent.position, input.cursor)))
    .orderBy(desc(auditEvent.position))
    .limit(input.limit + 1);
  const page = rows.slice(0, input.limit);
  const [total] = await ctx.db.select({ count: count() }).from(auditEvent).where(matching);
  const actions = await ctx.db
    .selectDistinct({ action: auditEvent.action })
    .from(auditEvent)
    .where(scope)
    .orderBy(auditEvent.action);
  return {
    events: page.map(presentEvent),
    nextCursor: rows.length > input.limit ? (page.at(-1)?.position ?? null) : null,
    total: total?.count ?? 0,
    actions: actions.map((row) => row.action),
  };
}

export function presentEvent(row: typeof auditEvent.$inferSelect): AuditEvent {
  const { sequence, atUtc, actor, role, action, subject, change, reason, previousHash, hash } = row;
  return { sequence, atUtc, actor, role, action, subject, change, reason, previousHash, hash };
}

function textFilter(text: string | undefined): SQL | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const pattern = `%${text.trim().replace(/[\\%_]/g, "\\$&")}%`;
  const { actor, action, subject, change, reason } = auditEvent;
  return or(...[actor, action, subject, change, reason].map((column) => ilike(column, pattern)));
}

function actionFilter(action: string | undefined): SQL | undefined {
  return action === undefined || action === "" ? undefined : eq(auditEvent.action, action);
}
