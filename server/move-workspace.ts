import { count, getTableName, gt, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import * as schema from "../drizzle/schema/index.ts";
import { verifyWorkspace } from "./audit/verify-chain.ts";
import type { Db } from "./db/client.ts";
import { StartupError } from "./startup-error.ts";

/** Every table, each after those it refers to. The two large ones are copied piece by piece. */
export const tablesInOrder: readonly PgTable[] = [
  schema.workspace,
  schema.member,
  schema.signInThrottle,
  schema.storedFile,
  schema.storedFilePart,
  schema.study,
  schema.upload,
  schema.dataset,
  schema.job,
  schema.progressionModel,
  schema.twinSet,
  schema.sizing,
  schema.design,
  schema.scenario,
  schema.simulationRun,
  schema.simulationChunk,
  schema.plannedAnalysis,
  schema.analysisRun,
  schema.calculation,
  schema.dossier,
  schema.dossierFile,
  schema.attestation,
  schema.dossierRequest,
  schema.signature,
  schema.auditChain,
  schema.auditEvent,
];

const ROWS_AT_ONCE = 200;

/**
 * Copies everything from one database to an empty one in a single transaction, then compares row counts and verifies the
 * audit chains on the other side. Unfinished jobs are queued again by the first server that starts there.
 *
 * @returns Rows copied, by table.
 */
export async function moveWorkspaces(from: Db, to: Db): Promise<Map<string, number>> {
  return to.transaction(async (target) => {
    const [present] = await target.select({ count: count() }).from(schema.workspace);
    if ((present?.count ?? 0) > 0) {
      throw new StartupError(
        "The PostgreSQL database already holds a workspace. Move into an empty database; nothing was changed.",
      );
    }
    const copied = new Map<string, number>();
    for (const table of tablesInOrder) copied.set(getTableName(table), await copyTable(from, target, table));
    await continueNumbering(target);
    await compare(from, target);
    return copied;
  });
}

async function copyTable(from: Db, target: Db, table: PgTable): Promise<number> {
  if (table === schema.storedFilePart) return copyFileParts(from, target);
  if (table === schema.auditEvent) return copyEvents(from, target);
  const rows = await from.select().from(table);
  for (let first = 0; first < rows.length; first += ROWS_AT_ONCE) {
    await target.insert(table).values(rows.slice(first, first + ROWS_AT_ONCE));
  }
  return rows.length;
}

async function copyFileParts(from: Db, target: Db): Promise<number> {
  const { storedFilePart } = schema;
  const parts = await from.select({ fileId: storedFilePart.fileId, part: storedFilePart.part }).from(storedFilePart);
  for (const { fileId, part } of parts) {
    const rows = await from
      .select()
      .from(storedFilePart)
      .where(sql`${storedFilePart.fileId} = ${fileId} and ${storedFilePart.part} = ${part}`);
    await target.insert(storedFilePart).values(rows);
  }
  return parts.length;
}

async function copyEvents(from: Db, target: Db): Promise<number> {
  const { auditEvent } = schema;
  let copied = 0;
  let position = 0;
  for (;;) {
    const rows = await from
      .select()
      .from(auditEvent)
      .where(gt(auditEvent.position, position))
      .orderBy(auditEvent.position)
      .limit(ROWS_AT_ONCE);
    const last = rows.at(-1);
    if (last === undefined) return copied;
    await target.insert(auditEvent).values(rows);
    copied += rows.length;
    position = last.position;
  }
}

/** New events are numbered after those that came along. */
async function continueNumbering(target: Db): Promise<void> {
  const sequence = sql`pg_get_serial_sequence('audit_event', 'position')`;
  const last = sql`coalesce((select max(position) from audit_event), 0)`;
  await target.execute(sql`select setval(${sequence}, ${last} + 1, false)`);
}

async function compare(from: Db, target: Db): Promise<void> {
  for (const table of tablesInOrder) {
    const [before] = await from.select({ count: count() }).from(table);
    const [after] = await target.select({ count: count() }).from(table);
    if (before?.count !== after?.count) {
      throw new StartupError(
        `Table ${getTableName(table)} has ${before?.count} rows here and ${after?.count} there. Nothing was moved: stop the server, then try again.`,
      );
    }
  }
  for (const { id, name } of await target.select().from(schema.workspace)) {
    const there = await verifyWorkspace(target, id);
    const here = await verifyWorkspace(from, id);
    if (!there.ok || there.head.hash !== here.head.hash) {
      throw new StartupError(
        `The audit trail of ${name} is not intact: ${(there.firstBroken ?? here.firstBroken)?.problem ?? "heads differ"}. Nothing was moved.`,
      );
    }
  }
}
