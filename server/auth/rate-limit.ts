import { createHash } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { signInThrottle } from "../../drizzle/schema/index.ts";
import type { Db } from "../db/client.ts";

interface Limit {
  /** Attempts that may fail before the first pause. */
  readonly attempts: number;
  /** Counting starts anew after this long without an attempt. */
  readonly forgetAfterMs: number;
}

const MINUTE = 60_000;
export const accountLimit: Limit = { attempts: 5, forgetAfterMs: 24 * 60 * MINUTE };
export const addressLimit: Limit = { attempts: 30, forgetAfterMs: 15 * MINUTE };

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 60 * MINUTE;

export const accountKey = (email: string) => `account:${createHash("sha256").update(email).digest("hex")}`;
export const addressKey = (address: string) => `address:${createHash("sha256").update(address).digest("hex")}`;

/**
 * Books an attempt before it is judged, so that attempts made at the same time cannot slip past the count.
 * @returns Seconds to wait when the attempt is refused, else null.
 */
export async function bookAttempt(db: Db, key: string, limit: Limit, now: Date): Promise<number | null> {
  return db.transaction(async (tx) => {
    await tx.insert(signInThrottle).values({ key, failures: 0, lastAttemptAt: now }).onConflictDoNothing();
    const [row] = await tx.select().from(signInThrottle).where(eq(signInThrottle.key, key)).for("update");
    const blockedUntil = row?.blockedUntil?.getTime() ?? 0;
    if (blockedUntil > now.getTime()) return Math.ceil((blockedUntil - now.getTime()) / 1000);
    const forgotten = now.getTime() - (row?.lastAttemptAt.getTime() ?? 0) > limit.forgetAfterMs;
    const failures = (forgotten ? 0 : (row?.failures ?? 0)) + 1;
    const pause = pauseAfter(failures, limit);
    await tx
      .update(signInThrottle)
      .set({ failures, lastAttemptAt: now, blockedUntil: pause === 0 ? null : new Date(now.getTime() + pause) })
      .where(eq(signInThrottle.key, key));
    return null;
  });
}

/** 30 s after the last permitted failure, doubling with each further one, at most an hour. */
export function pauseAfter(failures: number, limit: Limit): number {
  if (failures < limit.attempts) return 0;
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - limit.attempts));
}

/** A success clears the account; the address only gets its attempt back. */
export async function settleAttempt(db: Db, account: string, address: string): Promise<void> {
  await db.delete(signInThrottle).where(eq(signInThrottle.key, account));
  await db
    .update(signInThrottle)
    .set({ failures: sql`greatest(0, ${signInThrottle.failures} - 1)`, blockedUntil: null })
    .where(eq(signInThrottle.key, address));
}
