// npm run evidence [-- --only PART] [-- --threads N]: what twins are worth on real and simulated data, against ANCOVA and against
// software others wrote. Writes docs/evidence/twins.md with plots and the figures in docs/evidence/twins/; same seed, same bytes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { MessageChannel } from "node:worker_threads";
import { Piscina } from "piscina";
import { evidenceCharts } from "./evidence/document/charts.ts";
import { evidenceDocument } from "./evidence/document/twins-document.ts";
import { EVIDENCE_PARTS, evidenceResults } from "./evidence/evidence-parts.ts";
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
const wanted = values.document ? [] : values.only.length > 0 ? PARTS.filter((id) => values.only.includes(id)) : PARTS;
const figuresFile = (id: string) => join(FOLDER, "twins", `${id}.json`);
mkdirSync(join(FOLDER, "twins"), { recursive: true });
if (wanted.length > 0) {
  ensureR((line: string) => console.error(line));
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

async function evaluate(parts: readonly string[]): Promise<void> {
  const pool = new Piscina({
    filename: new URL("./evidence/evidence-thread.ts", import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  try {
    await Promise.all(
      parts.map(async (part) => {
        const { port1, port2 } = new MessageChannel();
        let shown = -1;
        port1.on("message", ({ fraction, message }: { fraction: number; message: string }) => {
          const tenth = Math.floor(10 * fraction);
          if (tenth <= shown) return;
          shown = tenth;
          console.error(`${part}: ${10 * tenth} % (${message})`);
        });
        const result: unknown = await pool.run({ part, port: port2 }, { transferList: [port2] });
        port1.close();
        if (result === null) {
          console.error(`SKIPPED: ${part} needs data that are not here; its figures stay as they are`);
          return;
        }
        writeFileSync(figuresFile(part), `${JSON.stringify(result, null, 2)}\n`);
        console.error(`${part}: done`);
      }),
    );
  } finally {
    await pool.destroy();
  }
  const biome = join(FOLDER, "..", "..", "node_modules", ".bin", "biome");
  spawnSync(biome, ["format", "--write", join(FOLDER, "twins")], { stdio: "ignore" });
}
