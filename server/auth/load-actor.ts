import { and, eq } from "drizzle-orm";
import { member } from "../../drizzle/schema/index.ts";
import type { Db } from "../db/client.ts";
import type { Actor } from "./actor.ts";

export const SESSION_HOURS = 8;

/** What a session token carries. */
export interface SessionClaims {
  readonly userId: string;
  readonly sessionVersion: number;
  /** Milliseconds since 1970; a session ends `SESSION_HOURS` later, however often it was used. */
  readonly signedInAt: number;
}

/** The member behind a session, or null when it has expired or was revoked. Role and name are those of now. */
export async function loadActor(db: Db, claims: SessionClaims, now: Date): Promise<(Actor & { kind: "user" }) | null> {
  const age = now.getTime() - claims.signedInAt;
  if (!(age >= -60_000 && age < SESSION_HOURS * 3_600_000)) return null;
  const [row] = await db
    .select()
    .from(member)
    .where(and(eq(member.id, claims.userId), eq(member.sessionVersion, claims.sessionVersion)));
  if (row === undefined) return null;
  return {
    kind: "user",
    userId: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    workspaceId: row.workspaceId,
    temporaryPassword: row.temporaryPassword,
  };
}
