import { createRng } from "../../lib/numerics/philox.ts";
import { FAMILIES } from "./calibration-families.ts";
import { SETTINGS } from "./calibration-setting.ts";
import { trialEvaluator } from "./evaluate-analysis.ts";
import { patientsOf } from "./trial-frame.ts";

export const CALIBRATION_SEED = 20261201;
export const TWO_SIDED = 0.05;
export const ONE_SIDED = 0.025;

/** Some replicates of one family under one law and setting. */
export interface CalibrationBlock {
  readonly family: number;
  readonly law: number;
  readonly setting: number;
  readonly withEffect: boolean;
  readonly first: number;
  readonly count: number;
}

/** Whole numbers of trials, so that sums do not depend on their order. */
export interface CalibrationTally {
  /** Trials in which the analysis was refused. */
  refused: number;
  analysed: number;
  twoSided: number;
  oneSided: number;
  /** Trials whose interval holds the true effect; only counted where there is one. */
  covered: number;
}

/** Trials and tallies of every method of the family; replicate r always draws from the fork r. */
export default function simulateBlock(block: CalibrationBlock): CalibrationTally[] {
  const { id, laws, methods } = FAMILIES[block.family]!;
  const law = laws[block.law]!;
  const setting = SETTINGS[block.setting]!;
  const stream = createRng(CALIBRATION_SEED)
    .fork(id)
    .fork(law.id)
    .fork(block.setting)
    .fork(block.withEffect ? "effect" : "null");
  const tallies = methods.map(emptyTally);
  for (let r = block.first; r < block.first + block.count; r++) {
    const evaluate = trialEvaluator(law.simulate(setting, block.withEffect, stream.fork(r)));
    methods.forEach(({ spec, estimand, onlySmall }, m) => {
      if (onlySmall === true && patientsOf(setting) > 100) return;
      const tally = tallies[m]!;
      const effect = evaluate(spec);
      if (effect === null) {
        tally.refused++;
        return;
      }
      const truth = block.withEffect ? law.truth?.[estimand] : 0;
      const { lower, upper } = effect.interval;
      tally.analysed++;
      tally.twoSided += Number(effect.twoSidedPValue <= TWO_SIDED);
      tally.oneSided += Number(effect.oneSidedPValue <= ONE_SIDED);
      if (truth !== undefined) tally.covered += Number((lower ?? -Infinity) <= truth && truth <= (upper ?? Infinity));
    });
  }
  return tallies;
}

export function emptyTally(): CalibrationTally {
  return { refused: 0, analysed: 0, twoSided: 0, oneSided: 0, covered: 0 };
}
