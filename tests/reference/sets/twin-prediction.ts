import { fitMixedModel, type MixedModelFit } from "../../../lib/analysis/mixed-model/fit-mixed-model.ts";
import type { NamedColumn } from "../../../lib/analysis/mixed-model/mixed-model-data.ts";
import { mixedModelDocument } from "../../../lib/analysis/mixed-model/mixed-model-document.ts";
import { predictPatient } from "../../../lib/analysis/mixed-model/predict-patient.ts";
import { fitMmrm } from "../../../lib/analysis/mmrm/fit-mmrm.ts";
import { choleskyDecompose, choleskySolve } from "../../../lib/numerics/cholesky.ts";
import { dataOf, type ReferenceColumns, type ReferenceFile } from "../runner/reference-file.ts";
import type { ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";
import { designColumns, mixedCase, parseMixedFormula, symmetricRows } from "./lmm.ts";

interface TwinInput {
  readonly model: string;
  readonly fit?: string;
  readonly subject?: string | number;
  readonly n_observed_used?: number;
  readonly [key: `predict_at_${string}`]: number | readonly number[] | undefined;
}

const fits = new WeakMap<ReferenceFile, Map<string, MixedModelFit>>();

function evaluate(input: TwinInput, train: ReferenceColumns, test: ReferenceColumns, key: string, file: ReferenceFile) {
  const unstructured = /\+\s*us\((\w+)\|(\w+)\)/.exec(input.model.split(",")[0]!);
  if (unstructured !== null) return repeatedMeasures(input, unstructured, train, test);
  if (input.subject === undefined || input.n_observed_used === undefined)
    throw new UnknownCaseError(`a prediction without subject: ${input.model}`);
  const formula = parseMixedFormula(input.model);
  const criterion = /\bML\b/.test(input.fit ?? "") ? "ML" : "REML";
  const known = fits.get(file) ?? new Map<string, MixedModelFit>();
  fits.set(file, known);
  const cacheKey = `${key}\n${input.model}\n${criterion}`;
  const fit = known.get(cacheKey) ?? fitMixedModel(mixedCase(formula, train, {}, null).data, { criterion });
  known.set(cacheKey, fit);
  const document = mixedModelDocument(fit);

  // Rows of the patient in their order: the first are the history; times to predict replace those of the rest.
  const group = test[formula.group]!;
  const timeName = Object.keys(input)
    .find((name) => name.startsWith("predict_at_"))
    ?.slice("predict_at_".length);
  if (timeName === undefined) throw new UnknownCaseError("no times to predict");
  const response = formula.fixed.split("~")[0]!.trim();
  const rows = group.map((_, row) => row).filter((row) => String(group[row]) === String(input.subject));
  const historyRows = rows.slice(0, input.n_observed_used);
  const times = [input[`predict_at_${timeName}`]!].flat();
  const own: Record<string, (string | number | boolean | null)[]> = {};
  for (const [name, column] of Object.entries(test))
    own[name] = [
      ...historyRows.map((row) => column[row]!),
      ...times.map((time) => (name === timeName ? time : column[rows[0]!]!)),
    ];
  const observed = times.map((time) => {
    const row = rows.find((candidate) => test[timeName]![candidate] === time);
    return row === undefined ? null : test[response]![row]!;
  });
  // Levels of factors are those of the training data.
  const levels = Object.fromEntries(
    Object.entries(train)
      .filter(([, column]) => column.some((value) => typeof value === "string"))
      .map(([name, column]) => [name, [...new Set(column.map(String))].sort()]),
  );
  const count = historyRows.length;
  const design = (part: string, from: number, to: number) =>
    rowMajor(
      columnsOfAllLevels(
        part,
        own,
        train,
        levels,
        Array.from({ length: to - from }, (_, k) => from + k),
      ),
    );
  const total = count + times.length;
  const blocks = formula.blocks.join("+");
  const at = (from: number, to: number) => ({
    fixed: design(formula.fixed, from, to),
    random: design(blocks, from, to),
    time: own[timeName]!.slice(from, to).map(Number),
  });
  const prediction = predictPatient(
    document,
    { ...at(0, count), outcome: historyRows.map((row) => Number(test[response]![row])) },
    at(count, total),
  );
  const n = times.length;
  const sd = Array.from({ length: n }, (_, i) => Math.sqrt(prediction.covariance[i * n + i]!));
  return {
    fixed: [...fit.fixed],
    D: symmetricRows(fit.randomCovariance, fit.randomNames.length),
    sigma2: fit.residualVariance,
    marginal_mean: [...prediction.marginalMean],
    conditional_mean: [...prediction.mean],
    conditional_sd: sd,
    conditional_cov: symmetricRows(prediction.covariance, n),
    conditional_sd_with_fixed_uncertainty: Array.from({ length: n }, (_, i) =>
      Math.sqrt(prediction.covarianceWithFixedUncertainty[i * n + i]!),
    ),
    observed,
    z: observed.map((value, i) => (value === null ? null : (Number(value) - prediction.mean[i]!) / sd[i]!)),
    blup: [...prediction.randomEffects],
  };
}

/** Visits not yet seen given those that were, from an unstructured repeated-measures model. */
function repeatedMeasures(
  { model }: TwinInput,
  [part = "", visitName = "", idName = ""]: readonly string[],
  train: ReferenceColumns,
  test: ReferenceColumns,
) {
  const text = model.split(",")[0]!;
  const formula = text.replace(part, "");
  const response = formula.split("~")[0]!.trim();
  const visits = [...new Set(train[visitName]!.map(String))].sort();
  const known = train[response]!.map((_, row) => row).filter((row) => train[response]![row] !== null);
  const ids = [...new Set(known.map((row) => String(train[idName]![row])))];
  const columns = designColumns(formula, train, { [visitName]: visits }, known);
  const fit = fitMmrm(
    {
      rowCount: known.length,
      columnCount: columns.length,
      design: rowMajor(columns),
      outcome: Float64Array.from(known, (row) => Number(train[response]![row])),
      subject: known.map((row) => ids.indexOf(String(train[idName]![row]))),
      subjectCount: ids.length,
      visit: known.map((row) => visits.indexOf(String(train[visitName]![row]))),
      visitCount: visits.length,
    },
    { structure: "unstructured", restricted: !/\bML\b/.test(model.replace("REML", "")) },
  );
  const sigma = fit.covariances[0]!;
  const levels = { [visitName]: visits };
  const outcome = test[response]!;
  const rows = outcome.map((_, row) => row);
  const design = columnsOfAllLevels(formula, test, train, levels, rows);
  const marginal = rows.map((row) =>
    fit.prepared.independentColumns.reduce(
      (sum, column, j) => sum + design[column]!.values[row]! * fit.coefficients[j]!,
      0,
    ),
  );
  const mean: number[] = [];
  const deviation: number[] = [];
  for (const row of rows) {
    const own = rows.filter((other) => test[idName]![other] === test[idName]![row] && outcome[other] !== null);
    const visit = (other: number) => visits.indexOf(String(test[visitName]![other]));
    const at = (a: number, b: number) => sigma[visit(a) * visits.length + visit(b)]!;
    if (own.includes(row)) {
      mean.push(Number(outcome[row]));
      deviation.push(0);
      continue;
    }
    const k = own.length;
    const factor = choleskyDecompose(Float64Array.from(own.flatMap((a) => own.map((b) => at(a, b)))), k);
    if (!factor.ok) throw new Error("the covariance of the visits is not positive definite");
    const weights = choleskySolve(
      factor.factor,
      k,
      Float64Array.from(own, (other) => at(row, other)),
    );
    mean.push(
      own.reduce((sum, other, j) => sum + weights[j]! * (Number(outcome[other]) - marginal[other]!), marginal[row]!),
    );
    deviation.push(Math.sqrt(own.reduce((rest, other, j) => rest - weights[j]! * at(row, other), at(row, row))));
  }
  return {
    coef: [...fit.coefficients],
    varcor: symmetricRows(sigma, visits.length),
    conditional_mean: mean,
    conditional_sd_given_parameters: deviation,
    mmrm_predict_conditional: mean,
    observed: test.yobs ?? [],
  };
}

/**
 * Design of new rows with the columns of the training data: both are put below each other, so that every level occurs.
 */
function columnsOfAllLevels(
  formula: string,
  own: ReferenceColumns,
  train: ReferenceColumns,
  levels: Readonly<Record<string, readonly string[]>>,
  rows: readonly number[],
): NamedColumn[] {
  const trained = Object.values(train)[0]!.length;
  const joined = Object.fromEntries(
    Object.entries(train).map(([name, column]) => [name, [...column, ...(own[name] ?? [])]]),
  );
  const all = [...Array.from({ length: trained }, (_, row) => row), ...rows.map((row) => trained + row)];
  return designColumns(formula, joined, levels, all).map(({ name, values }) => ({
    name,
    values: values.slice(trained),
  }));
}

function rowMajor(columns: readonly NamedColumn[]): Float64Array {
  const n = columns[0]!.values.length;
  return Float64Array.from(
    { length: n * columns.length },
    (_, e) => columns[e % columns.length]!.values[Math.floor(e / columns.length)]!,
  );
}

/** Predictions for patients outside the fit. */
export const twinPredictionSet: ReferenceSet = {
  files: /^twin_prediction$/,
  evaluate: (item, file) =>
    evaluate(item.input as TwinInput, dataOf(item, file, 0), dataOf(item, file, 1), String(item.dataset), file),
  tolerance: ({ path, expected }) =>
    /^conditional_cov|^D|^sigma2|^varcor/.test(path) ? 1e-3 * Math.max(1, Math.abs(expected)) : 1e-3,
};
