import { inArray } from "drizzle-orm";
import { job } from "../../drizzle/schema/index.ts";
import { startWorkers } from "../../server/jobs/start-workers.ts";
import { getRuntime } from "../../server/runtime.ts";

// A server without its web pages, for tests that kill one. It says when the first work is under way, and with the
// argument `until-idle` it ends when there is nothing left to do.
const runtime = await getRuntime();
await startWorkers(runtime);
let announced = false;
for (;;) {
  await new Promise((resolve) => setTimeout(resolve, 100));
  const open = await runtime.database.db
    .select({ progress: job.progress })
    .from(job)
    .where(inArray(job.status, ["queued", "running"]));
  if (!announced && open.some(({ progress }) => progress > 0)) {
    announced = true;
    process.stdout.write("under way\n");
  }
  if (open.length === 0 && process.argv.includes("until-idle")) process.exit(0);
}
