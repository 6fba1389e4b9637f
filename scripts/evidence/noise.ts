import type { LongDataSet } from "../../lib/data/long-data-set.ts";
import { createRng } from "../../lib/numerics/philox.ts";
import type { Rng } from "../../lib/numerics/rng.ts";
import { crossValidate } from "../../lib/progression/cross-validation.ts";
import { comparedPatients, gainAtVisit } from "../../lib/progression/gain.ts";
import type { MemberId } from "../../lib/progression/member-parameters.ts";
import { resamplePatients } from "../../lib/progression/patient-bootstrap.ts";
import { prepareTraining } from "../../lib/progression/training-problem.ts";
import { EVIDENCE_SEED, trainingOf } from "./evidence-data-set.ts";
import type { NoiseResults } from "./evidence-results.ts";

const PATIENTS = 80;
const BLOCK = 50;
const VISITS = 3;
const COVARIATES = 6;
const BOOTSTRAP = 1000;

/** The default, and a stack with fewer repetitions, because each takes many times as long. */
const SETTINGS: readonly {
  readonly name: string;
  readonly members: readonly MemberId[];
  readonly repetitions: number;
}[] = [
  { name: "Gaussian joint model", members: ["gaussian-joint"], repetitions: 400 },
  {
    name: "stack of Gaussian joint and ridge transition model",
    members: ["gaussian-joint", "ridge-transition"],
    repetitions: 100,
  },
];

/** Some repetitions of one setting. */
export interface NoiseStep {
  readonly setting: number;
  readonly first: number;
}

type NoiseBlock = Omit<NoiseResults["settings"][number], "name" | "repetitions" | "meanGain"> & {
  readonly setting: number;
  readonly sumOfGains: number;
};

export function noiseSteps(): NoiseStep[] {
  return SETTINGS.flatMap(({ repetitions }, setting) =>
    Array.from({ length: repetitions / BLOCK }, (_, block) => ({ setting, first: block * BLOCK })),
  );
}

/** Counts the gains claimed in a block of repetitions; repetition r does not depend on the block it is in. */
export function runNoiseStep({ setting, first }: NoiseStep): NoiseBlock {
  const rng = createRng(EVIDENCE_SEED).fork("noise");
  let [claimedAtLast, claimedAnywhere, sumOfGains] = [0, 0, 0];
  for (let r = first; r < first + BLOCK; r++) {
    const gains = gainsUnderNoise(SETTINGS[setting]!.members, rng.fork(r));
    const last = gains.at(-1)!;
    if (last.gainClaimed) claimedAtLast++;
    if (gains.some(({ gainClaimed }) => gainClaimed)) claimedAnywhere++;
    sumOfGains += last.gain.value;
  }
  return { setting, claimedAtLast, claimedAnywhere, sumOfGains };
}

/** How often a gain is claimed where covariates mean nothing: n = 80, 400 simulated histories for the default. */
export function finishNoise(blocks: readonly NoiseBlock[]): NoiseResults {
  const settings = SETTINGS.map(({ name, repetitions }, s) => {
    const own = blocks.filter(({ setting }) => setting === s);
    const sum = (of: (block: NoiseBlock) => number) => own.reduce((total, block) => total + of(block), 0);
    return {
      name,
      repetitions,
      claimedAtLast: sum((block) => block.claimedAtLast),
      claimedAnywhere: sum((block) => block.claimedAnywhere),
      meanGain: sum((block) => block.sumOfGains) / repetitions,
    };
  });
  return { format: "understudy-evidence-noise/1", patients: PATIENTS, settings };
}

function gainsUnderNoise(members: readonly MemberId[], rng: Rng) {
  const data = uselessCovariates(rng.fork("patients"));
  const training = trainingOf({
    training: {
      covariateIds: data.covariates.map(({ id }) => id),
      strata: [],
      primary: { endpointId: "score", visitId: `visit${VISITS}` },
      folds: 5,
    },
  });
  const { problem } = prepareTraining(data, { ...training, members: [...members] });
  const predictions = crossValidate(problem, training.folds, 1, rng.fork("cross-validation"), () => {});
  const resamples = resamplePatients(PATIENTS, BOOTSTRAP, rng.fork("bootstrap"));
  return problem.table.visits.map((visit, v) =>
    gainAtVisit(comparedPatients(problem.table, predictions, v), { endpointId: "score", visitId: visit.id }, resamples),
  );
}

/** Courses with a random intercept and slope; six independent covariates without influence, dropout at random. */
function uselessCovariates(rng: Rng): LongDataSet {
  return {
    format: "understudy-data/1",
    name: "useless covariates",
    role: "historical-control",
    origin: "simulated",
    endpoints: [
      {
        id: "score",
        label: "score",
        unit: "points",
        scale: "identity",
        benefit: "lower-is-better",
        sourceRange: { minimum: null, maximum: null },
      },
    ],
    visits: Array.from({ length: VISITS }, (_, v) => ({
      id: `visit${v + 1}`,
      label: `Visit ${v + 1}`,
      targetDay: 90 * (v + 1),
      windowFrom: 90 * (v + 1) - 44,
      windowTo: 90 * (v + 1) + 45,
    })),
    arms: [{ id: "placebo", label: "Placebo", role: "control" }],
    covariates: Array.from({ length: COVARIATES }, (_, p) => ({
      type: "continuous" as const,
      id: `x${p + 1}`,
      label: `x${p + 1}`,
      unit: "",
    })),
    patients: Array.from({ length: PATIENTS }, (_, i) => {
      const [level, slope, leaves] = [5 * rng.normal(), 2 * rng.normal(), rng.uniform()];
      return {
        id: `N${i + 1}`,
        study: "noise",
        site: null,
        arm: "placebo",
        covariates: Array.from({ length: COVARIATES }, () => rng.normal()),
        baseline: [20 + level + 2 * rng.normal()],
        outcomes: [
          Array.from({ length: VISITS }, (_, v) => {
            const value = 20 + level + ((2 + slope) * (v + 1)) / VISITS + 2 * rng.normal();
            return leaves < 0.05 * (v + 1) ? { missing: "dropped-out" as const } : { value, day: 90 * (v + 1) };
          }),
        ],
        lastContactDay: null,
        events: [],
      };
    }),
  };
}
