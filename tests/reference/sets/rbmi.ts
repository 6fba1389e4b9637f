import { z } from "zod";
import type { Covariate } from "../../../lib/analysis/covariate.ts";
import { imputationData } from "../../../lib/analysis/missing-data/imputation-data.ts";
import {
  type ComparisonPlan,
  type ImputationEstimates,
  jackknifeEstimates,
  rubinEstimates,
} from "../../../lib/analysis/missing-data/imputation-estimates.ts";
import { fitImputationModel, prepareImputationModel } from "../../../lib/analysis/missing-data/imputation-model.ts";
import { imputationStrategySchema } from "../../../lib/analysis/missing-data/imputation-strategy.ts";
import { createImputer } from "../../../lib/analysis/missing-data/impute.ts";
import { bootstrapParameters } from "../../../lib/analysis/missing-data/parameter-draws.ts";
import { poolByRubin } from "../../../lib/analysis/missing-data/rubin.ts";
import type { CovarianceStructure } from "../../../lib/analysis/mmrm/covariance-structure.ts";
import { createRng } from "../../../lib/numerics/philox.ts";
import { studentTTwoSidedTail } from "../../../lib/numerics/student-t.ts";
import { parseFormula } from "../runner/r-formula.ts";
import { dataOf, type ReferenceCase, type ReferenceColumns } from "../runner/reference-file.ts";
import type { ReferenceLeaf, ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";

const inputSchema = z.object({
  method: z.string(),
  strategy_after_ice: imputationStrategySchema,
  imputation_model: z.string().default("MMRM us common, y ~ arm + visit + base*visit + arm*visit, REML"),
  analysis: z.string().default("ANCOVA per visit y ~ arm + base"),
  reference: z.string(),
  active: z.string().optional(),
  visit: z.union([z.string(), z.number()]).transform(String).optional(),
  delta: z.array(z.number()).optional(),
  ice: z.object({
    id: z.union([z.string(), z.array(z.union([z.string(), z.number()]))]),
    visit: z.union([z.string(), z.array(z.union([z.string(), z.number()]))]),
  }),
});
type RbmiInput = z.infer<typeof inputSchema>;

/** More than the reference's 250, so that the deviation is almost that of the reference alone. */
const IMPUTATIONS = 1000;
const SEED = 20261122;
const DELTAS = Array.from({ length: 11 }, (_, delta) => delta);

const STRUCTURES: Readonly<Record<string, CovarianceStructure>> = {
  us: "unstructured",
  toep: "toeplitz",
  toeph: "toeplitz-heterogeneous",
  ar1: "ar1",
  ar1h: "ar1-heterogeneous",
  cs: "compound-symmetry",
  csh: "compound-symmetry-heterogeneous",
  ad: "ante-dependence",
  adh: "ante-dependence-heterogeneous",
};

/** Reference-based imputation as the R package rbmi. */
export const rbmiSet: ReferenceSet = {
  files: /^rbmi/,
  evaluate: (item, file) => {
    const input = inputSchema.parse(item.input);
    const trial = trialOf(input, dataOf(item, file));
    const { data } = trial;
    const prepared = prepareImputationModel(data);
    const full = fitImputationModel(data, prepared);
    if (/tipping|delta/.test(input.method)) return tippingPoint(input, trial, full);
    if (/conditional mean/.test(input.method) && /jackknife/.test(input.method)) {
      const completed = new Float64Array(data.outcome.length);
      createImputer(data).impute(full.parameters, null, completed);
      const estimates = jackknifeEstimates(planOf(trial), full, {});
      const m = data.visitCount;
      return {
        mmrm_beta: full.parameters.coefficients,
        mmrm_sigma: Object.fromEntries(
          trial.armNames.map((name, arm) => [
            name,
            Array.from({ length: m }, (_, a) =>
              Array.from(full.parameters.covariances[arm]!.subarray(a * m, (a + 1) * m)),
            ),
          ]),
        ),
        imputed_y: Array.from(trial.rowCell, (cell) => completed[cell]!),
        n_missing: data.outcome.filter(Number.isNaN).length,
        pooled: pooledTable(estimates, trial),
      };
    }
    if (/approximate Bayes/i.test(input.method) && /Rubin/.test(input.method)) {
      const rng = createRng(SEED);
      const { parameters } = bootstrapParameters(data, full, IMPUTATIONS, rng.fork("parameters"));
      const estimates = rubinEstimates(planOf(trial), parameters, rng.fork("imputations"), {});
      return { pooled: pooledTable(estimates, trial), rubin_check: rubinCheck(item) };
    }
    throw new UnknownCaseError(input.method);
  },
  tolerance,
  notCompared: [
    {
      path: /^rubin_check\.(estimates|ses|visit)/,
      reason: "random draws of R: the input of the check of Rubin's rules",
    },
    { path: /^rubin_check\.complete_data_df$/, reason: "input of the check of Rubin's rules" },
    { path: /^mc_se_of_est$/, reason: "Monte Carlo error of R's own draws, which scales the tolerance" },
  ],
};

interface RbmiTrial {
  readonly data: ReturnType<typeof imputationData>;
  readonly armNames: readonly string[];
  readonly visitNames: readonly string[];
  readonly analysisColumns: readonly Float64Array[];
  /** Cell [patient · visit] of each row of the data set. */
  readonly rowCell: readonly number[];
}

function trialOf(input: RbmiInput, columns: ReferenceColumns): RbmiTrial {
  const text = (name: string) => (columns[name] ?? []).map(String);
  const ids = text("id");
  const patients = [...new Set(ids)];
  const visits = text("visit");
  const visitNames = [...new Set(visits)].sort(
    (a, b) => Number(a) - Number(b) || visits.indexOf(a) - visits.indexOf(b),
  );
  const arms = text("arm");
  const armNames = [input.reference, ...[...new Set(arms)].filter((name) => name !== input.reference).sort()];
  const m = visitNames.length;
  const patientOf = new Map(patients.map((id, index) => [id, index]));
  const rowCell = ids.map((id, row) => patientOf.get(id)! * m + visitNames.indexOf(visits[row]!));
  const outcome = new Float64Array(patients.length * m).fill(Number.NaN);
  const arm = new Int32Array(patients.length);
  rowCell.forEach((cell, row) => {
    const value = columns.y?.[row] ?? null;
    if (value !== null) outcome[cell] = Number(value);
    arm[Math.floor(cell / m)] = armNames.indexOf(arms[row]!);
  });
  const firstAfter = new Int32Array(patients.length).fill(m);
  const iceVisits = [input.ice.visit].flat().map(String);
  [input.ice.id].flat().forEach((id, i) => {
    firstAfter[patientOf.get(String(id))!] = visitNames.indexOf(iceVisits[i]!);
  });
  const model = /MMRM (\w+) (common|by arm|by group),\s*(.+~.+),\s*(REML|ML)/.exec(input.imputation_model);
  const structure = STRUCTURES[model?.[1] ?? ""];
  if (model === null || structure === undefined) throw new UnknownCaseError(input.imputation_model);
  const formula = parseFormula(model[3]!);
  const analysis = parseFormula(/[\w.]+\s*~[^;]+/.exec(input.analysis)?.[0] ?? "");
  const covariates = [...new Set([...formula.variables, ...analysis.variables])]
    .filter((name) => name !== "arm" && name !== "visit")
    .map((name) => patientCovariate(name, columns[name] ?? [], rowCell, patients.length, m));
  return {
    armNames,
    visitNames,
    rowCell,
    analysisColumns: covariates
      .filter(({ name }) => analysis.variables.includes(name))
      .flatMap((covariate) => patientColumns(covariate)),
    data: imputationData({
      arm,
      armNames,
      visitNames,
      outcome,
      firstAfter,
      strategy: armNames.map(() => input.strategy_after_ice),
      reference: new Int32Array(armNames.length),
      covariates,
      terms: formula.terms,
      intercept: formula.intercept,
      structure,
      covarianceByArm: model[2] !== "common",
      restricted: model[4] === "REML",
    }),
  };
}

/** A column that is constant within patients, one value a patient. */
function patientCovariate(
  name: string,
  column: readonly unknown[],
  rowCell: readonly number[],
  patients: number,
  m: number,
): Covariate {
  const first = Array.from({ length: patients }, (): unknown => null);
  rowCell.forEach((cell, row) => {
    first[Math.floor(cell / m)] ??= column[row];
  });
  if (first.some((value) => typeof value === "string")) {
    const levels = [...new Set(first.map(String))].sort();
    return {
      kind: "categorical",
      name,
      levels,
      codes: Int32Array.from(first, (value) => levels.indexOf(String(value))),
    };
  }
  return { kind: "numeric", name, values: Float64Array.from(first, Number) };
}

function patientColumns(covariate: Covariate): Float64Array[] {
  if (covariate.kind === "numeric") return [covariate.values];
  return covariate.levels
    .slice(1)
    .map((_, level) => Float64Array.from(covariate.codes, (code) => Number(code === level + 1)));
}

function planOf(
  { data, analysisColumns }: RbmiTrial,
  deltas: readonly number[] = [0],
  active?: number,
): ComparisonPlan {
  return {
    data,
    covariates: Array.from({ length: data.visitCount }, () => analysisColumns),
    deltaWeights: data.outcome.map((value, cell) =>
      Number(Number.isNaN(value) && data.arm[Math.floor(cell / data.visitCount)] === active),
    ),
    deltas,
  };
}

function pooledTable(estimates: ImputationEstimates, { armNames, visitNames }: RbmiTrial) {
  if (armNames.length !== 2) throw new UnknownCaseError("more than two arms");
  const rows = visitNames.flatMap((name, visit) =>
    ["trt", "lsm_ref", "lsm_alt"].map((parameter, contrast) => ({
      parameter: `${parameter}_${name}`,
      ...estimates.at(0, visit, contrast).inference,
    })),
  );
  return {
    parameter: rows.map(({ parameter }) => parameter),
    est: rows.map(({ estimate }) => estimate),
    se: rows.map(({ standardError }) => standardError),
    lower: rows.map(({ interval }) => interval.lower),
    upper: rows.map(({ interval }) => interval.upper),
    p: rows.map(({ twoSidedPValue }) => twoSidedPValue),
  };
}

function tippingPoint(input: RbmiInput, trial: RbmiTrial, full: ReturnType<typeof fitImputationModel>) {
  const active = trial.armNames.indexOf(input.active ?? "");
  const visit = trial.visitNames.indexOf(input.visit ?? "");
  const deltas = input.delta ?? DELTAS;
  const estimates = jackknifeEstimates(planOf(trial, deltas, active), full, {});
  const results = deltas.map((_, delta) => estimates.at(delta, visit, active - 1).inference);
  return {
    delta: deltas,
    est: results.map(({ estimate }) => estimate),
    se: results.map(({ standardError }) => standardError),
    lower: results.map(({ interval }) => interval.lower),
    upper: results.map(({ interval }) => interval.upper),
    p: results.map(({ twoSidedPValue }) => twoSidedPValue),
  };
}

const checkSchema = z.object({
  rubin_check: z.object({ estimates: z.array(z.number()), ses: z.array(z.number()), complete_data_df: z.number() }),
});

/** The draws that R printed are the input of this check; only what Rubin's rules make of them is compared. */
function rubinCheck(item: ReferenceCase) {
  const parsed = checkSchema.safeParse(item.expected);
  if (!parsed.success) return undefined;
  const { estimates, ses, complete_data_df } = parsed.data.rubin_check;
  const pooled = poolByRubin(
    estimates,
    ses.map((se) => se * se),
    complete_data_df,
  );
  return { pooled_est: pooled.estimate, between_var: pooled.betweenVariance, within_var: pooled.withinVariance };
}

/** Conditional-mean cases: 1e-3 as stated. Monte Carlo cases: 4 standard errors of R's draws, standard errors 5 %. */
function tolerance({ path, expected, item, expectedAt }: ReferenceLeaf): number {
  const monteCarlo = expectedAt("mc_se_of_est");
  if (typeof monteCarlo !== "number") return Number.parseFloat(String(item.tol ?? "1e-3"));
  if (path.startsWith("rubin_check")) return 1e-10 * Math.max(1, Math.abs(expected));
  const [, what, row] = /^pooled\.(\w+)\.(\d+)$/.exec(path) ?? [];
  const estimate = Number(expectedAt(`pooled.est.${row}`));
  const se = Number(expectedAt(`pooled.se.${row}`));
  if (what === "est") return 4 * monteCarlo;
  if (what === "se") return 0.05 * expected;
  if (what === "p") {
    // What these deviations of estimate and standard error make of the p-value.
    const t = Math.abs(estimate) / se;
    const shift = (4 * monteCarlo) / se + 0.05 * t;
    const df = Number(expectedAt("rubin_check.complete_data_df"));
    return studentTTwoSidedTail(Math.max(0, t - shift), df) - studentTTwoSidedTail(t, df);
  }
  return 4 * monteCarlo + 0.05 * se * 2;
}
