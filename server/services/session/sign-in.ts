import { eq } from "drizzle-orm";
import { member } from "../../../drizzle/schema/index.ts";
import { recordEvent } from "../../audit/record-event.ts";
import type { Actor } from "../../auth/actor.ts";
import { verifyNothing, verifyPassword } from "../../auth/password.ts";
import {
  accountKey,
  accountLimit,
  addressKey,
  addressLimit,
  bookAttempt,
  settleAttempt,
} from "../../auth/rate-limit.ts";
import type { Db } from "../../db/client.ts";

export interface SignInInput {
  readonly email: string;
  readonly password: string;
  /** Network address of the browser, as far as it is known. */
  readonly address: string;
}

export type SignInResult =
  | {
      readonly ok: true;
      readonly userId: string;
      readonly name: string;
      readonly email: string;
      readonly sessionVersion: number;
    }
  | { readonly ok: false; readonly retryAfterSeconds: number | null };

/** E-mail addresses are compared without regard to case. */
export const normalizeEmail = (email: string) => email.trim().toLowerCase();

/** Judges a sign-in. The answer for an unknown account is the same, as late, as for a wrong password. */
export async function signIn(db: Db, input: SignInInput, now: Date): Promise<SignInResult> {
  const email = normalizeEmail(input.email);
  const account = accountKey(email);
  const address = addressKey(input.address);
  const wait =
    (await bookAttempt(db, address, addressLimit, now)) ?? (await bookAttempt(db, account, accountLimit, now));
  if (wait !== null) return { ok: false, retryAfterSeconds: wait };
  const [row] = await db.select().from(member).where(eq(member.email, email));
  if (row === undefined) {
    await verifyNothing(input.password);
    return { ok: false, retryAfterSeconds: null };
  }
  const actor: Actor = {
    kind: "user",
    userId: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    workspaceId: row.workspaceId,
    temporaryPassword: row.temporaryPassword,
  };
  const accepted = await verifyPassword(input.password, row.passwordHash);
  await db.transaction(async (tx) => {
    if (accepted) await settleAttempt(tx, account, address);
    await recordEvent(tx, actor, now, {
      action: accepted ? "session.sign-in" : "session.refuse",
      subject: `member ${row.email}`,
      change: accepted ? "signed in" : "wrong password",
    });
  });
  if (!accepted) return { ok: false, retryAfterSeconds: null };
  return { ok: true, userId: row.id, name: row.name, email: row.email, sessionVersion: row.sessionVersion };
}
