import { Piscina } from "piscina";
import { levelKey } from "../../lib/trial-analysis/level-key.ts";
import { FAMILIES } from "./calibration-families.ts";
import type { CalibrationCell, CalibrationResults, CalibrationRow, CalibrationSection } from "./calibration-results.ts";
import { type CalibrationMethod, SETTINGS } from "./calibration-setting.ts";
import type { CalibrationTask } from "./calibration-thread.ts";
import {
  type EnumeratedCoverage,
  type EnumeratedLevels,
  PROPORTION_INTERVALS,
  PROPORTION_TESTS,
  PROPORTIONS,
} from "./proportion-levels.ts";
import { CALIBRATION_SEED, type CalibrationTally, emptyTally } from "./simulate-block.ts";
import { patientsOf } from "./trial-frame.ts";

const BLOCK = 50;
const EXACT_TESTS: readonly string[] = ["fisher-minimum-likelihood", "fisher-central", "barnard", "boschloo"];

interface Cell {
  readonly family: number;
  readonly law: number;
  readonly setting: number;
  readonly withEffect: boolean;
}

/** Runs everything on worker threads; the results do not depend on their number. */
export async function runCalibration(
  replicates: number,
  threads: number,
  onProgress: (done: number, all: number, what: string) => void,
): Promise<CalibrationResults> {
  const pool = new Piscina({
    filename: new URL("./calibration-thread.ts", import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  let done = 0;
  let all = 0;
  const run = async <T>(task: CalibrationTask, what: string): Promise<T> => {
    all++;
    const result: T = await pool.run(task);
    done++;
    onProgress(done, all, what);
    return result;
  };
  try {
    const cells = FAMILIES.flatMap((_, family) => cellsOf(family));
    const simulated = cells.map(async (cell) => {
      const { id, share, methods } = FAMILIES[cell.family]!;
      const large = patientsOf(SETTINGS[cell.setting]!) > 100;
      const wanted = Math.max(1, Math.round(replicates * share[large ? 1 : 0]));
      const blocks: Promise<CalibrationTally[]>[] = [];
      for (let first = 0; first < wanted; first += BLOCK)
        blocks.push(run({ kind: "block", block: { ...cell, first, count: Math.min(BLOCK, wanted - first) } }, id));
      return { cell, tallies: summed(await Promise.all(blocks), methods.length) };
    });
    const enumerated = enumeratedSections((task) => run(task, "two proportions"));
    const tallied = await Promise.all(simulated);
    const sections = FAMILIES.map((_, family) =>
      simulatedSection(
        family,
        tallied.filter(({ cell }) => cell.family === family),
      ),
    );
    return {
      format: "understudy-calibration/1",
      seed: CALIBRATION_SEED,
      replicates,
      sections: [...sections, ...(await enumerated)],
    };
  } finally {
    await pool.destroy();
  }
}

function cellsOf(family: number): Cell[] {
  const { laws, largeLaw } = FAMILIES[family]!;
  return laws.flatMap(({ id, truth }, law) =>
    SETTINGS.flatMap((sizes, setting) =>
      largeLaw !== undefined && largeLaw !== id && patientsOf(sizes) > 100
        ? []
        : (truth === null ? [false] : [false, true]).map((withEffect) => ({ family, law, setting, withEffect })),
    ),
  );
}

function summed(parts: readonly CalibrationTally[][], methods: number): CalibrationTally[] {
  return Array.from({ length: methods }, (_, m) =>
    parts.reduce((sum, part) => {
      const own = part[m]!;
      return {
        refused: sum.refused + own.refused,
        analysed: sum.analysed + own.analysed,
        twoSided: sum.twoSided + own.twoSided,
        oneSided: sum.oneSided + own.oneSided,
        covered: sum.covered + own.covered,
      };
    }, emptyTally()),
  );
}

function simulatedSection(
  family: number,
  tallied: readonly { readonly cell: Cell; readonly tallies: readonly CalibrationTally[] }[],
): CalibrationSection {
  const { id, title, laws, methods } = FAMILIES[family]!;
  const tallyOf = (law: number, setting: number, withEffect: boolean, method: number) =>
    tallied.find(({ cell }) => cell.law === law && cell.setting === setting && cell.withEffect === withEffect)?.tallies[
      method
    ];
  const rows = methods.map((method, m): CalibrationRow => {
    const cells = laws.flatMap((law, l) =>
      SETTINGS.flatMap((setting, s): CalibrationCell[] => {
        const without = tallyOf(l, s, false, m);
        const withEffect = law.truth?.[method.estimand] === undefined ? undefined : tallyOf(l, s, true, m);
        if (without === undefined || without.analysed + without.refused === 0) return [];
        return [{ ...setting, law: law.id, ...cellOf(without, withEffect) }];
      }),
    );
    return { title: method.title, key: levelKey(method.spec, 400), exactUnder: exactLaws(method), cells };
  });
  return { id, title, laws: laws.map(({ id, title, description }) => ({ id, title, description })), rows };
}

/** The exact rank sum test holds its level when both arms have the same distribution. */
function exactLaws({ spec }: CalibrationMethod): string[] {
  return spec.method === "two-sample-test" && spec.test === "rank-sum-exact"
    ? ["normal", "skewed", "twin-variance"]
    : [];
}

function cellOf(without: CalibrationTally, withEffect: CalibrationTally | undefined) {
  const share = (count: number, of: CalibrationTally) => (of.analysed === 0 ? null : count / of.analysed);
  const refusedOf = (tally: CalibrationTally) => tally.refused / (tally.refused + tally.analysed);
  return {
    trials: without.analysed,
    refused: refusedOf(without),
    twoSided: share(without.twoSided, without),
    oneSided: share(without.oneSided, without),
    coverage: share(without.covered, without),
    trialsWithEffect: withEffect?.analysed ?? null,
    refusedWithEffect: withEffect === undefined ? 0 : refusedOf(withEffect),
    coverageWithEffect: withEffect === undefined ? null : share(withEffect.covered, withEffect),
  };
}

const PROPORTION_LAWS = PROPORTIONS.map((p) => ({
  id: `proportion-${100 * p}`,
  title: `${100 * p} %`,
  description: `both arms ${100 * p} %; with an effect ${Math.round(100 * (p + 0.2))} % in the experimental arm`,
}));

/** Probabilities of an enumeration to ten decimals, which every machine agrees on. */
const rounded = (value: number) => Math.round(value * 1e10) / 1e10;
const NOTHING = {
  trials: null,
  refused: 0,
  twoSided: null,
  oneSided: null,
  coverage: null,
  trialsWithEffect: null,
  refusedWithEffect: 0,
  coverageWithEffect: null,
};

async function enumeratedSections(run: <T>(task: CalibrationTask) => Promise<T>): Promise<CalibrationSection[]> {
  const tests = PROPORTION_TESTS.map(async ([test, title]): Promise<CalibrationRow> => {
    const bySetting = await Promise.all(
      SETTINGS.map((setting) => run<EnumeratedLevels>({ kind: "test", setting, test })),
    );
    const cells = PROPORTION_LAWS.flatMap(({ id }, l) =>
      SETTINGS.map((setting, s) => ({
        ...setting,
        law: id,
        ...NOTHING,
        twoSided: rounded(bySetting[s]!.twoSided[l]!),
        oneSided: rounded(bySetting[s]!.oneSided[l]!),
      })),
    );
    const exactUnder = EXACT_TESTS.includes(test) ? PROPORTION_LAWS.map(({ id }) => id) : [];
    return { title, key: { group: "two-proportions", choice: test }, exactUnder, cells };
  });
  const intervals = PROPORTION_INTERVALS.map(async ({ measure, interval, onlySmall }): Promise<CalibrationRow> => {
    const settings = SETTINGS.filter((setting) => onlySmall !== true || patientsOf(setting) <= 100);
    const bySetting = await Promise.all(
      settings.map((setting) => run<EnumeratedCoverage>({ kind: "interval", setting, measure, interval })),
    );
    const cells = PROPORTION_LAWS.flatMap(({ id }, l) =>
      settings.map((setting, s) => ({
        ...setting,
        law: id,
        ...NOTHING,
        refused: rounded(bySetting[s]!.refused[l]!),
        coverage: rounded(bySetting[s]!.coverage[l]!),
        refusedWithEffect: rounded(bySetting[s]!.refusedWithEffect[l]!),
        coverageWithEffect: rounded(bySetting[s]!.coverageWithEffect[l]!),
      })),
    );
    return { title: `${measure.replace("-", " ")}, ${interval}`, key: null, exactUnder: [], cells };
  });
  return [
    { id: "two-proportions", title: "Two proportions, tests", laws: PROPORTION_LAWS, rows: await Promise.all(tests) },
    {
      id: "two-proportions-intervals",
      title: "Two proportions, intervals",
      laws: PROPORTION_LAWS,
      rows: await Promise.all(intervals),
    },
  ];
}
