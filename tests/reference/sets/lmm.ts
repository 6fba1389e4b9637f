import type { Covariate } from "../../../lib/analysis/covariate.ts";
import { satterthwaiteDf, varianceParameterCovariance } from "../../../lib/analysis/mixed-model/degrees-of-freedom.ts";
import { fitMixedModel, type MixedModelFit } from "../../../lib/analysis/mixed-model/fit-mixed-model.ts";
import { kenwardRoger, kenwardRogerDf } from "../../../lib/analysis/mixed-model/kenward-roger.ts";
import type {
  MixedModelData,
  NamedColumn,
  ResidualStructure,
} from "../../../lib/analysis/mixed-model/mixed-model-data.ts";
import { fittedValues, randomEffects } from "../../../lib/analysis/mixed-model/random-effects.ts";
import { completeRows, modelDesign, variableAtRows } from "../../../lib/analysis/model-design.ts";
import { studentTTwoSidedTail } from "../../../lib/numerics/student-t.ts";
import { modelVariables, parseFormula } from "../runner/r-formula.ts";
import { dataOf, type ReferenceColumns } from "../runner/reference-file.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";

/** A model formula of lme4 with one grouping variable. */
export interface MixedFormula {
  /** The fixed part, response included. */
  readonly fixed: string;
  /** Formulas of the correlated blocks of random effects. */
  readonly blocks: readonly string[];
  readonly group: string;
}

type FactorLevels = Readonly<Record<string, string | readonly string[]>>;

/** Reads `y ~ a*b + (t | id)`; `(t || id)` is one block an effect. */
export function parseMixedFormula(text: string): MixedFormula {
  const compact = text.replace(/\s/g, "");
  const bars = [...compact.matchAll(/\(([^()|]+(?:\([^()]*\))*[^()|]*)(\|\|?)([^()|]+)\)/g)];
  if (bars.length === 0) throw new UnknownCaseError(`no random effects in ${text}`);
  const group = bars[0]![3]!;
  if (/[:/+]/.test(group) || bars.some((bar) => bar[3] !== group))
    throw new UnknownCaseError(`several grouping variables in ${text}`);
  const fixed = bars
    .reduce((rest, bar) => rest.replace(bar[0], ""), compact)
    .replace(/\++/g, "+")
    .replace(/~\+/, "~")
    .replace(/\+$/, "")
    .replace(/~$/, "~1");
  const blocks = bars.flatMap(([, inside = "", kind]) => {
    if (kind === "|") return [inside];
    const terms = inside.split("+");
    const intercept = !terms.some((term) => term === "0");
    return [...(intercept ? ["1"] : []), ...terms.filter((term) => !/^[01]$/.test(term)).map((term) => `0+${term}`)];
  });
  return { fixed, blocks, group };
}

/** Variables named in a formula, those inside I(…) and other functions included. */
function namesIn(formula: string): string[] {
  return [...new Set(formula.match(/[A-Za-z.][A-Za-z0-9._]*(?!\s*\()\b(?!\()/g) ?? [])];
}

/** Replaces calls such as I(t^2) and log(t) by columns of their own. */
function withDerived(
  formula: string,
  columns: ReferenceColumns,
): { formula: string; columns: ReferenceColumns; names: Map<string, string> } {
  const names = new Map<string, string>();
  const derived: Record<string, readonly (number | string | boolean | null)[]> = { ...columns };
  const replaced = formula.replace(/\b(I|log|exp|sqrt)\(([^()]*)\)/g, (call: string, head: string, inside: string) => {
    const name = `derived.${names.size}`;
    const expression = head === "I" ? inside : `${head}(${inside})`;
    // As R writes calls: blanks around + - and *, none around ^ and /.
    names.set(name, call.replace(/\s/g, "").replace(/(?<=[\w.)])([-+*])/g, " $1 "));
    const length = Object.values(columns)[0]?.length ?? 0;
    derived[name] = Array.from({ length }, (_, row) => evaluateExpression(expression, columns, row));
    return name;
  });
  return { formula: replaced, columns: derived, names };
}

/** Arithmetic of numbers and numeric columns: + - * / ^ and one function at most. */
function evaluateExpression(text: string, columns: ReferenceColumns, row: number): number | null {
  const call = /^(log|exp|sqrt)\((.*)\)$/.exec(text);
  if (call !== null) {
    const inner = evaluateExpression(call[2]!, columns, row);
    return inner === null ? null : Math[call[1] as "log" | "exp" | "sqrt"](inner);
  }
  const tokens = text.match(/\d+\.?\d*(?:e-?\d+)?|[A-Za-z.][A-Za-z0-9._]*|[-+*/^]/g) ?? [];
  const values: (number | null)[] = [];
  const operators: string[] = [];
  const order: Record<string, number> = { "+": 1, "-": 1, "*": 2, "/": 2, "^": 3 };
  const reduce = () => {
    const operator = operators.pop();
    const b = values.pop() ?? null;
    const a = values.pop() ?? null;
    if (a === null || b === null) values.push(null);
    else
      values.push(
        operator === "+"
          ? a + b
          : operator === "-"
            ? a - b
            : operator === "*"
              ? a * b
              : operator === "/"
                ? a / b
                : a ** b,
      );
  };
  for (const token of tokens) {
    const rank = order[token];
    if (rank === undefined) {
      const number = Number(token);
      const cell = Number.isNaN(number) ? columns[token]?.[row] : number;
      if (cell === undefined) throw new UnknownCaseError(`${token} in ${text}`);
      values.push(cell === null ? null : Number(cell));
    } else {
      while (operators.length > 0 && order[operators.at(-1)!]! >= rank) reduce();
      operators.push(token);
    }
  }
  while (operators.length > 0) reduce();
  return values[0] ?? null;
}

/** What a mixed model is fitted to, from a formula and a data set, incomplete rows left out. */
export interface MixedCase {
  readonly data: MixedModelData;
  /** Names of the groups by code. */
  readonly groupNames: readonly string[];
  /** Rows of the data set used. */
  readonly rows: readonly number[];
  readonly fixedNames: readonly string[];
  readonly randomNames: readonly string[];
}

/** Columns of a formula's right-hand side at some rows, named as R names them. */
export function designColumns(
  formula: string,
  columns: ReferenceColumns,
  levels: FactorLevels,
  rows: readonly number[],
): NamedColumn[] {
  const derived = withDerived(formula, columns);
  const { terms, intercept, variables } = parseFormula(
    derived.formula.includes("~") ? derived.formula : `y~${derived.formula}`,
  );
  const all = modelVariables(variables, derived.columns, levels).map((variable) => variableAtRows(variable, rows));
  if (all.length === 0) return [{ name: "(Intercept)", values: new Float64Array(rows.length).fill(1) }];
  return modelDesign(all, terms, { intercept }).columns.map(({ factors, values }) => ({
    name:
      factors.length === 0
        ? "(Intercept)"
        : factors
            .map(({ variable, level }) => {
              const column = all.find(({ name }) => name === variable)!;
              const written = derived.names.get(variable) ?? variable;
              return column.kind === "numeric" || level === null ? written : written + column.levels[level];
            })
            .join(":"),
    values,
  }));
}

export function mixedCase(
  formula: MixedFormula,
  columns: ReferenceColumns,
  levels: FactorLevels,
  timeName: string | null,
  keep: (row: number) => boolean = () => true,
): MixedCase {
  const derived = withDerived(formula.fixed, columns);
  const response = parseFormula(derived.formula).response;
  const used = [...new Set([formula.fixed, ...formula.blocks].flatMap(namesIn))].filter((name) => name in columns);
  const variables: Covariate[] = modelVariables([...used, ...(timeName === null ? [] : [timeName])], columns, levels);
  const group = columns[formula.group];
  if (group === undefined) throw new UnknownCaseError(`no column ${formula.group}`);
  const rows = completeRows(variables, group.length).filter((row) => group[row] !== null && keep(row));
  const names = [...new Set(rows.map((row) => String(group[row])))];
  const numeric = names.every((name) => name.trim() !== "" && Number.isFinite(Number(name)));
  names.sort(numeric ? (a, b) => Number(a) - Number(b) : undefined);
  const codes = new Map(names.map((name, code) => [name, code]));
  const at = (name: string) => Float64Array.from(rows, (row) => Number(derived.columns[name]![row]));
  const random = formula.blocks.map((block) => designColumns(block, columns, levels, rows));
  return {
    data: {
      outcome: at(response),
      group: Int32Array.from(rows, (row) => codes.get(String(group[row]))!),
      fixed: designColumns(formula.fixed, columns, levels, rows),
      random,
      time: timeName === null ? null : at(timeName),
    },
    groupNames: names,
    rows,
    fixedNames: designColumns(formula.fixed, columns, levels, rows).map(({ name }) => name),
    randomNames: random.flat().map(({ name }) => name),
  };
}

export const symmetricRows = (matrix: Float64Array, n: number): number[][] =>
  Array.from({ length: n }, (_, i) => [...matrix.subarray(i * n, (i + 1) * n)]);

export const unitContrast = (p: number, j: number): Float64Array =>
  Float64Array.from({ length: p }, (_, k) => Number(k === j));

function evaluate(
  input: {
    readonly formula: string;
    readonly group?: string;
    readonly REML: boolean;
    readonly factor_levels?: FactorLevels;
  },
  columns: ReferenceColumns,
): unknown {
  const formula = parseMixedFormula(input.formula);
  const { data, groupNames } = mixedCase(formula, columns, input.factor_levels ?? {}, null);
  const residual: ResidualStructure = { kind: "independent" };
  const fit = fitMixedModel(data, { criterion: input.REML ? "REML" : "ML", residual });
  const p = fit.fixed.length;
  const contrasts = Array.from({ length: p }, (_, j) => unitContrast(p, j));
  const se = contrasts.map((_, j) => Math.sqrt(fit.fixedCovariance[j * p + j]!));
  const t = se.map((error, j) => fit.fixed[j]! / error);
  const parameterCovariance = varianceParameterCovariance(fit);
  const df = contrasts.map((l) => satterthwaiteDf(fit, l, parameterCovariance));
  const effects = randomEffects(fit).sort((a, b) => a.code - b.code);
  const fitted = fittedValues(fit);
  return {
    nobs: fit.observations,
    n_groups: fit.groups,
    logLik: fit.logLikelihood,
    criterion: -2 * fit.logLikelihood,
    AIC: fit.aic,
    BIC: fit.bic,
    fixed_names: fit.fixedNames,
    fixed: [...fit.fixed],
    se,
    df_satterthwaite: df,
    t,
    p_satterthwaite: t.map((value, j) => studentTTwoSidedTail(Math.abs(value), df[j]!)),
    kr: input.REML ? kenwardRogerValues(fit, contrasts) : null,
    vcov_fixed: symmetricRows(fit.fixedCovariance, p),
    sigma: Math.sqrt(fit.residualVariance),
    theta: [...fit.theta],
    varcomp: varianceComponents(fit, formula.group),
    blup_groups: effects.map(({ code }) => groupNames[code]),
    blup_names: fit.randomNames,
    blup: effects.map(({ effects: values }) => [...values]),
    blup_postvar_first3: effects.slice(0, 3).map(({ covariance }) => conditionalVariances(fit, covariance)),
    singular: fit.singular,
    conditional_fitted_first10: [...fitted.conditional.slice(0, 10)],
    marginal_fitted_first10: [...fitted.marginal.slice(0, 10)],
    warnings: [],
  };
}

function kenwardRogerValues(fit: MixedModelFit, contrasts: readonly Float64Array[]) {
  const p = contrasts.length;
  const adjustment = kenwardRoger(fit);
  const se = contrasts.map((_, j) => Math.sqrt(adjustment.adjustedCovariance[j * p + j]!));
  const df = contrasts.map((l) => kenwardRogerDf(fit, [l], adjustment).denominatorDf);
  return { se, df, p: se.map((error, j) => studentTTwoSidedTail(Math.abs(fit.fixed[j]! / error), df[j]!)) };
}

/** One matrix for one block of random effects; one a block, by the name of its first effect, for several. */
function conditionalVariances({ blockSizes, randomNames }: MixedModelFit, covariance: Float64Array) {
  const q = randomNames.length;
  if (blockSizes.length === 1) return symmetricRows(covariance, q);
  let first = 0;
  return Object.fromEntries(
    blockSizes.map((size) => {
      const from = first;
      first += size;
      const rows = symmetricRows(covariance, q).slice(from, from + size);
      return [randomNames[from]!, rows.map((row) => row.slice(from, from + size))];
    }),
  );
}

/** Variances, then covariances, block by block, then the residual: lme4's order. */
function varianceComponents(fit: MixedModelFit, group: string) {
  const q = fit.randomNames.length;
  const g = (i: number, j: number) => fit.randomCovariance[i * q + j]!;
  const rows: { grp: string; var1: string | null; var2: string | null; vcov: number; sdcor: number }[] = [];
  let first = 0;
  fit.blockSizes.forEach((size, block) => {
    const grp = block === 0 ? group : `${group}.${block}`;
    for (let i = first; i < first + size; i++)
      rows.push({ grp, var1: fit.randomNames[i]!, var2: null, vcov: g(i, i), sdcor: Math.sqrt(g(i, i)) });
    for (let i = first; i < first + size; i++)
      for (let j = i + 1; j < first + size; j++)
        rows.push({
          grp,
          var1: fit.randomNames[i]!,
          var2: fit.randomNames[j]!,
          vcov: g(i, j),
          sdcor: g(i, j) / Math.sqrt(g(i, i) * g(j, j)),
        });
    first += size;
  });
  const variance = fit.residualVariance;
  rows.push({ grp: "Residual", var1: null, var2: null, vcov: variance, sdcor: Math.sqrt(variance) });
  return {
    grp: rows.map((row) => row.grp),
    var1: rows.map((row) => row.var1),
    var2: rows.map((row) => row.var2),
    vcov: rows.map((row) => row.vcov),
    sdcor: rows.map((row) => row.sdcor),
  };
}

/** Mixed models of lme4 with the degrees of freedom of lmerTest and pbkrtest. */
export const lmmSet: ReferenceSet = {
  files: /^lmm$/,
  evaluate: (item, file) => evaluate(item.input as Parameters<typeof evaluate>[0], dataOf(item, file)),
  tolerance: ({ path, expected, expectedAt }) => {
    const size = Math.abs(expected);
    const head = path.split(".")[0]!;
    if (["logLik", "criterion", "AIC", "BIC"].includes(head)) return head === "logLik" ? 1e-6 : 2e-6;
    const at = (other: string) => Number(expectedAt(other));
    const index = path.split(".")[1] ?? "0";
    // A fixed effect is known to a share of itself or, where it is next to zero, of its standard error.
    if (head === "fixed") return 1e-5 * Math.max(size, at(`se.${index}`));
    if (expectedAt("singular") === true) return Infinity;
    if (head === "se" || path.startsWith("kr.se")) return 1e-5 * size;
    if (head === "df_satterthwaite" || path.startsWith("kr.df")) return 1e-3 * size;
    if (head === "t") return 1e-5 * Math.max(size, 1);
    return 1e-4 * Math.max(size, 1);
  },
};
