import { randomUUID } from "node:crypto";
import { count } from "drizzle-orm";
import { member, workspace } from "../drizzle/schema/index.ts";
import { sampleStudies } from "../lib/samples/index.ts";
import { recordEvent } from "./audit/record-event.ts";
import { hashPassword, randomPassword } from "./auth/password.ts";
import type { Db } from "./db/client.ts";
import { contextFor, type Runtime } from "./runtime.ts";
import { openSample } from "./services/study/open-sample.ts";

export interface FirstSignIn {
  readonly workspaceId: string;
  readonly email: string;
  /** Known only here and now: what is stored is its hash. */
  readonly password: string;
}

const FIRST_ADMIN = { name: "First administrator", email: "admin@understudy.local" };
const FIRST_WORKSPACE = "Sample workspace";
const INSTALLER = "Understudy";

/** Creates the first workspace and its administrator when nobody can sign in yet; null otherwise. */
export async function createFirstAdmin(db: Db, now: Date): Promise<FirstSignIn | null> {
  const password = randomPassword();
  const passwordHash = await hashPassword(password);
  const workspaceId = randomUUID();
  const created = await db.transaction(async (tx) => {
    const [members] = await tx.select({ count: count() }).from(member);
    if ((members?.count ?? 0) > 0) return false;
    await tx.insert(workspace).values({ id: workspaceId, name: FIRST_WORKSPACE, createdAt: now });
    await tx.insert(member).values({
      id: randomUUID(),
      workspaceId,
      ...FIRST_ADMIN,
      role: "admin",
      passwordHash,
      // Random, shown once to whoever started the program: nobody else gave it, so it may stay.
      temporaryPassword: false,
      createdAt: now,
    });
    await recordEvent(tx, { kind: "system", name: INSTALLER, workspaceId }, now, {
      action: "member.add",
      subject: `member ${FIRST_ADMIN.email}`,
      change: "first administrator created with a random password",
    });
    return true;
  });
  return created ? { workspaceId, email: FIRST_ADMIN.email, password } : null;
}

/** Opens both samples in a new workspace; their models, twins, simulations and dossiers are made by jobs. */
export async function openSamples(runtime: Runtime, workspaceId: string): Promise<void> {
  const ctx = contextFor(runtime, { kind: "system", name: INSTALLER, workspaceId });
  for (const { id } of sampleStudies) await openSample(ctx, { sample: id });
}
