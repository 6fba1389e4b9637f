import { z } from "zod";
import {
  type AdaptivePlan,
  type BenefitDirection,
  type PreparedPlan,
  preparePlan,
  repeatedInterval,
  repeatedPValueOf,
  type TestedStages,
  testStages,
} from "../../../lib/design/adaptive-test.ts";
import { inverseNormalStatistic, inverseNormalWeights } from "../../../lib/design/combination-test.ts";
import {
  conditionalPowerOfStages,
  conditionalRejectionProbability,
} from "../../../lib/design/conditional-rejection.ts";
import { expectedStageScores } from "../../../lib/design/expected-stage-scores.ts";
import { endOfTrial, type FinalInference, finalInference } from "../../../lib/design/final-inference.ts";
import { fisherWeights } from "../../../lib/design/fisher-bounds.ts";
import { fisherProduct } from "../../../lib/design/fisher-combination.ts";
import type { StageData } from "../../../lib/design/stage-data.ts";
import { type StageTests, stageTests } from "../../../lib/design/stage-tests.ts";
import type { ReferenceCase } from "../runner/reference-file.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";
import { boundaryOf, inputOf, numbersSchema, rpactDesignSchema } from "./gs-rpact.ts";

/** An empty list of R stands for an empty record. */
const recordOrNothing = z.union([z.array(z.unknown()).length(0), z.null()]).transform(() => ({}));

const inputSchema = z.object({
  family: z.enum(["gs", "inorm", "fisher"]),
  endpoint: z.enum(["means", "rates", "survival"]),
  design: rpactDesignSchema.partial({ typeOfDesign: true }).extend({
    method: z.string().nullish(),
    bindingFutility: z.boolean().nullish(),
    futilityBounds: numbersSchema.nullish(),
    alpha0Vec: numbersSchema.nullish(),
    userAlphaSpending: numbersSchema.nullish(),
  }),
  data: z.record(z.string(), numbersSchema),
  thetaH0: z.number().nullish(),
  nPlanned: numbersSchema.nullish(),
  planning: z.union([
    z.object({
      thetaH1: z.number().nullish(),
      assumedStDev: z.number().nullish(),
      pi1: z.number().nullish(),
      pi2: z.number().nullish(),
    }),
    recordOrNothing,
  ]),
  options: z.union([
    z.object({
      directionUpper: z.boolean().nullish(),
      normalApproximation: z.boolean().nullish(),
      equalVariances: z.boolean().nullish(),
      allocationRatioPlanned: z.number().nullish(),
    }),
    recordOrNothing,
  ]),
});

type Input = z.infer<typeof inputSchema>;
interface Planning {
  readonly thetaH1?: number | null | undefined;
  readonly assumedStDev?: number | null | undefined;
  readonly pi1?: number | null | undefined;
  readonly pi2?: number | null | undefined;
}
interface Options {
  readonly directionUpper?: boolean | null | undefined;
  readonly normalApproximation?: boolean | null | undefined;
  readonly equalVariances?: boolean | null | undefined;
  readonly allocationRatioPlanned?: number | null | undefined;
}

/** rpact's getAnalysisResults: stage statistics, repeated inference, conditional power, inference after stopping. */
export const groupSequentialAnalysisSet: ReferenceSet = {
  files: /^gs_analysis/,
  tolerance: ({ path, expected }) =>
    /^stage_(overall)?[tT]estStatistics|^stage_effectSizes|^stage_overallStDevs/.test(path)
      ? 1e-8 * Math.max(1, Math.abs(expected))
      : 1e-4,
  evaluate,
};

function evaluate(item: ReferenceCase) {
  const input = inputOf(item, inputSchema);
  const options: Options = input.options;
  const prepared = preparePlan(planOf(input));
  const tests = stageTests(dataOf(input, options));
  const benefit: BenefitDirection = (options.directionUpper ?? true) ? "larger" : "smaller";
  const nullValue = input.thetaH0 ?? tests.neutral;
  const tested = testStages(prepared, tests, nullValue, benefit);
  const stages = input.design.kMax;
  const padded = <T>(values: readonly T[]) => Array.from({ length: stages }, (_, k) => values[k] ?? null);
  const held = Array.from({ length: tests.stages }, (_, k) => k);
  const interims = held.filter((k) => k < stages - 1);
  const intervals = held.map((k) => repeatedInterval(prepared, tests, k, benefit));
  const fisher = input.family === "fisher";
  const final = finalInference(prepared, forFinalInterval(input, options, tests), tested, nullValue, benefit);
  // rpact has no inference for Fisher's test that ended after the first stage of more than two.
  const ended = final === null || (fisher && final.analysis > 1 && stages > 2) ? null : final;
  // Nor has it an interval for rates after Fisher's test.
  const interval = fisher && input.endpoint === "rates" ? null : ended;
  const atEnd = (value: number | null | undefined) =>
    Array.from({ length: stages }, (_, k) => (ended !== null && k === ended.analysis - 1 ? (value ?? null) : null));
  const weights = inverseNormalWeights(input.design.informationRates);
  const exponents = fisherWeights(input.design.informationRates);
  const increments = (k: number) => tested.increments.slice(0, k + 1);
  return {
    testActions: padded(actions(prepared, tested)),
    conditionalRejectionProbabilities: padded(
      interims.map((k) => conditionalRejectionProbability(prepared, tested, k, "twice-upper")),
    ),
    conditionalPower: conditionalPower(input, prepared, tests, tested, nullValue, benefit),
    repeatedConfidenceIntervalLowerBounds: padded(intervals.map((interval) => interval.lower)),
    repeatedConfidenceIntervalUpperBounds: padded(intervals.map((interval) => interval.upper)),
    repeatedPValues: padded(held.map((k) => repeatedP(input, prepared, tested, k))),
    finalStage: [ended?.analysis ?? null],
    finalPValues: atEnd(finalP(input, ended, tested)),
    finalConfidenceIntervalLowerBounds: atEnd(interval?.lower),
    finalConfidenceIntervalUpperBounds: atEnd(interval?.upper),
    medianUnbiasedEstimates: atEnd(interval?.medianUnbiased),
    ...assumptions(input, tests),
    stage_overallTestStatistics: padded(tested.overall.map((test) => test.statistic)),
    stage_overallPValues: padded(tested.overall.map((test) => test.pValue)),
    stage_testStatistics: padded(tested.increments.map((test) => test.statistic)),
    stage_pValues: padded(tested.increments.map((test) => test.pValue)),
    stage_effectSizes: padded(tests.effects),
    stage_combInverseNormal: padded(
      held.map((k) =>
        inverseNormalStatistic(
          increments(k).map((test) => test.score),
          weights,
        ),
      ),
    ),
    stage_combFisher: padded(
      held.map((k) =>
        fisherProduct(
          increments(k).map((test) => test.pValue),
          exponents,
        ),
      ),
    ),
    ...(tests.standardDeviations === null ? {} : { stage_overallStDevs: padded(tests.standardDeviations) }),
  };
}

/** rpact gives none at the interim analyses of a Haybittle–Peto trial once that has reached its final analysis. */
function repeatedP({ design }: Input, prepared: PreparedPlan, tested: TestedStages, analysis: number): number | null {
  const complete = tested.combined.length === design.kMax;
  if (design.typeOfDesign === "HP" && complete && analysis < design.kMax - 1) return null;
  return repeatedPValueOf(prepared, tested.combined[analysis]!, analysis);
}

/** rpact's p-value of a trial that ended at its first analysis is one-sided, towards benefit, also in a two-sided design. */
function finalP({ design }: Input, ended: FinalInference | null, tested: TestedStages): number | null {
  if (ended === null) return null;
  return design.sided === 2 && ended.analysis === 1 ? tested.overall[0]!.pValue : ended.pValue;
}

/** rpact's interval after the end has the pooled standard deviation also where the test allows unequal ones. */
function forFinalInterval(input: Input, options: Options, tests: StageTests): StageTests {
  if (input.endpoint !== "means") return tests;
  return { ...tests, standardError: stageTests(dataOf(input, { ...options, equalVariances: true })).standardError };
}

function planOf({ family, design }: Input): AdaptivePlan {
  const informationFractions = design.informationRates;
  const oneSidedAlpha = design.alpha / design.sided;
  if (family === "fisher") {
    if (design.sided === 2) throw new UnknownCaseError("a two-sided test by Fisher's combination");
    if (design.method === "userDefinedAlpha" && design.userAlphaSpending) {
      const test = {
        kind: "fisher" as const,
        share: { method: "user-defined" as const, cumulative: design.userAlphaSpending },
      };
      return { oneSidedAlpha, informationFractions, test };
    }
    if (design.method !== "equalAlpha") throw new UnknownCaseError(`Fisher's combination by ${design.method}`);
    const futility = design.bindingFutility && design.alpha0Vec ? { futilityPValues: design.alpha0Vec } : {};
    const test = { kind: "fisher" as const, share: { method: "equal-levels" as const }, ...futility };
    return { oneSidedAlpha, informationFractions, test };
  }
  if (design.typeOfDesign === undefined) throw new UnknownCaseError("a design without type");
  const efficacy = boundaryOf({ ...design, typeOfDesign: design.typeOfDesign });
  const futility =
    design.bindingFutility && design.futilityBounds
      ? { bindingFutility: design.futilityBounds.map((bound) => (bound <= -6 ? null : bound)) }
      : {};
  const sides = design.sided === 2 ? ("symmetric-two-sided" as const) : ("one-sided" as const);
  const kind = family === "gs" ? ("group-sequential" as const) : ("inverse-normal" as const);
  return { oneSidedAlpha, informationFractions, test: { kind, efficacy, sides, ...futility } };
}

function dataOf({ endpoint, data }: Input, options: Options): StageData {
  const column = (name: string) => {
    const found = data[name];
    if (found === undefined) throw new UnknownCaseError(`${endpoint} without ${name}`);
    return found;
  };
  switch (endpoint) {
    case "means":
      return {
        endpoint,
        variances: (options.equalVariances ?? true) ? "equal" : "unequal",
        distribution: (options.normalApproximation ?? false) ? "normal" : "t",
        stages: column("n1").map((n, k) => ({
          experimental: { n, mean: column("means1")[k]!, standardDeviation: column("stDevs1")[k]! },
          control: { n: column("n2")[k]!, mean: column("means2")[k]!, standardDeviation: column("stDevs2")[k]! },
        })),
      };
    case "rates":
      if (options.normalApproximation === false) throw new UnknownCaseError("exact tests of rates");
      return {
        endpoint,
        stages: column("n1").map((n, k) => ({
          experimental: { n, events: column("events1")[k]! },
          control: { n: column("n2")[k]!, events: column("events2")[k]! },
        })),
      };
    case "survival":
      return {
        endpoint,
        stages: column("overallEvents").map((events, k) => ({
          events,
          logRank: column("overallLogRanks")[k]!,
          allocationRatio: data.overallAllocationRatios?.[k] ?? 1,
        })),
      };
  }
}

function actions(prepared: PreparedPlan, tested: TestedStages): string[] {
  const last = prepared.bounds.length - 1;
  const { test } = prepared.plan;
  return tested.combined.map((statistic, k) => {
    const bound = prepared.bounds[k]!;
    const twoSided = test.kind !== "fisher" && test.sides === "symmetric-two-sided";
    const rejects = test.kind === "fisher" ? statistic <= bound : (twoSided ? Math.abs(statistic) : statistic) >= bound;
    if (k === last) return rejects ? "reject" : "accept";
    if (rejects) return "reject and stop";
    const alone = { ...tested, combined: tested.combined.slice(0, k + 1) };
    return endOfTrial(prepared, alone) === k ? "accept and stop" : "continue";
  });
}

/** rpact's assumptions about the rest of the trial: as planned, else as observed. */
function assumptions({ planning, endpoint }: Input, tests: StageTests) {
  const last = tests.stages - 1;
  const given: Planning = planning;
  const rates = tests.rates?.[last];
  const effect = given.thetaH1 ?? tests.effects[last]!;
  return {
    thetaH1: endpoint === "rates" ? [] : [effect],
    assumedStDev: endpoint === "means" ? [given.assumedStDev ?? tests.standardDeviations![last]!] : [],
    pi1: rates === undefined ? [] : [given.pi1 ?? rates[0]],
    pi2: rates === undefined ? [] : [given.pi2 ?? rates[1]],
  };
}

function conditionalPower(
  input: Input,
  prepared: PreparedPlan,
  tests: StageTests,
  tested: TestedStages,
  nullValue: number,
  benefit: BenefitDirection,
) {
  const stages = input.design.kMax;
  const sizes = input.nPlanned;
  const last = tests.stages - 1;
  const nothing = Array.from({ length: stages }, () => null);
  if (!sizes || last === stages - 1) return nothing;
  // rpact simulates Fisher's test over more than one remaining stage, under another name.
  if (input.family === "fisher" && sizes.length > 1) return [];
  const { thetaH1, assumedStDev, pi1, pi2 } = assumptions(input, tests);
  const assumed =
    input.endpoint === "means"
      ? { endpoint: "means" as const, effect: thetaH1[0]!, standardDeviation: assumedStDev[0]! }
      : input.endpoint === "survival"
        ? { endpoint: "survival" as const, hazardRatio: thetaH1[0]! }
        : { endpoint: "rates" as const, experimentalRate: pi1[0]!, controlRate: pi2[0]! };
  const options: Options = input.options;
  const scores = expectedStageScores(assumed, {
    sizes,
    allocationRatio: options.allocationRatioPlanned ?? 1,
    nullValue,
    benefit,
    conditionalError: conditionalRejectionProbability(prepared, tested, last, "twice-upper"),
  });
  if (input.family === "fisher" && tested.combined[last]! <= prepared.bounds.at(-1)!) return nothing;
  const powers = conditionalPowerOfStages(prepared, interimOf(input, prepared, tested), last, scores);
  return Array.from({ length: stages }, (_, k) => (k <= last ? null : powers[k - last - 1]!));
}

/** But for means rpact takes the combination of the stages as the interim statistic, also in a group sequential trial. */
function interimOf({ endpoint, family }: Input, prepared: PreparedPlan, tested: TestedStages): TestedStages {
  if (endpoint === "means" || family !== "gs") return tested;
  const combined = tested.increments.map((_, k) =>
    inverseNormalStatistic(
      tested.increments.slice(0, k + 1).map((test) => test.score),
      prepared.weights,
    ),
  );
  return { ...tested, combined };
}
