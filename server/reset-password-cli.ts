import { eq } from "drizzle-orm";
import { member } from "../drizzle/schema/index.ts";
import { closeRuntime, contextFor, getRuntime } from "./runtime.ts";
import { resetMemberPassword } from "./services/member/reset-member-password.ts";
import { normalizeEmail } from "./services/session/sign-in.ts";
import { describeStartupError, StartupError } from "./startup-error.ts";

/** Gives a member a new random password; for the person who has access to the machine. */
async function main(): Promise<void> {
  const given = process.argv[2];
  if (given === undefined) throw new StartupError("Name the member: npm run reset-password -- ada@example.org");
  const runtime = await getRuntime();
  const [row] = await runtime.database.db
    .select()
    .from(member)
    .where(eq(member.email, normalizeEmail(given)));
  if (row === undefined) throw new StartupError(`Nobody signs in as ${given}.`);
  const ctx = contextFor(runtime, { kind: "system", name: "Operator of the server", workspaceId: row.workspaceId });
  const { temporaryPassword } = await resetMemberPassword(ctx, { userId: row.id });
  await closeRuntime();
  process.stdout.write(`New password of ${row.email}, to be replaced at the next sign-in: ${temporaryPassword}\n`);
}

main()
  .then(() => process.exit(0))
  .catch((error: unknown) => {
    process.stderr.write(`${describeStartupError(error)}\n`);
    process.exit(1);
  });
