// npm run bench [-- --json]: figures of the hot paths as ratios measured in one run, so that the machine cancels out.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { resolve } from "node:path";
import { simulateInThreads } from "../bin/simulate-in-threads.ts";
import { fitAncova } from "../lib/analysis/ancova/ancova.ts";
import { AncovaKernel } from "../lib/analysis/ancova/ancova-kernel.ts";
import { assembleDataSet } from "../lib/data/assemble-data-set.ts";
import { dataSetHash } from "../lib/data/data-set-hash.ts";
import { readTable } from "../lib/data/read-table.ts";
import { ENGINE_VERSION } from "../lib/engine-version.ts";
import { createRng } from "../lib/numerics/philox.ts";
import { trainProgressionModel } from "../lib/progression/train-progression-model.ts";
import { sampleStudy } from "../lib/samples/index.ts";
import type { SimulationSpec } from "../lib/simulation/simulation-document.ts";
import { benchGroupSequential } from "./bench/group-sequential.ts";
import { mmrmFigures } from "./bench/mmrm.ts";
import { engineFigures } from "./bench/twin-engine.ts";
import { ensureR } from "./system-packages.mjs";

interface Figure {
  readonly what: string;
  readonly milliseconds: number;
  readonly processorMilliseconds?: number;
  /** Time of `against` divided by the time of `what`, same run, same data. */
  readonly ratio: number | null;
  readonly against: string | null;
}

const ROOT = resolve(import.meta.dirname, "..");
const SUBJECTS = 400;
const COVARIATES = 2;

/** Median of several runs after one that warms up. */
function time(runs: number, work: () => unknown): number {
  work();
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return times[Math.floor(runs / 2)] ?? Number.NaN;
}

function ancovaFigures(): Figure[] {
  const rng = createRng(1);
  const covariates = Float64Array.from({ length: SUBJECTS * COVARIATES }, () => rng.normal());
  const treatment = Uint8Array.from({ length: SUBJECTS }, (_, i) => i % 2);
  const outcome = Float64Array.from({ length: SUBJECTS }, (_, i) => (covariates[i * COVARIATES] ?? 0) + rng.normal());
  const column = (k: number) => Float64Array.from({ length: SUBJECTS }, (_, i) => covariates[i * COVARIATES + k] ?? 0);
  const kernel = new AncovaKernel(COVARIATES);
  const repeats = 200;
  const fast = time(9, () => {
    for (let r = 0; r < repeats; r++) {
      kernel.reset();
      for (let i = 0; i < SUBJECTS; i++) kernel.add(outcome[i] ?? 0, treatment[i] ?? 0, covariates, i * COVARIATES);
      kernel.solve();
    }
  });
  const full = time(9, () =>
    fitAncova({
      outcome,
      arm: treatment,
      covariates: [
        { kind: "numeric", name: "baseline", values: column(0) },
        { kind: "numeric", name: "score", values: column(1) },
      ],
    }),
  );
  const size = `n = ${SUBJECTS}, ${COVARIATES} covariates`;
  const figures: Figure[] = [
    {
      what: `ANCOVA inside a simulated trial, ${size}`,
      milliseconds: fast / repeats,
      ratio: (full * repeats) / fast,
      against: "the full ANCOVA report of this program",
    },
  ];
  const r = rLinearModel();
  if (r !== null)
    figures.push({
      what: `ANCOVA inside a simulated trial, ${size}`,
      milliseconds: fast / repeats,
      ratio: r.milliseconds / (fast / repeats),
      against: r.name,
    });
  return figures;
}

/** Time of one stats::lm on data of the same size, or null where R is not installed. */
function rLinearModel(): { name: string; milliseconds: number } | null {
  const code = `n <- ${SUBJECTS}; set.seed(1); x <- matrix(rnorm(n * ${COVARIATES}), n); a <- rep(0:1, length.out = n); y <- x[, 1] + rnorm(n)
    d <- data.frame(y, a, b = x[, 1], s = x[, 2]); t <- system.time(for (i in 1:300) lm(y ~ a + b + s, d))[["elapsed"]]
    cat(t / 300 * 1000, R.version.string, sep = "\\n")`;
  const result = spawnSync("Rscript", ["-e", code], { encoding: "utf8" });
  if (result.status !== 0) return null;
  const [milliseconds, version] = result.stdout.trim().split("\n");
  return { name: `stats::lm, ${version}`, milliseconds: Number(milliseconds) };
}

function trainingFigure(): Figure {
  const study = sampleStudy("pbc");
  const [historical] = study.datasets;
  const read = readTable(
    historical.bytes((path) => new Uint8Array(readFileSync(resolve(ROOT, path)))),
    historical.fileName,
  );
  if (!read.ok) throw new Error("the PBC sample cannot be read");
  const assembled = assembleDataSet(read.table, historical.mapping);
  if (!assembled.ok) throw new Error("the PBC sample cannot be assembled");
  const { data } = assembled;
  const milliseconds = time(3, () =>
    trainProgressionModel({ data, dataHash: dataSetHash(data), training: study.training, name: study.name }),
  );
  return {
    what: `training on PBC: ${data.patients.length} patients, 10 folds, 2,000 bootstrap replicates`,
    milliseconds,
    ratio: null,
    against: null,
  };
}

async function simulationFigures(): Promise<Figure[]> {
  const spec: SimulationSpec = {
    format: "understudy-simulation/1",
    designs: [
      {
        id: "three-look",
        name: "Three looks",
        experimental: 100,
        control: 100,
        oneSidedAlpha: 0.025,
        analysis: "ancova-with-score",
        lookFractions: [0.5, 0.75, 1],
        efficacy: { kind: "spending", spending: { family: "lan-demets-obrien-fleming" } },
        futility: { kind: "none" },
      },
    ],
    scenarios: [
      {
        id: "null",
        name: "No effect",
        effect: 0,
        generator: { kind: "parametric", standardDeviation: 1, rSquaredBaseline: 0.3, rSquaredScore: 0.1 },
        accrualPerMonth: 10,
        dropoutProbability: 0.1,
        drift: { meanShift: 0, residualSdRatio: 1, scoreInformation: 1 },
      },
    ],
    replicates: 10_000,
    seed: 1,
    primary: { endpointId: "y", visitId: "v", day: 365 },
    benefit: "lower-is-better",
  };
  const run = async (workers: number) => {
    const start = performance.now();
    await simulateInThreads(spec, null, workers, () => undefined);
    return performance.now() - start;
  };
  await run(1);
  const one = await run(1);
  const all = await run(availableParallelism());
  return [
    {
      what: `10,000 trials of 200 patients, 3 looks, on ${availableParallelism()} threads`,
      milliseconds: all,
      ratio: one / all,
      against: "one thread",
    },
  ];
}

ensureR((line: string) => process.stderr.write(`${line}\n`));
// The short figures first: minutes of training leave a heap and compiled code behind that slow them down.
const mmrm = await mmrmFigures();
const sequential = await benchGroupSequential();
const engine = await engineFigures();
const figures: Figure[] = [
  ...mmrm,
  ...sequential.figures,
  ...ancovaFigures(),
  trainingFigure(),
  ...engine.figures,
  ...(await simulationFigures()),
];
const machine = {
  node: process.version,
  processor: cpus()[0]?.model ?? "unknown",
  threads: availableParallelism(),
  engine: ENGINE_VERSION,
};
if (process.argv.includes("--json"))
  process.stdout.write(
    `${JSON.stringify({ machine, figures, memory: engine.notes, notes: sequential.notes }, null, 2)}\n`,
  );
else {
  process.stdout.write(
    `engine ${machine.engine}, Node ${machine.node}, ${machine.threads} threads, ${machine.processor}\n`,
  );
  for (const { what, milliseconds, processorMilliseconds, ratio, against } of figures) {
    const processor =
      processorMilliseconds === undefined ? "" : ` (${processorMilliseconds.toFixed(1)} ms of processor time)`;
    const factor = ratio === null ? "" : `, ${ratio.toFixed(1)} × as fast as ${against}`;
    process.stdout.write(
      `${what}: ${milliseconds < 1 ? milliseconds.toFixed(4) : milliseconds.toFixed(1)} ms${processor}${factor}\n`,
    );
  }
  for (const note of engine.notes) process.stdout.write(`memory: ${note}\n`);
  for (const note of sequential.notes) process.stdout.write(`not compared: ${note}\n`);
}
