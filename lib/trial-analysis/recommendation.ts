import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import type { AnalysisSpec } from "./analysis-spec.ts";
import { type LevelKey, levelKey } from "./level-key.ts";

/** Level of a test in one setting under one law. */
export interface SimulatedLevel {
  readonly control: number;
  readonly experimental: number;
  /** Name of the law of the trials in the calibration document. */
  readonly law: string;
  /** Simulated trials; null where all outcomes were enumerated. */
  readonly trials: number | null;
  /** Share of trials without an effect in which p ≤ 0.05, two-sided. */
  readonly level: number;
}

/** Levels by group and choice (see {@link LevelKey}). */
export type SimulatedLevels = Readonly<Record<string, Readonly<Record<string, readonly SimulatedLevel[]>>>>;

/** Patients of the two arms that are compared. */
export interface ComparedArms {
  readonly control: number;
  readonly experimental: number;
}

const NOMINAL = 0.05;
/** A level is worth a word when it is off by more than this, and by more than three Monte Carlo standard errors. */
const NOTICEABLE = 0.01;
const STANDARD_ERRORS = 3;
/** Another choice is worth a word when its worst level is closer by at least this. */
const BETTER = 0.005;
/** Trials much larger than those simulated are left without a word. */
const LARGEST_TRIAL = 1000;

/**
 * What simulation says of the level of an analysis in the nearest setting that was simulated: nothing where the level was
 * close to nominal or was not simulated, else the level, under which law, and the choice of the same model that was closest.
 *
 * @param levels - Table of levels, as `npm run calibration` writes it.
 * @returns No or one diagnostic, code "simulated-level": a warning for a test that rejected too often, information for one
 *   that rejected too rarely.
 *
 * METHODS.md eq. (T3).
 */
export function levelDiagnostics(spec: AnalysisSpec, arms: ComparedArms, levels: SimulatedLevels): Diagnostic[] {
  const patients = arms.control + arms.experimental;
  const key = levelKey(spec, patients);
  if (key === null || patients > LARGEST_TRIAL) return [];
  const own = nearestSetting(levels[key.group]?.[key.choice] ?? [], arms);
  const worst = worstOf(own);
  if (worst === null || !isNoticeable(worst)) return [];
  const liberal = worst.level > NOMINAL;
  const other = betterChoice(levels, key, arms, worst);
  const mirrored = arms.control > arms.experimental && worst.control < worst.experimental;
  const place = `${worst.control} + ${worst.experimental} patients (control + experimental${mirrored ? "; your larger arm is the control" : ""}), the nearest setting that was simulated, law “${worst.law}”`;
  const rejected = `the two-sided test rejected ${percent(worst)} of trials without an effect at the nominal 5 %`;
  return [
    diagnostic(
      liberal ? "warning" : "information",
      "simulated-level",
      `At ${place}, ${rejected}: ${liberal ? "too often" : "rarer than it may"}.${other}`,
    ),
  ];
}

/** Of the settings in the table the nearest in number of patients and in allocation, both on the log scale. */
function nearestSetting(levels: readonly SimulatedLevel[], arms: ComparedArms): SimulatedLevel[] {
  const size = ({ control, experimental }: ComparedArms) => Math.log(control + experimental);
  const allocation = ({ control, experimental }: ComparedArms) => Math.abs(Math.log(control / experimental));
  const nearest = (of: (setting: ComparedArms) => number, among: readonly SimulatedLevel[]) => {
    const distances = among.map((level) => Math.abs(of(level) - of(arms)));
    const least = Math.min(...distances);
    return among.filter((_, i) => distances[i]! < least + 1e-9);
  };
  return nearest(allocation, nearest(size, levels));
}

function isNoticeable({ level, trials }: SimulatedLevel): boolean {
  const error = trials === null ? 0 : Math.sqrt((NOMINAL * (1 - NOMINAL)) / trials);
  return Math.abs(level - NOMINAL) > Math.max(NOTICEABLE, STANDARD_ERRORS * error);
}

/** The law under which a test rejects most too often; where it does under none, most too rarely. */
function worstOf(levels: readonly SimulatedLevel[]): SimulatedLevel | null {
  if (levels.length === 0) return null;
  const highest = levels.reduce((most, own) => (own.level > most.level ? own : most));
  if (highest.level > NOMINAL && isNoticeable(highest)) return highest;
  return levels.reduce((least, own) => (own.level < least.level ? own : least));
}

function betterChoice(
  levels: SimulatedLevels,
  { group, choice }: LevelKey,
  arms: ComparedArms,
  worst: SimulatedLevel,
): string {
  const distance = (among: readonly SimulatedLevel[]) =>
    Math.max(...among.map(({ level }) => Math.abs(level - NOMINAL)));
  const others = Object.entries(levels[group] ?? {})
    .filter(([name]) => name !== choice)
    .map(([name, all]) => ({ name, own: nearestSetting(all, arms) }))
    .filter(({ own }) => own.length > 0 && own[0]!.control === worst.control)
    // Where the test rejects too often, a choice that does so as well is no remedy.
    .filter(({ own }) => worst.level < NOMINAL || !own.some((level) => level.level > NOMINAL && isNoticeable(level)))
    .sort((a, b) => distance(a.own) - distance(b.own));
  const best = others[0];
  if (best === undefined || distance(best.own) > Math.abs(worst.level - NOMINAL) - BETTER) return "";
  const sorted = [...best.own].sort((a, b) => a.level - b.level);
  const [low, high] = [percent(sorted[0]!), percent(sorted[sorted.length - 1]!)];
  const range = low === high ? low : `${low} to ${high}`;
  return ` The choice “${best.name}” rejected ${range} there, over all laws.`;
}

function percent({ level }: SimulatedLevel): string {
  return `${(100 * level).toFixed(1)} %`;
}
