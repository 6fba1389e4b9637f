import type { ResultColumnKind } from "../analysis/analysis-report.ts";
import { type Diagnostic, diagnostic } from "../errors/diagnostic.ts";
import { DomainError, invalidInput } from "../errors/domain-error.ts";
import type { ProgramCode } from "../program-code/program-code.ts";
import { assertInRange, type NumericField } from "./numeric-field.ts";
import type { PowerConvention, PowerInput, PowerReport } from "./power-report.ts";
import { type Combination, combineValues, type SeveralValues } from "./several-values.ts";

/** Single values of one row by field name. */
export type Settings = Readonly<Record<string, number>>;
/** Answers of one row by output key; null where there is none. */
export type Answers = Readonly<Record<string, number | null>>;

/** A numeric field with the values given for it. */
export interface GivenField {
  readonly field: NumericField;
  readonly values: SeveralValues;
}

/** A column of answers. */
export interface OutputColumn {
  readonly key: string;
  readonly title: string;
  readonly unit: string;
  readonly kind: ResultColumnKind;
}

/** A calculation over one or several values of its numeric inputs. */
export interface PowerSweep {
  readonly method: string;
  readonly solvedFor: PowerReport["solvedFor"];
  /** The one used first, then the others that could be chosen. */
  readonly conventions: readonly [PowerConvention, ...PowerConvention[]];
  /** Inputs that are no numbers. */
  readonly choices: readonly PowerInput[];
  readonly given: readonly GivenField[];
  readonly combine: Combination;
  readonly outputs: readonly OutputColumn[];
  /** Answers for one row; may throw a DomainError. */
  readonly solve: (settings: Settings) => Answers;
  readonly statement: (settings: Settings, answers: Answers) => string;
  readonly diagnostics?: (rows: readonly { settings: Settings; answers: Answers }[]) => Diagnostic[];
  readonly tables?: PowerReport["tables"];
  readonly code: (rows: readonly Settings[]) => ProgramCode;
}

/**
 * Runs a calculation for every combination of its inputs and puts the answers into a report.
 *
 * @throws DomainError INVALID_INPUT for a value that a field cannot take, whatever the row; NOT_ESTIMABLE when the only row
 *   has no answer. In a table of several rows such a row has empty cells and a diagnostic.
 */
export function runPowerSweep(sweep: PowerSweep): PowerReport {
  for (const { field, values } of sweep.given)
    for (const value of typeof values === "number" ? [values] : values) assertInRange(field, value);
  const rows = combineValues(
    Object.fromEntries(sweep.given.map(({ field, values }) => [field.name, values])),
    sweep.combine,
  );
  const unanswered: Diagnostic[] = [];
  const solved = rows.map((settings, row) => {
    try {
      return { settings, answers: finiteAnswers(sweep.solve(settings)) };
    } catch (error) {
      if (rows.length === 1 || !(error instanceof DomainError) || error.code === "INVALID_INPUT") throw error;
      unanswered.push(diagnostic("warning", "no-answer", `Row ${row + 1}: ${error.message}`, error.detail.argument));
      return { settings, answers: {} as Answers };
    }
  });
  const [convention, ...otherConventions] = sweep.conventions;
  const first = solved[0]!;
  const inputColumns = sweep.given.map(({ field }) => ({ title: field.label, unit: field.unit, kind: field.kind }));
  return {
    method: sweep.method,
    solvedFor: sweep.solvedFor,
    convention,
    conventionNote: convention.note,
    otherConventions,
    inputs: [
      ...sweep.choices,
      ...sweep.given.map(({ field, values }) => ({
        field: field.name,
        label: field.label,
        unit: field.unit,
        values: typeof values === "number" ? [values] : [...values],
      })),
    ],
    results: {
      id: "results",
      title: sweep.solvedFor.label,
      columns: [...inputColumns, ...sweep.outputs.map(({ title, unit, kind }) => ({ title, unit, kind }))],
      rows: solved.map(({ settings, answers }) => [
        ...sweep.given.map(({ field }) => settings[field.name]!),
        ...sweep.outputs.map(({ key }) => answers[key] ?? null),
      ]),
      note: "",
    },
    resultKeys: [...sweep.given.map(({ field }) => field.name), ...sweep.outputs.map(({ key }) => key)],
    tables: sweep.tables ?? [],
    statement: Object.keys(first.answers).length === 0 ? "" : sweep.statement(first.settings, first.answers),
    diagnostics: [...unanswered, ...(sweep.diagnostics?.(solved) ?? [])],
    code: sweep.code(rows),
  };
}

/** An answer that is no number is a fault of the inputs that the method did not foresee. */
function finiteAnswers(answers: Answers): Answers {
  for (const [key, value] of Object.entries(answers)) {
    if (value !== null && !Number.isFinite(value))
      throw new DomainError("NOT_ESTIMABLE", {
        argument: key,
        received: String(value),
        requirement: "has no finite value for these inputs",
        hint: "Check the units and the ranges of the inputs.",
      });
  }
  return answers;
}

/** A numeric field that must be given for this calculation. */
export function required(field: NumericField, values: SeveralValues | undefined, when: string): GivenField {
  if (values === undefined)
    throw invalidInput(field.name, null, `must be given ${when}`, field.hint ?? "Give one value or several.");
  return { field, values };
}

/** Refuses a field that this calculation would ignore. */
export function assertAbsent(name: string, values: unknown, reason: string): void {
  if (values === undefined) return;
  const received = typeof values === "number" ? values : Array.isArray(values) ? (values as number[]) : String(values);
  throw invalidInput(name, received, `must not be given ${reason}`, "Remove it, or solve for something else.");
}

/** Up to six significant digits, for sentences. */
export function inWords(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** A power as a percentage, for sentences; one that rounds to certainty is given by the bound it exceeds. */
export function powerInWords(power: number): string {
  if (power > 0.9999) return "more than 99.99 %";
  if (power < 0.0001) return "less than 0.01 %";
  return `${inWords(100 * power)} %`;
}
