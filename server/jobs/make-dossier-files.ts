import type { JobWork } from "./job-work.ts";
import type { ThreadInput, ThreadOutput } from "./thread-pool.ts";

/** Share of the work that reading the results takes. */
const GATHERED = 0.1;

/** Gathers what a dossier is made of and makes its files in a thread; nothing is stored here. */
export async function makeDossierFiles(
  { ctx, signal, report }: JobWork,
  gather: () => Promise<ThreadInput<"build-dossier">>,
): Promise<ThreadOutput<"build-dossier">> {
  report(0, "gathering the results");
  const input = await gather();
  report(GATHERED, "writing the dossier and checking it");
  return ctx.threads.run("build-dossier", input, {
    signal,
    onProgress: ({ fraction, message }) => report(GATHERED + (1 - GATHERED) * fraction, message),
  });
}
