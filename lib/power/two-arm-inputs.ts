import { invalidInput } from "../errors/domain-error.ts";
import type { NumericField } from "./numeric-field.ts";
import { assertAbsent, type GivenField, required } from "./power-sweep.ts";
import type { PowerMethod, PowerQuestion } from "./two-arm-power.ts";

const FIELDS = {
  alpha: { name: "alpha", label: "Type I error", unit: "", kind: "number", range: "open-unit" },
  power: { name: "power", label: "Power", unit: "", kind: "proportion", range: "open-unit" },
  ratio: { name: "ratio", label: "Allocation experimental : control", unit: "", kind: "number", range: "positive" },
  total: { name: "total", label: "Subjects", unit: "subjects", kind: "number", range: "subjects" },
  experimental: { name: "experimental", label: "Experimental", unit: "subjects", kind: "number", range: "subjects" },
  control: { name: "control", label: "Control", unit: "subjects", kind: "number", range: "subjects" },
  dropout: { name: "dropout", label: "Dropout", unit: "", kind: "proportion", range: "half-open-unit" },
} as const satisfies Record<string, NumericField>;

/** What each question asks for. */
export const SOLVED = {
  "sample-size": { label: "Sample size", unit: "subjects" },
  power: { label: "Power", unit: "" },
  effect: { label: "Effect that is detected", unit: "" },
  alpha: { label: "Type I error", unit: "" },
} as const;

/**
 * Numeric inputs of a question in the order of the table: effect, parameters, error, power, sizes.
 *
 * @throws DomainError INVALID_INPUT for a field that is missing, or that would be ignored.
 */
export function givenFields(question: PowerQuestion, method: PowerMethod): GivenField[] {
  const { solveFor, sides } = question;
  const given: GivenField[] = [];
  if (solveFor === "effect") assertAbsent(method.effect.field.name, method.effect.values, "when it is solved for");
  else given.push(required(method.effect.field, method.effect.values, `to solve for ${SOLVED[solveFor].label}`));
  given.push(...method.parameters);
  if (solveFor === "alpha") assertAbsent("alpha", question.alpha, "when it is solved for");
  else {
    const values = question.alpha ?? (sides === 1 ? 0.025 : 0.05);
    for (const alpha of typeof values === "number" ? [values] : values)
      if (sides === 1 && alpha >= 0.5)
        throw invalidInput("alpha", alpha, "must lie below 0.5 for a one-sided test", "0.025 is usual.");
    given.push({ field: FIELDS.alpha, values });
  }
  if (solveFor === "power") assertAbsent("power", question.power, "when it is solved for");
  else given.push({ field: FIELDS.power, values: question.power ?? 0.9 });
  given.push(...givenSizes(question, method));
  return given;
}

function givenSizes(question: PowerQuestion, { groups }: PowerMethod): GivenField[] {
  const { total, experimental, control, ratio, dropout } = question;
  const ratioField = groups === 2 ? [{ field: FIELDS.ratio, values: ratio ?? 1 }] : [];
  if (question.solveFor === "sample-size") {
    assertAbsent("total", total, "when the sample size is solved for");
    assertAbsent("experimental", experimental, "when the sample size is solved for");
    assertAbsent("control", control, "when the sample size is solved for");
    return [...ratioField, ...(dropout === undefined ? [] : [{ field: FIELDS.dropout, values: dropout }])];
  }
  assertAbsent("dropout", dropout, "unless the sample size is solved for; sizes here are of subjects with an outcome");
  if (total !== undefined) {
    assertAbsent("experimental", experimental, "beside total");
    assertAbsent("control", control, "beside total");
    return [{ field: FIELDS.total, values: total }, ...ratioField];
  }
  if (groups === 1) return [required(FIELDS.total, total, "unless the sample size is solved for")];
  assertAbsent("ratio", ratio, "beside the sizes of both arms");
  return [
    required(FIELDS.experimental, experimental, "(or total) unless the sample size is solved for"),
    required(FIELDS.control, control, "(or total) unless the sample size is solved for"),
  ];
}
