import { randomUUID } from "node:crypto";
import { member, workspace } from "../../drizzle/schema/index.ts";
import type { SignedIn } from "../../server/auth/auth.ts";
import { hashPassword } from "../../server/auth/password.ts";
import type { Role } from "../../server/auth/permissions.ts";
import type { Db } from "../../server/db/client.ts";
import type { Database } from "../../server/db/open-database.ts";
import type { JobQueue } from "../../server/jobs/queue.ts";
import { createThreadPool, type ThreadPool } from "../../server/jobs/thread-pool.ts";
import type { ServiceContext } from "../../server/services/context.ts";
import { createCaller } from "../../server/trpc/root.ts";
import { repositoryPath } from "./shared.ts";

export const testPassword = "correct horse battery staple";
let sharedHash: Promise<string> | undefined;

export async function createWorkspace(db: Db, name = "Test workspace"): Promise<string> {
  const id = randomUUID();
  await db.insert(workspace).values({ id, name, createdAt: new Date() });
  return id;
}

/** A member of the workspace with `testPassword`. */
export async function createMember(
  db: Db,
  workspaceId: string,
  role: Role,
  temporaryPassword = false,
): Promise<SignedIn> {
  sharedHash ??= hashPassword(testPassword);
  const userId = randomUUID();
  const email = `${role}.${userId.slice(0, 8)}@example.org`;
  const name = `Test ${role}`;
  await db.insert(member).values({
    id: userId,
    workspaceId,
    email,
    name,
    role,
    passwordHash: await sharedHash,
    temporaryPassword,
    createdAt: new Date(),
  });
  return { kind: "user", userId, name, email, role, workspaceId, temporaryPassword };
}

/** Remembers what was handed over instead of working on it. */
export function recordingQueue(): JobQueue & { readonly enqueued: string[]; readonly aborted: string[] } {
  const enqueued: string[] = [];
  const aborted: string[] = [];
  return {
    enqueued,
    aborted,
    enqueue: async (_tx, jobId) => {
      enqueued.push(jobId);
    },
    abort: (jobId) => {
      aborted.push(jobId);
    },
  };
}

let sharedThreads: ThreadPool | undefined;

/** Threads of this test process; they end when idle. */
export function testThreads(): ThreadPool {
  sharedThreads ??= createThreadPool(repositoryPath("."), 2);
  return sharedThreads;
}

export function contextOf(database: Database, actor: SignedIn, jobs: JobQueue = recordingQueue()): ServiceContext {
  const { db, storage } = database;
  const root = repositoryPath(".");
  return { db, storage, actor, jobs, threads: testThreads(), now: () => new Date(), root };
}

/** Calls procedures as this person, through the same checks as over the network. */
export function callerOf(database: Database, actor: SignedIn, jobs?: JobQueue) {
  return createCaller({
    service: contextOf(database, actor, jobs),
    log: (_id, thrown) => console.error("unexpected error in a procedure:", thrown),
  });
}
