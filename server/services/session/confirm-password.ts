import { eq } from "drizzle-orm";
import { signInThrottle } from "../../../drizzle/schema/auth.ts";
import { member } from "../../../drizzle/schema/index.ts";
import { verifyPassword } from "../../auth/password.ts";
import { accountKey, accountLimit, bookAttempt } from "../../auth/rate-limit.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import { signedInUser } from "./get-me.ts";

/** Asks the signed-in person for their password again; guesses count like failed sign-ins. */
export async function confirmPassword(ctx: ServiceContext, password: string, argument: string): Promise<void> {
  const [row] = await ctx.db
    .select()
    .from(member)
    .where(eq(member.id, signedInUser(ctx)));
  if (row === undefined) throw new ServiceError("UNAUTHENTICATED", "Please sign in.");
  const key = accountKey(row.email);
  const wait = await bookAttempt(ctx.db, key, accountLimit, ctx.now());
  if (wait !== null) {
    throw new ServiceError("TOO_MANY_REQUESTS", `Too many wrong passwords. Try again in ${wait} seconds.`);
  }
  if (!(await verifyPassword(password, row.passwordHash))) {
    const requirement = "is not your password";
    throw new ServiceError("INVALID", "The password is not right.", { argument, requirement });
  }
  await ctx.db.delete(signInThrottle).where(eq(signInThrottle.key, key));
}
