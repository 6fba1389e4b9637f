import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, sep } from "node:path";
import { z } from "zod";
import { dossierRecordSchema } from "../../lib/dossier/dossier-record.ts";
import { DOSSIER_FILES, manifestSchema } from "../../lib/dossier/manifest.ts";
import { canonicalJson } from "../../lib/numerics/canonical-json.ts";
import type { VerificationStep } from "../../server/reports/verify-dossier.ts";
import { type Command, type CommandCall, UsageError } from "../command.ts";
import { progressReporter } from "../progress.ts";
import { simulateInThreads } from "../simulate-in-threads.ts";

const stepSchema = z.object({ what: z.string(), ok: z.boolean(), found: z.string() });

/** Checks a dossier folder: exit code 0 when everything agrees, 1 when something does not. */
export const verifyCommand: Command = {
  name: "verify",
  summary: "check a dossier folder: hashes, signatures, audit chain, recomputation",
  usage: "usage: understudy verify FOLDER [--rerun [--workers N]] [--json]",
  takesArgument: true,
  options: [
    { name: "rerun", kind: "flag", help: "also simulate every trial again and compare bit for bit" },
    { name: "workers", kind: "value", argument: "N", help: "threads for --rerun (default: all cores)" },
    { name: "json", kind: "flag", help: "print the steps as JSON" },
  ],
  documents: [
    { title: "manifest", schema: manifestSchema },
    { title: "steps", schema: z.array(stepSchema) },
  ],
  async run(call) {
    const folder = oneFolder(call);
    // With sub-folders: what lies there belongs to the folder that is handed over.
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => !statSync(join(folder, name)).isDirectory())
      .map((name) => name.split(sep).join("/"));
    const files = names.map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) }));
    const { verifyDossier } = await import("../../server/reports/verify-dossier.ts");
    const steps = await verifyDossier(files);
    if (call.flag("rerun")) steps.push(await rerun(folder, call));
    if (call.flag("json")) process.stdout.write(`${JSON.stringify(steps, null, 2)}\n`);
    else for (const step of steps) process.stdout.write(`${step.ok ? "ok  " : "FAIL"}  ${step.what}: ${step.found}\n`);
    const wrong = steps.filter((step) => !step.ok).length;
    process.stderr.write(
      wrong === 0
        ? `verified: ${steps.length} checks agree\n`
        : `NOT verified: ${wrong} of ${steps.length} checks fail\n`,
    );
    if (wrong > 0) process.exitCode = 1;
  },
};

async function rerun(folder: string, call: CommandCall): Promise<VerificationStep> {
  const what = "The simulation comes out again bit for bit";
  const parsed = dossierRecordSchema.safeParse(JSON.parse(readFileSync(join(folder, DOSSIER_FILES.results), "utf8")));
  if (!parsed.success) return { what, ok: false, found: "results.json does not follow its schema" };
  const { simulation, model } = parsed.data;
  const workers = call.integer("workers", availableParallelism(), 1, 256);
  const again = await simulateInThreads(
    simulation.spec,
    simulation.modelHash === null ? null : model,
    workers,
    progressReporter("simulating again"),
  );
  const same = canonicalJson(again.cells) === canonicalJson(simulation.cells);
  return {
    what,
    ok: same,
    found: `${simulation.cells.length} cells of ${simulation.spec.replicates} replicates on ${workers} threads`,
  };
}

function oneFolder(call: CommandCall): string {
  const [folder, ...rest] = call.positionals;
  if (folder === undefined || rest.length > 0)
    throw new UsageError([`give exactly one folder. ${verifyCommand.usage}`]);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new UsageError([`${folder} is not a folder; give the folder of a dossier`]);
  if (!existsSync(join(folder, DOSSIER_FILES.manifest))) {
    throw new UsageError([
      `${folder} holds no ${DOSSIER_FILES.manifest}; give the folder that understudy dossier or the app's download made`,
    ]);
  }
  return folder;
}
