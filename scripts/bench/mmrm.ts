// MMRM by REML with an unstructured covariance and Satterthwaite degrees of freedom: kernel, engine and R on the same data.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fitMmrm } from "../../lib/analysis/mmrm/fit-mmrm.ts";
import { mmrmInference } from "../../lib/analysis/mmrm/mmrm-inference.ts";
import { createMmrmKernel } from "../../lib/analysis/mmrm/mmrm-kernel.ts";
import { createRng } from "../../lib/numerics/philox.ts";

export interface MmrmFigure {
  readonly what: string;
  readonly milliseconds: number;
  readonly ratio: number | null;
  readonly against: string | null;
}

const PATIENTS = 400;
const VISITS = 6;
/** Intercept, arm and baseline, each with a coefficient at every visit. */
const PREDICTORS = 3;

interface Trial {
  readonly predictors: Float64Array;
  /** NaN after dropout, [patient · visit]. */
  readonly outcome: Float64Array;
}

/** A trial with serial correlation, growing variance and monotone dropout of 6 % a visit. */
function simulateTrial(seed: number): Trial {
  const rng = createRng(seed);
  const predictors = new Float64Array(PATIENTS * PREDICTORS);
  const outcome = new Float64Array(PATIENTS * VISITS);
  for (let i = 0; i < PATIENTS; i++) {
    const baseline = 25 + 5 * rng.normal();
    predictors.set([1, i % 2, baseline], i * PREDICTORS);
    const own = 4 * rng.normal();
    let serial = 0;
    let present = true;
    for (let a = 0; a < VISITS; a++) {
      serial = 0.6 * serial + 2 * rng.normal();
      if (a > 0 && rng.uniform() < 0.06) present = false;
      const value = 20 + 0.5 * (baseline - 25) + own * (1 + 0.1 * a) + serial - 0.3 * a * (i % 2);
      outcome[i * VISITS + a] = present ? value : Number.NaN;
    }
  }
  return { predictors, outcome };
}

const median = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

function kernelTime(trial: Trial): { milliseconds: number; deviance: number } {
  const kernel = createMmrmKernel({ visitCount: VISITS, predictors: ["by-visit", "by-visit", "by-visit"] });
  const weights = new Float64Array(kernel.coefficientCount);
  weights[kernel.coefficientIndex(VISITS - 1, 1)] = 1;
  const out = new Float64Array(3);
  const fitTrial = ({ predictors, outcome }: Trial) => {
    kernel.reset();
    for (let i = 0; i < PATIENTS; i++) kernel.addPatient(predictors, i * PREDICTORS, outcome, i * VISITS);
    if (!kernel.fit()) throw new Error("the kernel did not converge");
    kernel.contrast(weights, out);
  };
  const trials = Array.from({ length: 50 }, (_, seed) => simulateTrial(seed + 100));
  for (let round = 0; round < 4; round++) trials.forEach(fitTrial);
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    trials.forEach(fitTrial);
    return (performance.now() - start) / trials.length;
  });
  fitTrial(trial);
  return { milliseconds: median(times), deviance: kernel.deviance() };
}

function engineTime({ predictors, outcome }: Trial): { milliseconds: number; deviance: number } {
  const cells = Array.from(outcome.keys()).filter((at) => Number.isFinite(outcome[at]!));
  const columnCount = VISITS * PREDICTORS;
  const design = new Float64Array(cells.length * columnCount);
  cells.forEach((at, row) => {
    const patient = Math.floor(at / VISITS);
    for (let l = 0; l < PREDICTORS; l++)
      design[row * columnCount + (at % VISITS) * PREDICTORS + l] = predictors[patient * PREDICTORS + l]!;
  });
  const subject = cells.map((at) => Math.floor(at / VISITS));
  const weights = new Float64Array(columnCount);
  weights[(VISITS - 1) * PREDICTORS + 1] = 1;
  let deviance = Number.NaN;
  const work = () => {
    const fit = fitMmrm(
      {
        rowCount: cells.length,
        columnCount,
        design,
        outcome: Float64Array.from(cells, (at) => outcome[at]!),
        subject,
        subjectCount: PATIENTS,
        visit: cells.map((at) => at % VISITS),
        visitCount: VISITS,
      },
      { structure: "unstructured", restricted: true },
    );
    mmrmInference(fit, {
      degreesOfFreedom: "satterthwaite",
      covariance: "model-based",
      design: { columnCount, values: design, subject },
    }).contrast(weights);
    deviance = -2 * fit.logLikelihood;
  };
  for (let i = 0; i < 20; i++) work();
  const times = Array.from({ length: 15 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return { milliseconds: median(times), deviance };
}

interface Peer {
  readonly name: string;
  readonly milliseconds: number;
  readonly deviance: number;
}

/** nlme::gls and, where it is installed, mmrm on the same trial; empty without R. */
function rPeers({ predictors, outcome }: Trial): Peer[] {
  const lines = ["patient,arm,baseline,visit,y"];
  for (let i = 0; i < PATIENTS; i++)
    for (let a = 0; a < VISITS; a++)
      if (Number.isFinite(outcome[i * VISITS + a]!))
        lines.push(
          [i + 1, predictors[i * PREDICTORS + 1], predictors[i * PREDICTORS + 2], a + 1, outcome[i * VISITS + a]].join(
            ",",
          ),
        );
  const folder = mkdtempSync(join(tmpdir(), "bench-mmrm-"));
  try {
    writeFileSync(join(folder, "trial.csv"), `${lines.join("\n")}\n`);
    const program = `d <- read.csv("trial.csv"); d$v <- factor(d$visit); d$id <- factor(d$patient)
      show <- function(name, seconds, fit) cat(name, seconds * 1000, format(-2 * as.numeric(logLik(fit)), digits = 15), sep = "\\t", fill = 500)
      if (requireNamespace("nlme", quietly = TRUE)) {
        t <- system.time(f <- nlme::gls(y ~ v * arm + v * baseline, d, correlation = nlme::corSymm(form = ~ visit | id),
          weights = nlme::varIdent(form = ~ 1 | v), method = "REML"))[["elapsed"]]
        show(paste("nlme::gls", packageVersion("nlme")), t, f)
      }
      if (requireNamespace("mmrm", quietly = TRUE)) {
        t <- system.time(f <- mmrm::mmrm(y ~ v * arm + v * baseline + us(v | id), d))[["elapsed"]]
        show(paste("mmrm", packageVersion("mmrm")), t, f)
      }`;
    const run = spawnSync("Rscript", ["--vanilla", "-e", program], { cwd: folder, encoding: "utf8" });
    if (run.status !== 0) return [];
    return run.stdout
      .trim()
      .split("\n")
      .filter((line) => line.includes("\t"))
      .map((line) => {
        const [name = "", milliseconds, deviance] = line.split("\t").map((field) => field.trim());
        return { name, milliseconds: Number(milliseconds), deviance: Number(deviance) };
      });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Figures of one unstructured REML fit with Satterthwaite degrees of freedom, beside R on the same data in the same run. */
export async function mmrmFigures(): Promise<MmrmFigure[]> {
  const trial = simulateTrial(1);
  const kernel = kernelTime(trial);
  const engine = engineTime(trial);
  const peers = rPeers(trial);
  const size = `${PATIENTS} patients × ${VISITS} visits, monotone dropout`;
  const ours = [
    { what: `MMRM inside a simulated trial: unstructured REML, Satterthwaite, ${size}`, ...kernel },
    { what: `MMRM by the engine: unstructured REML, Satterthwaite, ${size}`, ...engine },
  ];
  return ours.flatMap(({ what, milliseconds, deviance }): MmrmFigure[] =>
    peers.length === 0
      ? [{ what, milliseconds, ratio: null, against: null }]
      : peers.map((peer) => ({
          what,
          milliseconds,
          ratio: peer.milliseconds / milliseconds,
          against: `${peer.name} (${(peer.milliseconds / 1000).toFixed(1)} s; -2 log L differs by ${Math.abs(deviance - peer.deviance).toExponential(1)})`,
        })),
  );
}
