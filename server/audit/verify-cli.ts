import { workspace } from "../../drizzle/schema/index.ts";
import { openDatabase } from "../db/open-database.ts";
import { readEnvironment } from "../env.ts";
import { describeStartupError } from "../startup-error.ts";
import { verifyWorkspace } from "./verify-chain.ts";

/** Verifies the audit chains of every workspace; exit code 1 when one is broken. */
async function main(): Promise<boolean> {
  const database = await openDatabase(readEnvironment());
  let intact = true;
  for (const { id, name } of await database.db.select().from(workspace)) {
    const { ok, events, head, firstBroken } = await verifyWorkspace(database.db, id);
    intact &&= ok;
    const verdict =
      firstBroken === null ? `${events} events intact, head ${head.hash}` : `BROKEN: ${firstBroken.problem}`;
    process.stdout.write(`${name} (${id}): ${verdict}\n`);
  }
  await database.close();
  return intact;
}

main()
  .then((intact) => process.exit(intact ? 0 : 1))
  .catch((error: unknown) => {
    process.stderr.write(`${describeStartupError(error)}\n`);
    process.exit(2);
  });
