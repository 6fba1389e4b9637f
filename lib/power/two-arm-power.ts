import { invalidInput } from "../errors/domain-error.ts";
import type { NumericField } from "./numeric-field.ts";
import { powerProgram, rPowerProgram } from "./power-program.ts";
import type { PowerConvention, PowerInput, PowerReport } from "./power-report.ts";
import {
  type Answers,
  type GivenField,
  inWords,
  type OutputColumn,
  powerInWords,
  runPowerSweep,
  type Settings,
} from "./power-sweep.ts";
import { type Rounding, roundSizes } from "./round-sizes.ts";
import type { Combination, SeveralValues } from "./several-values.ts";
import { assertPowerAboveError, type EffectRange, solveAlpha, solveEffect, solveSize } from "./solve-power.ts";
import { givenFields, SOLVED } from "./two-arm-inputs.ts";
import { rSolveRow } from "./two-arm-program.ts";

/** The fields of `twoArmShape` or `oneGroupShape` after parsing. */
export interface PowerQuestion {
  readonly solveFor: "sample-size" | "power" | "effect" | "alpha";
  readonly sides: 1 | 2;
  readonly alpha?: SeveralValues | undefined;
  readonly power?: SeveralValues | undefined;
  readonly ratio?: SeveralValues | undefined;
  readonly total?: SeveralValues | undefined;
  readonly experimental?: SeveralValues | undefined;
  readonly control?: SeveralValues | undefined;
  readonly rounding?: Rounding | undefined;
  readonly dropout?: SeveralValues | undefined;
  readonly combine: Combination;
}

/** The power function of a test in one row of settings. */
export interface PowerFunction {
  /** Power with these sizes; `control` is 0 for one group. */
  readonly powerAt: (experimental: number, control: number, effect: number, alpha: number) => number;
  readonly nullEffect: number;
  /** Smallest total that can be analysed, real. */
  readonly fewest: number;
  /** Where an effect is sought with these sizes. */
  readonly effectRange: (experimental: number, control: number) => EffectRange;
  /** Probability of a counted rejection without any effect; alpha / sides if not given. */
  readonly errorInDirection?: (alpha: number) => number;
  /** Whole sizes found by another search than that of a smooth power function. */
  readonly searchSizes?: (
    power: number,
    effect: number,
    alpha: number,
    ratio: number,
  ) => { experimental: number; control: number };
  /** Further answers at the sizes of the row (rounded ones when sizes were solved for). */
  readonly further?: (experimental: number, control: number, effect: number, alpha: number) => Answers;
}

/** What a method of power adds to the question. */
export interface PowerMethod {
  /** Name in words without the quantity solved for. */
  readonly name: string;
  readonly conventions: readonly [PowerConvention, ...PowerConvention[]];
  readonly choices: readonly PowerInput[];
  readonly groups: 1 | 2;
  readonly parameters: readonly GivenField[];
  readonly effect: { readonly field: NumericField; readonly values: SeveralValues | undefined };
  /** Names of the two groups where they are no arms; "Experimental" and "Control" if not given. */
  readonly groupNames?: readonly [string, string];
  /** Fewest subjects of an arm after rounding. */
  readonly fewestPerArm: number;
  readonly powerFunction: (settings: Settings) => PowerFunction;
  readonly furtherOutputs?: readonly OutputColumn[];
  /** R functions `power_at(s, n1, n0, effect, alpha)`, `fewest(s)` and `effect_range(s, n1, n0)`. */
  readonly rFunctions: string;
  /** R body in place of the search for sizes, when the method has its own. */
  readonly rSearchSizes?: string;
  /** SAS statement of a row; null where SAS cannot solve for the quantity. */
  readonly sas?: (settings: Settings, question: PowerQuestion) => string | null;
  readonly sasNote: string;
  readonly diagnostics?: Parameters<typeof runPowerSweep>[0]["diagnostics"];
}

/**
 * Answers a question about a test: sizes, power, effect or type I error, for one or several values of every input
 * (METHODS.md eq. (P4), (P6), (P7)).
 *
 * @throws DomainError INVALID_INPUT naming the field of the spec; NOT_ESTIMABLE when there is no such trial.
 */
export function answerPowerQuestion(question: PowerQuestion, method: PowerMethod): PowerReport {
  const given = givenFields(question, method);
  const { solveFor } = question;
  const effectName = method.effect.field.name;
  return runPowerSweep({
    method: `${SOLVED[solveFor].label}: ${method.name}; ${method.conventions[0].name}`,
    solvedFor: {
      quantity: solveFor,
      label: solveFor === "effect" ? method.effect.field.label : SOLVED[solveFor].label,
      unit: solveFor === "effect" ? method.effect.field.unit : SOLVED[solveFor].unit,
    },
    conventions: method.conventions,
    choices: [{ field: "sides", label: "Sides of the test", unit: "", values: [question.sides] }, ...method.choices],
    given,
    combine: question.combine,
    outputs: outputsOf(question, method),
    solve: (settings) => solveRow(question, method, settings),
    statement: (settings, answers) => statementOf(question, method, settings, answers),
    ...(method.diagnostics === undefined ? {} : { diagnostics: method.diagnostics }),
    code: (rows) =>
      powerProgram(
        rPowerProgram({
          title: `${SOLVED[solveFor].label}: ${method.name}; ${method.conventions[0].name}`,
          rows,
          functions: method.rFunctions,
          solve: rSolveRow(question, method, effectName),
        }),
        sasProgram(rows.map((settings) => method.sas?.(settings, question) ?? null)),
        method.sasNote,
      ),
  });
}

function sasProgram(statements: readonly (string | null)[]): string | null {
  return statements.includes(null) ? null : statements.join("\n");
}

function outputsOf(question: PowerQuestion, method: PowerMethod): OutputColumn[] {
  const further = method.furtherOutputs ?? [];
  const arms: OutputColumn[] =
    method.groups === 1
      ? []
      : [
          { key: "experimental", title: method.groupNames?.[0] ?? "Experimental", unit: "subjects", kind: "number" },
          { key: "control", title: method.groupNames?.[1] ?? "Control", unit: "subjects", kind: "number" },
        ];
  switch (question.solveFor) {
    case "sample-size":
      return [
        { key: "unrounded", title: "Total before rounding", unit: "subjects", kind: "number" },
        ...arms.map((column) => ({ ...column, kind: "count" as const })),
        { key: "subjects", title: "Total", unit: "subjects", kind: "count" },
        { key: "achieved", title: "Power reached", unit: "", kind: "proportion" },
        ...(question.dropout === undefined
          ? []
          : [{ key: "randomised", title: "To randomise", unit: "subjects", kind: "count" as const }]),
        ...further,
      ];
    case "power":
      return [
        ...(question.total === undefined ? [] : arms),
        { key: "answer", title: "Power", unit: "", kind: "proportion" },
        ...further,
      ];
    case "effect": {
      const { label, unit, kind } = method.effect.field;
      return [{ key: "answer", title: label, unit, kind }, ...further];
    }
    case "alpha":
      return [{ key: "answer", title: "Type I error", unit: "", kind: "number" }, ...further];
  }
}

function solveRow(question: PowerQuestion, method: PowerMethod, settings: Settings): Answers {
  const test = method.powerFunction(settings);
  const { field } = method.effect;
  if (question.solveFor === "sample-size") return solveSizes(question, method, settings, test);
  const [n1, n0] = armsOf(settings, method.groups);
  assertEnough(question, method, test, n1, n0);
  const sizes = question.total !== undefined && method.groups === 2 ? { experimental: n1, control: n0 } : {};
  const { alpha, power } = settings;
  const effect = settings[field.name];
  switch (question.solveFor) {
    case "power":
      return {
        ...sizes,
        answer: test.powerAt(n1, n0, effect!, alpha!),
        ...test.further?.(n1, n0, effect!, alpha!),
      };
    case "effect": {
      assertPowerAboveError(power!, errorOf(test, alpha!));
      const answer = solveEffect((x) => test.powerAt(n1, n0, x, alpha!), power!, test.effectRange(n1, n0));
      return { answer, ...test.further?.(n1, n0, answer, alpha!) };
    }
    case "alpha": {
      assertEffect(field, effect!, test.nullEffect);
      const answer = solveAlpha((a) => test.powerAt(n1, n0, effect!, a), power!, question.sides === 1 ? 0.5 : 1);
      return { answer, ...test.further?.(n1, n0, effect!, answer) };
    }
  }
}

function solveSizes(question: PowerQuestion, method: PowerMethod, settings: Settings, test: PowerFunction): Answers {
  const { field } = method.effect;
  const effect = settings[field.name]!;
  const { alpha, power, dropout } = settings as { alpha: number; power: number; dropout?: number };
  const ratio = method.groups === 1 ? Infinity : settings.ratio!;
  assertEffect(field, effect, test.nullEffect);
  assertPowerAboveError(power, errorOf(test, alpha));
  let unrounded: number | null = null;
  let sizes: { experimental: number; control: number };
  if (test.searchSizes === undefined) {
    const share = method.groups === 1 ? 1 : ratio / (1 + ratio);
    unrounded = solveSize(
      (total) => test.powerAt(total * share, total * (1 - share), effect, alpha),
      power,
      test.fewest,
      field.name,
    );
    sizes = roundSizes(unrounded, ratio, question.rounding ?? "each-arm", method.fewestPerArm);
  } else sizes = test.searchSizes(power, effect, alpha, ratio);
  const { experimental, control } = sizes;
  const randomise = (size: number) => Math.ceil((size / (1 - (dropout ?? 0))) * (1 - 1e-12));
  return {
    unrounded,
    ...(method.groups === 1 ? {} : sizes),
    subjects: experimental + control,
    achieved: test.powerAt(experimental, control, effect, alpha),
    ...(dropout === undefined ? {} : { randomised: randomise(experimental) + randomise(control) }),
    ...test.further?.(experimental, control, effect, alpha),
  };
}

function armsOf(settings: Settings, groups: 1 | 2): [number, number] {
  const { total, ratio, experimental, control } = settings;
  if (groups === 1) return [total!, 0];
  if (total !== undefined) return [(total * ratio!) / (1 + ratio!), total / (1 + ratio!)];
  return [experimental!, control!];
}

/** Refuses a size with which the test cannot be made. */
function assertEnough(
  { total }: PowerQuestion,
  { groups }: PowerMethod,
  test: PowerFunction,
  n1: number,
  n0: number,
): void {
  const smallest = groups === 1 ? n1 : Math.min(n1, n0);
  if (smallest >= 1 && n1 + n0 >= test.fewest) return;
  const field = total !== undefined ? "total" : n0 < n1 ? "control" : "experimental";
  throw invalidInput(
    field,
    total === undefined ? smallest : n1 + n0,
    `must leave at least one subject in each ${groups === 1 ? "group" : "arm"}${test.fewest >= 1 ? " and one more than the test estimates means and covariates" : ""}`,
    "Give more subjects.",
  );
}

/** The error a power must exceed: the one stated, both directions together, or what the test has where that is more. */
function errorOf(test: PowerFunction, alpha: number): number {
  return Math.max(alpha, test.errorInDirection?.(alpha) ?? 0);
}

function assertEffect(field: NumericField, effect: number, nullEffect: number): void {
  if (effect !== nullEffect) return;
  throw invalidInput(
    field.name,
    effect,
    `must differ from its value under the null hypothesis, ${inWords(nullEffect)}`,
    "A test has power only away from its null hypothesis: enter the effect expected, or change the null value (margin).",
  );
}

function statementOf(question: PowerQuestion, method: PowerMethod, settings: Settings, answers: Answers): string {
  const { field } = method.effect;
  const unit = field.unit === "" ? "" : ` ${field.unit}`;
  const sided = question.sides === 1 ? "one-sided" : "two-sided";
  const effect = question.solveFor === "effect" ? answers.answer! : settings[field.name]!;
  const alpha = question.solveFor === "alpha" ? answers.answer! : settings.alpha!;
  const power = question.solveFor === "power" ? answers.answer! : settings.power!;
  let sizes: string;
  if (question.solveFor === "sample-size") {
    sizes = sizesInWords(method, answers.experimental ?? answers.subjects!, answers.control ?? 0);
  } else {
    const [n1, n0] = armsOf(settings, method.groups);
    sizes = sizesInWords(method, n1, n0);
  }
  const reached =
    question.solveFor === "sample-size"
      ? `${powerInWords(answers.achieved!)} power (${powerInWords(power)} wanted)`
      : `${powerInWords(power)} power`;
  const label = field.label.toLowerCase();
  const shown = `${reached} at ${/^[aeiou]/.test(label) ? "an" : "a"} ${label} of ${inWords(effect)}${unit}`;
  return `${sizes} give ${shown} with a ${sided} type I error of ${inWords(alpha)} (${method.name}; ${method.conventions[0].name}).`;
}

function sizesInWords({ groups, groupNames }: PowerMethod, n1: number, n0: number): string {
  if (groups === 1) return `${inWords(n1)} subjects`;
  const [first, second] = groupNames ?? ["experimental", "control"];
  return `${inWords(n1 + n0)} subjects (${inWords(n1)} ${first.toLowerCase()}, ${inWords(n0)} ${second.toLowerCase()})`;
}
