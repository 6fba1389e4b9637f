// The progression engine on 1,000 patients × 8 visits × 15 features, and its memory at 20,000 patients.
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { trainInThreads } from "../../bin/train-in-threads.ts";
import type { LongDataSet } from "../../lib/data/long-data-set.ts";
import { subjectTable } from "../../lib/data/subject-table.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import { baselineFeatures } from "../../lib/progression/feature-encoding.ts";
import { openTwinPredictor } from "../../lib/progression/frozen-model.ts";
import { fitGaussianJoint } from "../../lib/progression/gaussian-joint/fit-gaussian-joint.ts";
import type { MemberId } from "../../lib/progression/member-parameters.ts";
import type { TrainedModel, TrainingSpec } from "../../lib/progression/model-document.ts";
import { histories } from "../../lib/progression/training-set.ts";
import { benchHistory } from "./twin-engine-history.ts";

export interface EngineFigure {
  readonly what: string;
  readonly milliseconds: number;
  /** Processor time of all threads: hardly depends on what else the machine does. */
  readonly processorMilliseconds: number;
  readonly ratio: null;
  readonly against: null;
}

const PATIENTS = 1000;
const DRAWS = 1000;
const MANY_PATIENTS = 20_000;
const SIZE = "1,000 patients × 8 visits × 15 features, 20 % dropout and 5 % intermittent";

const MEMBERS: readonly MemberId[] = ["gaussian-joint", "mixed-effects", "ridge-transition", "boosted-transition"];

/** Training as a person would ask for it: shrinkage chosen, five folds. */
export function benchTraining(data: LongDataSet, members?: readonly MemberId[]): TrainingSpec {
  return {
    format: "understudy-training/1",
    covariateIds: data.covariates.map(({ id }) => id),
    strata: ["region"],
    primary: { endpointId: "score", visitId: "v8" },
    folds: 5,
    repeats: 1,
    bootstrapReplicates: 2000,
    shrinkage: { kind: "chosen" },
    seed: 1,
    ...(members === undefined ? {} : { members: [...members] }),
  };
}

export async function engineFigures(): Promise<{ figures: EngineFigure[]; notes: string[] }> {
  const data = benchHistory(PATIENTS, 1);
  const figures: EngineFigure[] = [];
  const add = (what: string, time: Elapsed) => figures.push({ what, ...time, ratio: null, against: null });
  add(`one Gaussian fit with its shrinkage chosen, ${SIZE}`, gaussianFit(data));
  const threads = availableParallelism();
  const trained: [string, TrainedModel][] = [];
  for (const [name, members] of [
    ["the Gaussian joint model", undefined],
    ["the stack without the neural machine", MEMBERS],
    ["the stack with the neural machine", [...MEMBERS, "neural-boltzmann" as const]],
  ] as const) {
    const elapsed = stopwatch();
    const request = { data, dataHash: "bench", name, training: benchTraining(data, members) };
    const { model } = await trainInThreads(request, threads);
    add(`training ${name} with 5-fold cross-validation on ${threads} threads, ${SIZE}`, elapsed());
    trained.push([name, model]);
  }
  for (const [name, model] of trained) {
    add(`1,000 patients × 1,000 trajectories × 8 visits drawn from ${name}`, drawing(model, data));
  }
  return { figures, notes: [memoryNote()] };
}

type Elapsed = Pick<EngineFigure, "milliseconds" | "processorMilliseconds">;

/** Wall clock and processor time since the call. */
function stopwatch(): () => Elapsed {
  const start = performance.now();
  const used = process.cpuUsage();
  return () => ({
    milliseconds: performance.now() - start,
    processorMilliseconds: process.cpuUsage(used).user / 1000,
  });
}

function gaussianFit(data: LongDataSet): Elapsed {
  const table = subjectTable(data);
  const features = baselineFeatures(data.endpoints, data.covariates);
  const train = () => fitGaussianJoint(table, features, data.covariates, { kind: "chosen" }, createRng(1));
  train();
  const elapsed = stopwatch();
  train();
  return elapsed();
}

function drawing(model: TrainedModel, data: LongDataSet): Elapsed {
  const predictor = openTwinPredictor(model);
  const historyOf = histories(subjectTable(data), predictor.features, model.covariates);
  const into = new Float64Array(DRAWS * predictor.model.outcomeCount);
  const rng = createRng(2);
  const draw = (i: number) => predictor.model.drawTrajectories(historyOf(i), DRAWS, rng.fork(i), into);
  for (let i = 0; i < 20; i++) draw(i);
  const elapsed = stopwatch();
  for (let i = 0; i < PATIENTS; i++) draw(i);
  return elapsed();
}

/** Measured in a process of its own, so that nothing else counts. */
function memoryNote(): string {
  const result = spawnSync(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", join(import.meta.dirname, "train-many.ts"), String(MANY_PATIENTS)],
    { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
  );
  if (result.status !== 0) throw new Error("training on many patients failed");
  const { megabytes, seconds } = JSON.parse(result.stdout) as { megabytes: number; seconds: number };
  return `training the Gaussian joint model on ${MANY_PATIENTS.toLocaleString("en-US")} patients × 8 visits × 15 features with 5-fold cross-validation took at most ${megabytes} MB, ${seconds} s on one thread`;
}
