import { z } from "zod";
import { designSurvivalTrial } from "../../../lib/design/survival-design.ts";
import { accrualEnd, eventShares, timeOfEvents, uniformAccrual } from "../../../lib/power/survival/event-projection.ts";
import { type EventFormula, eventsNeeded } from "../../../lib/power/survival/events-needed.ts";
import {
  courseOf,
  lachinFoulkesSubjects,
  type SurvivalAssumptions,
} from "../../../lib/power/survival/lachin-foulkes.ts";
import {
  constantHazard,
  hazardOfMedian,
  hazardOfShare,
  type PiecewiseHazard,
} from "../../../lib/power/survival/piecewise-hazard.ts";
import type { ReferenceCase } from "../runner/reference-file.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";
import { boundaryOf, inputOf, numbersSchema, rpactDesignSchema } from "./gs-rpact.ts";

/** rpact's description of a trial with events. */
const rpactSurvival = {
  hazardRatio: z.number(),
  thetaH0: z.number().default(1),
  median2: z.number().optional(),
  lambda2: numbersSchema.optional(),
  piecewiseSurvivalTime: numbersSchema.optional(),
  accrualTime: numbersSchema,
  accrualIntensity: numbersSchema.optional(),
  followUpTime: z.number().optional(),
  maxNumberOfSubjects: z.number().optional(),
  typeOfComputation: z.enum(["Schoenfeld", "Freedman", "HsiehFreedman"]).default("Schoenfeld"),
  ratio_n1_n2: z.number().default(1),
  allocationRatioPlanned: z.number().optional(),
  dropoutRate_by_12: z.number().optional(),
  dropoutRate1: z.number().optional(),
  dropoutRate2: z.number().optional(),
  dropoutTime: z.number().default(12),
  kappa: z.literal(1).default(1),
};

const fixedSchema = z.strictObject({
  ...rpactSurvival,
  alpha: z.number(),
  sided: z.union([z.literal(1), z.literal(2)]).default(1),
  twoSidedPower: z.boolean().default(false),
  power: z.number().optional(),
  beta: z.number().optional(),
});

const sequentialSchema = z.strictObject({
  ...rpactSurvival,
  ...rpactDesignSchema.shape,
  informationRates: numbersSchema.optional(),
  beta: z.number(),
});

const lachinFoulkesSchema = z.strictObject({
  method: z.string().startsWith("Lachin-Foulkes"),
  hr: z.number(),
  hr0: z.number().default(1),
  medianC: z.number().optional(),
  lambdaC: numbersSchema.optional(),
  S: numbersSchema.nullish(),
  eta: numbersSchema.default([0]),
  etaE: numbersSchema.nullish(),
  gamma: numbersSchema.default([1]),
  R: numbersSchema,
  T: z.number(),
  minfup: z.number(),
  ratio_exp_ctrl: z.number().default(1),
  alpha: z.number(),
  sided: z.union([z.literal(1), z.literal(2)]).default(1),
  power: z.number(),
});

const FORMULAS: Readonly<Record<z.infer<typeof fixedSchema>["typeOfComputation"], EventFormula>> = {
  Schoenfeld: "schoenfeld",
  Freedman: "freedman",
  HsiehFreedman: "hsieh-freedman",
};

/** Sizes of trials with events: rpact's getSampleSizeSurvival, fixed and group sequential, and gsDesign's nSurv. */
export const powerSurvivalSet: ReferenceSet = {
  files: /^power_survival/,
  tolerance: ({ expected, item }) => (typeof item.tol === "number" ? item.tol : 1e-5) * Math.abs(expected),
  evaluate: (item) => {
    const input = item.input as Readonly<Record<string, unknown>>;
    if (typeof input.method === "string") return lachinFoulkes(item);
    return input.kMax === undefined ? fixed(item) : sequential(item);
  },
};

function fixed(item: ReferenceCase) {
  const input = inputOf(item, fixedSchema);
  const power = input.power ?? (input.beta === undefined ? undefined : 1 - input.beta);
  if (power === undefined) throw new UnknownCaseError("neither power nor beta");
  const assumptions = assumptionsOf(input);
  const course = courseOf(assumptions);
  const events = eventsNeeded(
    FORMULAS[input.typeOfComputation],
    input.hazardRatio,
    assumptions.ratio,
    power,
    { alpha: input.alpha, sides: input.sided, bothTails: input.twoSidedPower },
    input.thetaH0,
  );
  const end =
    input.maxNumberOfSubjects === undefined
      ? accrualEnd(assumptions.accrual) + followUpOf(input)
      : timeOfEvents(course, events / input.maxNumberOfSubjects);
  return {
    events,
    n_unrounded: events / eventShares(course, end).both,
    followUpTime: end - accrualEnd(assumptions.accrual),
    analysisTime: end,
    lambda1: course.experimentalHazard.rates,
    lambda2: course.controlHazard.rates,
  };
}

function sequential(item: ReferenceCase) {
  const input = inputOf(item, sequentialSchema);
  const informationRates = input.informationRates ?? Array.from({ length: input.kMax }, (_, k) => (k + 1) / input.kMax);
  const assumptions = assumptionsOf(input);
  const trial = designSurvivalTrial(
    {
      oneSidedAlpha: input.alpha / input.sided,
      power: 1 - input.beta,
      informationFractions: informationRates,
      efficacy: boundaryOf({ ...input, informationRates }),
      futility: { kind: "none" },
      sides: input.sided === 2 ? "symmetric-two-sided" : "one-sided",
    },
    assumptions,
    followUpOf(input),
    FORMULAS[input.typeOfComputation],
  );
  return {
    eventsPerStage: trial.stages.map(({ events }) => events),
    maxNumberOfSubjects: trial.subjects,
    numberOfSubjects: trial.stages.map(({ subjects }) => subjects),
    analysisTime: trial.stages.map(({ time }) => time),
    expectedEventsH1: trial.expectedEvents.underDesignEffect,
    expectedEventsH01: trial.expectedEvents.underHalfEffect,
    expectedEventsH0: trial.expectedEvents.underNull,
    expectedNumberOfSubjectsH1: trial.expectedSubjects,
    studyDuration: trial.expectedDuration,
    criticalValuesEffectScale: trial.stages.map(({ efficacyHazardRatio }) => efficacyHazardRatio),
    earlyStop: trial.earlyStop,
    rejectPerStage: trial.stages.map(({ rejectProbability }) => rejectProbability),
  };
}

function lachinFoulkes(item: ReferenceCase) {
  const input = inputOf(item, lachinFoulkesSchema);
  const control =
    input.lambdaC === undefined
      ? constantHazard(hazardOfMedian(wanted(input.medianC)))
      : pieces(input.lambdaC, input.S);
  const dropout = (eta: readonly number[]): PiecewiseHazard =>
    eta.length === 1 ? constantHazard(eta[0]!) : pieces(eta, input.S);
  const assumptions: SurvivalAssumptions = {
    controlHazard: control,
    hazardRatio: input.hr,
    nullHazardRatio: input.hr0,
    controlDropout: dropout(input.eta),
    experimentalDropout: dropout(input.etaE ?? input.eta),
    accrual: cutAccrual(input.R, input.gamma, input.T - input.minfup),
    ratio: input.ratio_exp_ctrl,
  };
  const level = { alpha: input.alpha, sides: input.sided };
  const n = lachinFoulkesSubjects(assumptions, input.T, input.power, level);
  const shares = eventShares(courseOf(assumptions), input.T);
  return { n, events: n * shares.both, eventsC: n * shares.control, eventsE: n * shares.experimental };
}

/** nSurv lets the last period of entry reach to T − minfup, and cuts what lies beyond. */
function cutAccrual(durations: readonly number[], rates: readonly number[], end: number) {
  const cut: number[] = [];
  let from = 0;
  durations.forEach((duration, k) => {
    const to = k === durations.length - 1 ? end : Math.min(from + duration, end);
    if (to > from) cut.push(to - from);
    from = Math.max(from, to);
  });
  return { durations: cut, rates: cut.map((_, k) => rates[k] ?? rates.at(-1)!) };
}

function assumptionsOf(
  input: Omit<z.infer<typeof fixedSchema>, "alpha" | "sided" | "twoSidedPower">,
): SurvivalAssumptions {
  const ratio = input.allocationRatioPlanned ?? input.ratio_n1_n2;
  const dropout = (rate: number | undefined) =>
    constantHazard(hazardOfShare(rate ?? input.dropoutRate_by_12 ?? 0, input.dropoutTime));
  const [start, ...ends] = input.accrualTime.length === 1 ? [0, ...input.accrualTime] : input.accrualTime;
  if (start !== 0) throw new UnknownCaseError("accrual that does not start at 0");
  const durations = ends.map((end, k) => end - (ends[k - 1] ?? 0));
  return {
    controlHazard: controlOf(input),
    hazardRatio: input.hazardRatio,
    nullHazardRatio: input.thetaH0,
    controlDropout: dropout(input.dropoutRate2),
    experimentalDropout: dropout(input.dropoutRate1),
    accrual:
      durations.length === 1
        ? uniformAccrual(durations[0]!)
        : {
            durations,
            rates: durations.map((_, k) => input.accrualIntensity?.[k] ?? input.accrualIntensity?.[0] ?? 1),
          },
    ratio,
  };
}

function controlOf(input: {
  readonly median2?: number | undefined;
  readonly lambda2?: number[] | undefined;
  readonly piecewiseSurvivalTime?: number[] | undefined;
}): PiecewiseHazard {
  if (input.lambda2 === undefined) return constantHazard(hazardOfMedian(wanted(input.median2)));
  const changes = (input.piecewiseSurvivalTime ?? []).filter((time) => time > 0);
  return { changes: changes.slice(0, input.lambda2.length - 1), rates: input.lambda2 };
}

/** gsDesign gives the lengths S of all periods but the last. */
function pieces(rates: readonly number[], lengths: readonly number[] | null | undefined): PiecewiseHazard {
  let at = 0;
  const changes = (lengths ?? []).map((length) => {
    at += length;
    return at;
  });
  return { changes, rates: [...rates] };
}

const followUpOf = ({ followUpTime }: { readonly followUpTime?: number | undefined }) => wanted(followUpTime);

function wanted(value: number | undefined): number {
  if (value === undefined) throw new UnknownCaseError("an input is missing");
  return value;
}
