import type { ResultTable } from "../analysis/analysis-report.ts";
import { invalidInput } from "../errors/domain-error.ts";
import type { NumericField } from "../power/numeric-field.ts";
import { rPowerProgram } from "../power/power-program.ts";
import type { PowerConvention, PowerReport } from "../power/power-report.ts";
import {
  type Answers,
  assertAbsent,
  type GivenField,
  inWords,
  type OutputColumn,
  required,
  runPowerSweep,
  type Settings,
} from "../power/power-sweep.ts";
import { designProgram } from "./design-program.ts";
import { planOfDesign } from "./design-spec.ts";
import { boundaryWords, futilityWords } from "./design-words.ts";
import { designGroupSequential, type GroupSequentialDesign } from "./group-sequential-design.ts";
import type { SequentialOperation, SequentialSize } from "./sequential-size.ts";
import { rPower, rSize } from "./sequential-size-program.ts";
import type { SequentialMeansSpec, SequentialRatesSpec } from "./sequential-size-spec.ts";

const RATIO: NumericField = {
  name: "ratio",
  label: "Allocation experimental : control",
  unit: "",
  kind: "number",
  range: "positive",
};
const TOTAL: NumericField = {
  name: "total",
  label: "Most subjects",
  unit: "subjects",
  kind: "number",
  range: "subjects",
};

/** What an endpoint adds to the group sequential question. */
export interface SequentialEndpoint {
  readonly name: string;
  readonly effectLabel: string;
  readonly conventions: readonly [PowerConvention, ...PowerConvention[]];
  readonly given: readonly GivenField[];
  readonly size: (design: GroupSequentialDesign, s: Settings) => SequentialSize;
  readonly operation: (design: GroupSequentialDesign, s: Settings, total: number) => SequentialOperation;
  /** Effect on its own scale at a bound Z (positive: benefit) of an analysis of `total` subjects; null where there is none. */
  readonly effectAtBound: (s: Settings, z: number, total: number) => number | null;
  readonly effectInWords: (s: Settings) => string;
  /** R: `power_at(s, n1, n0, effect, alpha)`, `effect_of(s)` and `drift_of(s, total)`. */
  readonly r: string;
  readonly fewest: number;
}

/** The report of a group sequential trial with any endpoint. */
export function reportSequential(
  spec: SequentialMeansSpec | SequentialRatesSpec,
  endpoint: SequentialEndpoint,
): PowerReport {
  const plan = planOfDesign({ ...spec, method: "group-sequential-design", truths: [0] });
  const design = designGroupSequential(plan);
  const sizes = spec.solveFor === "sample-size";
  if (sizes) assertAbsent("total", spec.total, "when the sample size is solved for");
  const given: GivenField[] = [
    ...endpoint.given,
    { field: RATIO, values: spec.ratio ?? 1 },
    ...(sizes ? [] : [required(TOTAL, spec.total, "to solve for power")]),
  ];
  const stages = new Map<Settings, ResultTable>();
  const report = runPowerSweep({
    method: `Group sequential comparison of ${endpoint.name}, ${design.looks.length} analyses; ${boundaryWords(spec.efficacy)}; ${futilityWords(spec.futility)}; ${endpoint.conventions[0].name}`,
    solvedFor: sizes
      ? { quantity: "sample-size", label: "Sample size", unit: "subjects" }
      : { quantity: "power", label: "Power", unit: "" },
    conventions: endpoint.conventions,
    choices: designChoices(spec),
    given,
    combine: spec.combine,
    outputs: sizes ? SIZE_COLUMNS : POWER_COLUMNS,
    solve: (s) => {
      if (sizes) {
        const size = endpoint.size(design, s);
        stages.set(s, stageTable(design, endpoint, s, size.total, size.underDesignEffect));
        return sizeAnswers(size, s.ratio!);
      }
      const operation = endpoint.operation(design, s, s.total!);
      stages.set(s, stageTable(design, endpoint, s, s.total!, operation));
      return {
        answer: operation.power,
        expected: operation.expectedTotal,
        earlyStop: operation.earlyStop,
        futility: operation.futilityPerStage.reduce((sum, each) => sum + each, 0),
      };
    },
    statement: (s, answers) => statementOf(spec, endpoint, design, s, answers),
    diagnostics: () => [...design.diagnostics],
    code: (rows) => {
      const base = designProgram(plan, [0]);
      const program = rPowerProgram({
        title: "Sizes and power by the bounds above",
        rows,
        functions: endpoint.r,
        solve: sizes
          ? rSize(endpoint.fewest)
          : rPower(plan.sides === "symmetric-two-sided", plan.powerCounts ?? "either-direction"),
      });
      return {
        r: `${base.r}\n${program}`,
        rPackages: base.rPackages,
        sas: base.sas,
        sasNote:
          base.sas === null
            ? base.sasNote
            : `Bounds and information only: multiply the fixed size by the inflation factor. ${base.sasNote}`.trim(),
      };
    },
  });
  const [first] = stages.values();
  return { ...report, tables: first === undefined ? [] : [first] };
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

const POWER_COLUMNS: readonly OutputColumn[] = [
  { key: "answer", title: "Power", unit: "", kind: "proportion" },
  { key: "expected", title: "Expected subjects", unit: "subjects", kind: "number" },
  { key: "earlyStop", title: "Early stop", unit: "", kind: "proportion" },
  { key: "futility", title: "Stop for futility", unit: "", kind: "proportion" },
];

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

function designChoices(spec: SequentialMeansSpec | SequentialRatesSpec): PowerReport["inputs"] {
  return [
    { field: "oneSidedAlpha", label: "One-sided type I error", unit: "", values: [spec.oneSidedAlpha] },
    { field: "sides", label: "Sides of the test", unit: "", values: [spec.sides] },
    { field: "power", label: "Power of the design", unit: "", values: [spec.power] },
    { field: "informationFractions", label: "Information fractions", unit: "", values: [...spec.informationFractions] },
    { field: "efficacy", label: "Efficacy", unit: "", values: [boundaryWords(spec.efficacy)] },
    { field: "futility", label: "Futility", unit: "", values: [futilityWords(spec.futility)] },
  ];
}

/** One line an analysis: subjects, bounds on both scales, probabilities to stop under the effect. */
function stageTable(
  design: GroupSequentialDesign,
  endpoint: SequentialEndpoint,
  s: Settings,
  total: number,
  operation: SequentialOperation,
): ResultTable {
  const ratio = s.ratio!;
  return {
    id: "stages",
    title: "Analyses",
    columns: [
      { title: "Analysis", unit: "", kind: "count" },
      { title: "Information", unit: "", kind: "proportion" },
      { title: "Experimental", unit: "subjects", kind: "count" },
      { title: "Control", unit: "subjects", kind: "count" },
      { title: "Efficacy bound", unit: "Z", kind: "number" },
      { title: `${endpoint.effectLabel} at efficacy`, unit: "", kind: "number" },
      { title: "Futility bound", unit: "Z", kind: "number" },
      { title: `${endpoint.effectLabel} at futility`, unit: "", kind: "number" },
      { title: "Rejects here", unit: "", kind: "proportion" },
      { title: "Stops for futility here", unit: "", kind: "proportion" },
    ],
    rows: design.looks.map((look, k) => {
      const subjects = look.informationFraction * total;
      const effectAt = (z: number | null) => (z === null ? null : endpoint.effectAtBound(s, z, subjects));
      return [
        look.analysis,
        look.informationFraction,
        up((subjects * ratio) / (1 + ratio)),
        up(subjects / (1 + ratio)),
        look.efficacyZ,
        effectAt(look.efficacyZ),
        look.futilityZ,
        effectAt(look.futilityZ),
        operation.rejectPerStage[k]!,
        operation.futilityPerStage[k] ?? null,
      ];
    }),
    note: "First row of inputs; probabilities under the effect given.",
  };
}

function statementOf(
  spec: SequentialMeansSpec | SequentialRatesSpec,
  endpoint: SequentialEndpoint,
  design: GroupSequentialDesign,
  s: Settings,
  answers: Answers,
): string {
  const looks = `${design.looks.length} analyses (${boundaryWords(spec.efficacy)}; ${futilityWords(spec.futility)})`;
  const error = `${spec.sides} at ${inWords(spec.oneSidedAlpha)} per side`;
  if (spec.solveFor === "sample-size")
    return `At most ${answers.subjects} subjects (${answers.experimental} experimental, ${answers.control} control) give ${inWords(100 * spec.power)} % power at ${endpoint.effectInWords(s)}, ${error}, with ${looks}; ${inWords(answers.expected!)} are expected under the effect, ${inWords(answers.expectedNull!)} under none.`;
  return `With at most ${inWords(s.total!)} subjects and ${looks}, ${error}, the power at ${endpoint.effectInWords(s)} is ${inWords(100 * answers.answer!)} %; ${inWords(answers.expected!)} subjects are expected.`;
}

/** 1 where a larger effect is the benefit, −1 where a smaller one is. */
export function directionOf(direction: "greater" | "less" | undefined, distance: number): 1 | -1 {
  if (direction !== undefined) return direction === "greater" ? 1 : -1;
  return distance < 0 ? -1 : 1;
}

/** The same in R. */
export const rDirection = (direction: "greater" | "less" | undefined, distance: string) =>
  direction === undefined ? `if (${distance} < 0) -1 else 1` : direction === "greater" ? "1" : "-1";

/** Refuses an effect that is none, or that lies against the benefit. */
export function assertEffect(
  field: string,
  effect: number,
  nullEffect: number,
  direction: "greater" | "less" | undefined,
): void {
  if (effect === nullEffect)
    throw invalidInput(
      field,
      effect,
      `must differ from its value under the null hypothesis, ${inWords(nullEffect)}`,
      "Enter the effect expected, or change the null value (margin).",
    );
  if (direction !== undefined && directionOf(direction, 1) * (effect - nullEffect) < 0)
    throw invalidInput(
      field,
      effect,
      `must lie on the side of the benefit (${direction}) of its value under the null hypothesis, ${inWords(nullEffect)}`,
      "Change the effect or the direction.",
    );
}
