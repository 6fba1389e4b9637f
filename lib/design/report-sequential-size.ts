import { invalidInput } from "../errors/domain-error.ts";
import type { NumericField } from "../power/numeric-field.ts";
import type { PowerConvention, PowerReport } from "../power/power-report.ts";
import {
  type Answers,
  assertAbsent,
  type GivenField,
  inWords,
  type OutputColumn,
  powerInWords,
  required,
  runPowerSweep,
  type Settings,
} from "../power/power-sweep.ts";
import { assertPowerAboveError, type EffectRange, solveEffect } from "../power/solve-power.ts";
import { boundaryWords, futilityWords } from "./design-words.ts";
import type { GroupSequentialDesign } from "./group-sequential-design.ts";
import type { SequentialOperation, SequentialSize } from "./sequential-size.ts";
import { type SequentialQuestion, sequentialProgram } from "./sequential-size-program.ts";
import type { SequentialMeansSpec, SequentialQuestionSpec, SequentialRatesSpec } from "./sequential-size-spec.ts";
import { sequentialStagesTable } from "./sequential-stages-table.ts";
import { designsOf, solveSequentialAlpha } from "./solve-sequential.ts";

export const SEQUENTIAL_FIELDS = {
  oneSidedAlpha: {
    name: "oneSidedAlpha",
    label: "One-sided type I error",
    unit: "",
    kind: "number",
    range: "one-sided-error",
  },
  power: { name: "power", label: "Power of the design", unit: "", kind: "proportion", range: "open-unit" },
  ratio: { name: "ratio", label: "Allocation experimental : control", unit: "", kind: "number", range: "positive" },
  total: { name: "total", label: "Most subjects", unit: "subjects", kind: "number", range: "subjects" },
} as const satisfies Record<string, NumericField>;

type TwoArmSpec = SequentialMeansSpec | SequentialRatesSpec;

/** What an endpoint adds to the group sequential question. */
export interface SequentialEndpoint {
  readonly name: string;
  readonly effectLabel: string;
  readonly conventions: readonly [PowerConvention, ...PowerConvention[]];
  readonly effect: { readonly field: NumericField; readonly values: GivenField["values"] | undefined };
  /** The other parameters. */
  readonly given: readonly GivenField[];
  /** Effect under the null hypothesis, on the scale of the effect's field. */
  readonly nullEffect: (s: Settings) => number;
  /** Where an effect is sought with this many subjects. */
  readonly effectRange: (s: Settings, total: number) => EffectRange;
  readonly size: (design: GroupSequentialDesign, s: Settings) => SequentialSize;
  readonly operation: (design: GroupSequentialDesign, s: Settings, total: number) => SequentialOperation;
  /** Effect on its own scale at a bound Z (positive: benefit) of an analysis of `total` subjects; null where there is none. */
  readonly effectAtBound: (s: Settings, z: number, total: number) => number | null;
  readonly effectInWords: (s: Settings) => string;
  /** R: `power_at(s, n1, n0, effect, alpha)`, `effect_of(s)`, `drift_of(s, total)` and `effect_range(s, total)`. */
  readonly r: string;
  /** Fewest subjects, both arms together. */
  readonly fewest: number;
}

/**
 * The report of a group sequential trial with two arms and any endpoint: sizes, or power, effect or type I error at a given
 * size, for one or several values of every input (lib/power/METHODS.md eq. (P31)–(P35)).
 *
 * @throws DomainError naming the field at fault.
 */
export function reportSequential(spec: TwoArmSpec, endpoint: SequentialEndpoint): PowerReport {
  const { solveFor } = spec;
  const designFor = designsOf(spec);
  const tables = new Map<Settings, PowerReport["tables"]>();
  const used = new Set<GroupSequentialDesign>();
  const question: SequentialQuestion = {
    solveFor,
    effectField: endpoint.effect.field.name,
    answers: solveFor === "sample-size" ? "sizes" : solveFor === "power" ? "power" : "solved",
  };
  const given = givenFields(spec, endpoint);
  const report = runPowerSweep({
    method: `Group sequential comparison of ${endpoint.name}, ${analysesInWords(spec)}; ${rulesInWords(spec)}; ${endpoint.conventions[0].name}`,
    solvedFor: solvedFor(solveFor, endpoint),
    conventions: endpoint.conventions,
    choices: ruleChoices(spec),
    given,
    combine: spec.combine,
    outputs: outputsOf(solveFor, endpoint),
    solve: (s) => {
      const row = solveRow(solveFor, endpoint, designFor, s);
      used.add(row.design);
      tables.set(s, [sequentialStagesTable(row.design, endpoint, row.settings, row.total, row.operation)]);
      return row.answers;
    },
    statement: (s, answers) => statementOf(spec, endpoint, s, answers),
    diagnostics: () => diagnosticsOf(used),
    code: (rows) => sequentialProgram(spec, question, endpoint, rows),
  });
  return { ...report, tables: [...tables.values()][0] ?? [] };
}

/** Caveats of every design used, each once. */
export function diagnosticsOf(designs: Iterable<GroupSequentialDesign>) {
  const found = [...designs].flatMap(({ diagnostics }) => diagnostics);
  return found.filter(({ message }, k) => found.findIndex((other) => other.message === message) === k);
}

function givenFields(spec: TwoArmSpec, { effect, given }: SequentialEndpoint): GivenField[] {
  const { solveFor } = spec;
  if (solveFor === "effect") assertAbsent(effect.field.name, effect.values, "when it is solved for");
  if (solveFor === "sample-size") assertAbsent("total", spec.total, "when the sample size is solved for");
  return [
    ...(solveFor === "effect" ? [] : [required(effect.field, effect.values, "unless it is solved for")]),
    ...given,
    { field: SEQUENTIAL_FIELDS.ratio, values: spec.ratio ?? 1 },
    ...(solveFor === "sample-size"
      ? []
      : [required(SEQUENTIAL_FIELDS.total, spec.total, "unless the sample size is solved for")]),
    ...errorFields(spec, solveFor === "alpha"),
  ];
}

/** Type I error (unless solved for) and power of the design. */
export function errorFields(spec: SequentialQuestionSpec, alphaSolved: boolean): GivenField[] {
  if (alphaSolved) assertAbsent("oneSidedAlpha", spec.oneSidedAlpha, "when it is solved for");
  return [
    ...(alphaSolved ? [] : [{ field: SEQUENTIAL_FIELDS.oneSidedAlpha, values: spec.oneSidedAlpha ?? 0.025 }]),
    { field: SEQUENTIAL_FIELDS.power, values: spec.power ?? 0.9 },
  ];
}

interface SolvedRow {
  readonly design: GroupSequentialDesign;
  /** The row with the quantity solved for. */
  readonly settings: Settings;
  readonly total: number;
  readonly operation: SequentialOperation;
  readonly answers: Answers;
}

function solveRow(
  solveFor: TwoArmSpec["solveFor"],
  endpoint: SequentialEndpoint,
  designFor: ReturnType<typeof designsOf>,
  s: Settings,
): SolvedRow {
  const field = endpoint.effect.field.name;
  if (solveFor === "sample-size") {
    const design = designFor(s.oneSidedAlpha!, s.power!);
    const size = endpoint.size(design, s);
    const { total, underDesignEffect: operation } = size;
    return { design, settings: s, total, operation, answers: sizeAnswers(size, s.ratio!) };
  }
  const total = s.total!;
  assertEnough(endpoint, s);
  const powerAt = (design: GroupSequentialDesign, settings: Settings) =>
    endpoint.operation(design, settings, total).power;
  const finish = (design: GroupSequentialDesign, settings: Settings, answer?: number): SolvedRow => {
    const operation = endpoint.operation(design, settings, total);
    const answers = operationAnswers(operation);
    return { design, settings, total, operation, answers: { ...answers, answer: answer ?? operation.power } };
  };
  switch (solveFor) {
    case "power":
      return finish(designFor(s.oneSidedAlpha!, s.power!), s);
    case "effect": {
      const design = designFor(s.oneSidedAlpha!, s.power!);
      const range = endpoint.effectRange(s, total);
      assertPowerAboveError(s.power!, powerAt(design, { ...s, [field]: range.nullEffect }));
      const effect = solveEffect((x) => powerAt(design, { ...s, [field]: x }), s.power!, range);
      return finish(design, { ...s, [field]: effect }, effect);
    }
    case "alpha": {
      assertDiffers(field, s[field]!, endpoint.nullEffect(s));
      const alpha = solveSequentialAlpha((a) => powerAt(designFor(a, s.power!), s), s.power!);
      return finish(designFor(alpha, s.power!), { ...s, oneSidedAlpha: alpha }, alpha);
    }
  }
}

/** Refuses a size with which no test can be made. */
function assertEnough({ fewest }: SequentialEndpoint, { total, ratio }: Settings): void {
  const smaller = Math.min(total! / (1 + ratio!), (total! * ratio!) / (1 + ratio!));
  if (smaller >= 1 && total! >= fewest) return;
  throw invalidInput(
    "total",
    total!,
    "must leave at least one subject in each arm, and one more than the means to be estimated",
    "Give more subjects, or an allocation nearer to equal arms.",
  );
}

function solvedFor(solveFor: TwoArmSpec["solveFor"], { effect }: SequentialEndpoint): PowerReport["solvedFor"] {
  switch (solveFor) {
    case "sample-size":
      return { quantity: "sample-size", label: "Sample size", unit: "subjects" };
    case "power":
      return { quantity: "power", label: "Power", unit: "" };
    case "effect":
      return { quantity: "effect", label: effect.field.label, unit: effect.field.unit };
    case "alpha":
      return { quantity: "alpha", label: "One-sided type I error", unit: "" };
  }
}

const SIZE_COLUMNS: readonly OutputColumn[] = [
  { key: "fixed", title: "Total of one analysis", unit: "subjects", kind: "number" },
  { key: "unrounded", title: "Most subjects, before rounding", unit: "subjects", kind: "number" },
  { key: "experimental", title: "Experimental", unit: "subjects", kind: "count" },
  { key: "control", title: "Control", unit: "subjects", kind: "count" },
  { key: "subjects", title: "Most subjects", unit: "subjects", kind: "count" },
  { key: "expectedNull", title: "Expected, no effect", unit: "subjects", kind: "number" },
  { key: "expectedHalf", title: "Expected, half the effect", unit: "subjects", kind: "number" },
  { key: "expected", title: "Expected, the effect", unit: "subjects", kind: "number" },
];

function outputsOf(solveFor: TwoArmSpec["solveFor"], { effect }: SequentialEndpoint): readonly OutputColumn[] {
  if (solveFor === "sample-size") return SIZE_COLUMNS;
  const answer: OutputColumn =
    solveFor === "power"
      ? { key: "answer", title: "Power", unit: "", kind: "proportion" }
      : solveFor === "alpha"
        ? { key: "answer", title: "One-sided type I error", unit: "", kind: "number" }
        : { key: "answer", title: effect.field.label, unit: effect.field.unit, kind: effect.field.kind };
  return [
    answer,
    { key: "expected", title: "Expected subjects", unit: "subjects", kind: "number" },
    { key: "earlyStop", title: "Early stop", unit: "", kind: "proportion" },
    { key: "futility", title: "Stop for futility", unit: "", kind: "proportion" },
  ];
}

const up = (size: number) => Math.ceil(size * (1 - 1e-10));

function sizeAnswers(size: SequentialSize, ratio: number): Answers {
  const experimental = up((size.total * ratio) / (1 + ratio));
  const control = up(size.total / (1 + ratio));
  return {
    fixed: size.fixedTotal,
    unrounded: size.total,
    experimental,
    control,
    subjects: experimental + control,
    expectedNull: size.underNull.expectedTotal,
    expectedHalf: size.underHalfEffect.expectedTotal,
    expected: size.underDesignEffect.expectedTotal,
  };
}

function operationAnswers(operation: SequentialOperation): Answers {
  return {
    expected: operation.expectedTotal,
    earlyStop: operation.earlyStop,
    futility: operation.futilityPerStage.reduce((sum, each) => sum + each, 0),
  };
}

export const analysesInWords = ({ informationFractions: { length } }: SequentialQuestionSpec) =>
  `${length} ${length === 1 ? "analysis" : "analyses"}`;

export const rulesInWords = ({ efficacy, futility }: SequentialQuestionSpec) =>
  `${boundaryWords(efficacy)}; ${futilityWords(futility)}`;

/** "one-sided type I error 0.025", or what a symmetric two-sided test has in each direction. */
export const errorInWords = ({ sides }: Pick<SequentialQuestionSpec, "sides">, oneSidedAlpha: number) =>
  sides === "one-sided"
    ? `a one-sided type I error of ${inWords(oneSidedAlpha)}`
    : `a two-sided type I error of ${inWords(2 * oneSidedAlpha)} (${inWords(oneSidedAlpha)} in each direction)`;

/** The rules of the design as inputs. */
export function ruleChoices(spec: SequentialQuestionSpec): PowerReport["inputs"] {
  return [
    { field: "sides", label: "Sides of the test", unit: "", values: [spec.sides.replaceAll("-", " ")] },
    { field: "informationFractions", label: "Information fractions", unit: "", values: [...spec.informationFractions] },
    { field: "efficacy", label: "Efficacy", unit: "", values: [boundaryWords(spec.efficacy)] },
    { field: "futility", label: "Futility", unit: "", values: [futilityWords(spec.futility)] },
  ];
}

function statementOf(spec: TwoArmSpec, endpoint: SequentialEndpoint, s: Settings, answers: Answers): string {
  const looks = `${analysesInWords(spec)} (${rulesInWords(spec)})`;
  const { solveFor } = spec;
  const settings = solveFor === "effect" ? { ...s, [endpoint.effect.field.name]: answers.answer! } : s;
  const error = errorInWords(spec, solveFor === "alpha" ? answers.answer! : s.oneSidedAlpha!);
  const effect = endpoint.effectInWords(settings);
  if (solveFor === "sample-size")
    return `At most ${answers.subjects} subjects (${answers.experimental} experimental, ${answers.control} control) are enough for ${powerInWords(s.power!)} power at ${effect} with ${error} and ${looks}; ${inWords(answers.expected!)} are expected under the effect, ${inWords(answers.expectedNull!)} under none.`;
  const power = powerInWords(solveFor === "power" ? answers.answer! : s.power!);
  return `At most ${inWords(s.total!)} subjects give ${power} power at ${effect} with ${error} and ${looks}; ${inWords(answers.expected!)} subjects are expected.`;
}

/** 1 where a larger effect is the benefit, −1 where a smaller one is. */
export function directionOf(direction: "greater" | "less" | undefined, distance: number): 1 | -1 {
  if (direction !== undefined) return direction === "greater" ? 1 : -1;
  return distance < 0 ? -1 : 1;
}

/** The same in R. */
export const rDirection = (direction: "greater" | "less" | undefined, distance: string) =>
  direction === undefined ? `if (${distance} < 0) -1 else 1` : direction === "greater" ? "1" : "-1";

/** Refuses an effect that is none. */
export function assertDiffers(field: string, effect: number, nullEffect: number): void {
  if (effect !== nullEffect) return;
  throw invalidInput(
    field,
    effect,
    `must differ from its value under the null hypothesis, ${inWords(nullEffect)}`,
    "Enter the effect expected, or change the null value (margin).",
  );
}

/** Refuses an effect that is none, or that lies against the benefit. */
export function assertEffect(
  field: string,
  effect: number,
  nullEffect: number,
  direction: "greater" | "less" | undefined,
): void {
  assertDiffers(field, effect, nullEffect);
  if (direction !== undefined && directionOf(direction, 1) * (effect - nullEffect) < 0)
    throw invalidInput(
      field,
      effect,
      `must lie on the side of the benefit (${direction}) of its value under the null hypothesis, ${inWords(nullEffect)}`,
      "Change the effect or the direction.",
    );
}
