// npm run evidence [-- --only PART] [-- --threads N]: what twins are worth on real and simulated data, against ANCOVA and against
// software others wrote. Writes docs/evidence/twins.md with plots and the figures in docs/evidence/twins/; same seed, same bytes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Piscina } from "piscina";
import { evidenceCharts } from "./evidence/document/charts.ts";
import { evidenceDocument } from "./evidence/document/twins-document.ts";
import { EVIDENCE_PARTS, type EvidencePart, evidenceResults } from "./evidence/evidence-parts.ts";
import type { EvidenceTask } from "./evidence/evidence-thread.ts";
import { ensureR } from "./system-packages.mjs";

const FOLDER = resolve(import.meta.dirname, "..", "docs", "evidence");
const PARTS = EVIDENCE_PARTS.map(({ id }) => id);
const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    threads: { type: "string", default: String(Math.min(2, availableParallelism())) },
    /** Writes the document and the plots anew from the figures that are there. */
    document: { type: "boolean", default: false },
  },
});
const threads = Number(values.threads);
const unknown = values.only.filter((id) => !PARTS.includes(id));
if (unknown.length > 0 || !(Number.isInteger(threads) && threads >= 1)) {
  console.error(
    `Usage: npm run evidence -- [--only PART] [--threads N] [--document]   PART is one of ${PARTS.join(", ")}`,
  );
  process.exit(2);
}
const wanted = EVIDENCE_PARTS.filter(({ id }) => values.only.length === 0 || values.only.includes(id));
const figuresFile = (id: string) => join(FOLDER, "twins", `${id}.json`);
mkdirSync(join(FOLDER, "twins"), { recursive: true });
if (!values.document) {
  ensureR((line) => console.error(line), ["lme4", "mice"]);
  await evaluate(wanted);
}
const results = evidenceResults((part) => {
  if (existsSync(figuresFile(part))) return JSON.parse(readFileSync(figuresFile(part), "utf8"));
  console.error(`${part} has not been computed; the document is without it`);
  return null;
});
const charts = evidenceCharts(results);
for (const [name, svg] of charts.files) writeFileSync(join(FOLDER, "twins", `${name}.svg`), svg);
writeFileSync(join(FOLDER, "twins.md"), evidenceDocument(results, charts));

/** Works through the steps of all parts in order; a part whose steps are done is finished before anything else. */
async function evaluate(parts: readonly EvidencePart[]): Promise<void> {
  const pool = new Piscina({
    filename: new URL("./evidence/evidence-thread.ts", import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  const run = (task: EvidenceTask): Promise<unknown> => pool.run(task);
  const queue: (() => Promise<void>)[] = [];
  for (const part of parts) {
    const steps = part.steps();
    if (steps === null) {
      console.error(`SKIPPED: ${part.id} needs data that are not here; its figures stay as they are`);
      continue;
    }
    const results: unknown[] = [];
    let done = 0;
    const finish = async () => {
      const figures = await run({ part: part.id, kind: "finish", results });
      writeFileSync(figuresFile(part.id), `${JSON.stringify(figures, null, 2)}\n`);
      console.error(`${part.id}: done`);
    };
    steps.forEach((step, k) => {
      queue.push(async () => {
        results[k] = await run({ part: part.id, kind: "step", step });
        done++;
        console.error(`${part.id}: ${done} of ${steps.length}`);
        if (done === steps.length) queue.unshift(finish);
      });
    });
  }
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await next();
  };
  try {
    await Promise.all(Array.from({ length: threads }, work));
  } finally {
    await pool.destroy();
  }
  const biome = join(FOLDER, "..", "..", "node_modules", ".bin", "biome");
  spawnSync(biome, ["format", "--write", join(FOLDER, "twins")], { stdio: "ignore" });
}
