import { z } from "zod";
import { DomainError } from "../../errors/domain-error.ts";
import { sasNumber } from "../../program-code/sas-literal.ts";
import { withChosenFirst } from "../means/means-conventions.ts";
import { sasSides, sasTwoGroupSizes } from "../means/means-sas.ts";
import type { NumericField } from "../numeric-field.ts";
import type { PowerReport } from "../power-report.ts";
import type { Settings } from "../power-sweep.ts";
import { severalValues } from "../several-values.ts";
import { answerPowerQuestion, type PowerMethod, type PowerQuestion } from "../two-arm-power.ts";
import { effectDirectionSchema, twoArmShape } from "../two-arm-spec.ts";
import { rTwoRates } from "./rates-program.ts";
import {
  assertNullOfMeasure,
  attainableNullRate,
  nullExperimentalRate,
  powerOfRates,
  RATES_CONVENTIONS,
  rateMeasure,
  type TwoRates,
} from "./rates-test.ts";

/** Two independent proportions: superiority, or non-inferiority by a null value other than equality. */
export const twoRatesSpecSchema = z.object({
  method: z.literal("two-rates"),
  ...twoArmShape,
  experimentalRate: severalValues("open-unit", "Enter a proportion such as 0.35, not a percentage.")
    .optional()
    .describe("True proportion in the experimental arm."),
  controlRate: severalValues("open-unit", "Enter a proportion such as 0.35, not a percentage.").describe(
    "True proportion in the control arm.",
  ),
  measure: z
    .enum(["risk-difference", "risk-ratio", "odds-ratio"])
    .default("risk-difference")
    .describe("Scale on which the null value is stated and the test is made."),
  nullValue: severalValues("finite")
    .optional()
    .describe("Value of the measure under the null hypothesis; equality if not given, the margin for non-inferiority."),
  direction: effectDirectionSchema,
  convention: z
    .enum(["pooled", "unpooled", "continuity-corrected", "arcsine"])
    .default("pooled")
    .describe("Which z test, and which variance where."),
});
export type TwoRatesSpec = z.infer<typeof twoRatesSpecSchema>;

export const RATE_FIELDS = {
  experimentalRate: {
    name: "experimentalRate",
    label: "Experimental proportion",
    unit: "",
    kind: "proportion",
    range: "open-unit",
    hint: "Enter a proportion such as 0.35, not a percentage.",
  },
  controlRate: {
    name: "controlRate",
    label: "Control proportion",
    unit: "",
    kind: "proportion",
    range: "open-unit",
    hint: "Enter a proportion such as 0.35, not a percentage.",
  },
  nullValue: { name: "nullValue", label: "Null value", unit: "", kind: "number", range: "finite" },
} as const satisfies Record<string, NumericField>;

/**
 * Power and size of z tests of two proportions (METHODS.md eq. (P15)–(P18)).
 *
 * @throws DomainError naming the field at fault.
 * Reference values: tests/reference/power_rates.json.
 */
export function computeTwoRates(spec: TwoRatesSpec): PowerReport {
  const { sides, convention, measure } = spec;
  const equality = measure === "risk-difference" ? 0 : 1;
  const method: PowerMethod = {
    name: `two proportions, ${measure.replace("-", " ")}`,
    conventions: withChosenFirst(RATES_CONVENTIONS, convention, twoRatesSpecSchema.shape.convention.unwrap().options),
    choices: [{ field: "measure", label: "Measure", unit: "", values: [measure] }],
    groups: 2,
    parameters: [
      { field: RATE_FIELDS.controlRate, values: spec.controlRate },
      { field: RATE_FIELDS.nullValue, values: spec.nullValue ?? equality },
    ],
    effect: { field: RATE_FIELDS.experimentalRate, values: spec.experimentalRate },
    fewestPerArm: 1,
    powerFunction: (s) => {
      assertNullValue(spec, s.nullValue!, equality);
      const nullRate = nullExperimentalRate(s.controlRate!, measure, s.nullValue!);
      const rates = (experimental: number): TwoRates => ({
        experimental,
        control: s.controlRate!,
        measure,
        nullValue: s.nullValue!,
      });
      return {
        powerAt: (n1, n0, effect, alpha) => powerOfRates(convention, rates(effect), n1, n0, alpha / sides),
        nullEffect: nullRate,
        fewest: 1e-6,
        effectRange: () => ({
          nullEffect: attainableNullRate(s.controlRate!, measure, s.nullValue!),
          limit: spec.direction === "greater" ? 1 : 0,
          step: 0.02,
        }),
        further: (_n1, _n0, effect) => ({ measure: rateMeasure(rates(effect)) }),
      };
    },
    furtherOutputs: [{ key: "measure", title: measureTitle(measure), unit: "", kind: "number" }],
    rFunctions: rTwoRates(spec),
    sas: (s, question) => sasTwoRates(s, question, spec),
    sasNote: sasNoteOf(spec),
  };
  return answerPowerQuestion(spec, method);
}

function measureTitle(measure: TwoRatesSpec["measure"]): string {
  return { "risk-difference": "Risk difference", "risk-ratio": "Risk ratio", "odds-ratio": "Odds ratio" }[measure];
}

/** Refuses null values that a measure cannot take and corrections that are defined for equality only. */
function assertNullValue({ measure, convention }: TwoRatesSpec, nullValue: number, equality: number): void {
  assertNullOfMeasure(measure, nullValue);
  const forEquality = convention === "continuity-corrected" || convention === "arcsine";
  if (forEquality && nullValue !== equality)
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: "convention",
      received: convention,
      requirement: 'must be "pooled" or "unpooled" for a null value other than equality',
      hint: "Choose the pooled test (Farrington–Manning) for non-inferiority.",
    });
}

function sasTwoRates(s: Settings, question: PowerQuestion, spec: TwoRatesSpec): string | null {
  if (question.solveFor === "alpha" || question.solveFor === "effect") return null;
  if (spec.convention !== "pooled" || spec.measure === "odds-ratio") return null;
  const test = spec.measure === "risk-ratio" ? "fm_rr" : s.nullValue === 0 ? "pchi" : "fm";
  const nullName = spec.measure === "risk-ratio" ? "nullrelativerisk" : "nullproportiondiff";
  const nullRate = nullExperimentalRate(s.controlRate!, spec.measure, s.nullValue!);
  // SAS compares group 2 with group 1.
  return `proc power;
  twosamplefreq test=${test}
    sides=${sasSides(question.sides, s.experimentalRate! > nullRate)}
    groupproportions=(${sasNumber(s.controlRate!)} ${sasNumber(s.experimentalRate!)})
    ${nullName}=${sasNumber(s.nullValue!)}
    ${swapGroups(sasTwoGroupSizes(s, question))}
    alpha=${sasNumber(s.alpha!)}
    power=${question.solveFor === "power" ? "." : sasNumber(s.power!)};
run;
`;
}

/** Sizes or weights (experimental control) in the order (control experimental). */
function swapGroups(sizes: string): string {
  return sizes.replace(/\((\S+) (\S+)\)/, "($2 $1)");
}

function sasNoteOf({ convention, measure, sides }: TwoRatesSpec): string {
  if (convention !== "pooled" || measure === "odds-ratio") return "PROC POWER has the pooled z test only.";
  const tails = sides === 2 ? " It also counts rejections in the wrong direction of a two-sided test." : "";
  return `PROC POWER solves for power and sample size only.${tails}`;
}
