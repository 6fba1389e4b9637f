import { getTableName, is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as schema from "../../../drizzle/schema/index.ts";
import { verifyWorkspace } from "../../../server/audit/verify-chain.ts";
import type { SignedIn } from "../../../server/auth/auth.ts";
import { type Database, openDatabase } from "../../../server/db/open-database.ts";
import { moveWorkspaces, tablesInOrder } from "../../../server/move-workspace.ts";
import { storeFile } from "../../../server/services/stored-file.ts";
import { callerOf, createMember, createWorkspace } from "../../support/actors.ts";
import { embeddedTestDatabase, postgresMissing, testEnvironment } from "../../support/database.ts";
import { type PostgresCluster, postgresBinaries, startPostgresCluster } from "../../support/postgres-cluster.ts";
import { createSmallStudy } from "../../support/small-study.ts";

const bin = postgresBinaries();
if (bin === null) {
  if (process.env.CI !== undefined) throw new Error(postgresMissing);
  console.warn(`SKIPPED: ${postgresMissing}`);
}

it("a move copies every table", () => {
  const all = Object.values(schema).filter((item) => is(item, PgTable));
  expect(tablesInOrder.map(getTableName).sort()).toEqual(all.map((table) => getTableName(table as PgTable)).sort());
});

describe.skipIf(bin === null)("moving a workspace from the embedded database to PostgreSQL", () => {
  let embedded: Database;
  let cluster: PostgresCluster;
  let target: Database;
  let ada: SignedIn;
  let studyId: string;

  beforeAll(async () => {
    embedded = await embeddedTestDatabase();
    const { db } = embedded;
    ada = await createMember(db, await createWorkspace(db), "admin");
    studyId = await createSmallStudy(embedded, ada, "Moved — with accents: é, 日本");
    await callerOf(embedded, ada).study.lockPlan({ studyId, reason: "because it is ready" });
    await db.transaction((tx) => storeFile(tx, ada.workspaceId, new Uint8Array(5_000_000).fill(7), new Date()));
    cluster = await startPostgresCluster(bin ?? "");
    target = await openDatabase(testEnvironment({ DATABASE_URL: await cluster.createDatabase() }));
  });
  afterAll(async () => {
    await target?.close();
    await cluster?.stop();
    await embedded?.close();
  });

  it("keeps every row, the files and the audit chain", async () => {
    const copied = await moveWorkspaces(embedded.db, target.db);
    expect(copied.get("stored_file_part")).toBe(3);
    expect(copied.get("audit_event")).toBe(2);
    const before = await verifyWorkspace(embedded.db, ada.workspaceId);
    expect(await verifyWorkspace(target.db, ada.workspaceId)).toEqual(before);
    const there = await callerOf(target, ada).study.get({ studyId });
    const here = await callerOf(embedded, ada).study.get({ studyId });
    expect(there).toEqual(here);
  });

  it("lets the work go on: new events continue the chain", async () => {
    await callerOf(target, ada).members.add({ name: "Bob", email: "bob@example.org", role: "sponsor" });
    await createSmallStudy(target, ada, "After the move");
    expect(await verifyWorkspace(target.db, ada.workspaceId)).toMatchObject({ ok: true, events: 4 });
  });

  it("refuses a database that already holds a workspace, and changes nothing there", async () => {
    const before = await verifyWorkspace(target.db, ada.workspaceId);
    await expect(moveWorkspaces(embedded.db, target.db)).rejects.toThrow("already holds a workspace");
    expect(await verifyWorkspace(target.db, ada.workspaceId)).toEqual(before);
  });
});
