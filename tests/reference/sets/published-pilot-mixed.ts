import { waldInference } from "../../../lib/analysis/analysis-result.ts";
import { fitMixedModel } from "../../../lib/analysis/mixed-model/fit-mixed-model.ts";
import { mixedModelContrasts } from "../../../lib/analysis/mixed-model/mixed-model-inference.ts";
import { fitMmrmModel } from "../../../lib/analysis/mmrm/mmrm-model.ts";
import { modelDesign } from "../../../lib/analysis/model-design.ts";
import { gridDifference, gridMean } from "../../../lib/analysis/reference-grid.ts";
import { modelVariables, parseFormula } from "../runner/r-formula.ts";
import type { ReferenceColumns } from "../runner/reference-file.ts";
import { numberOf, publishedRows } from "./published-data.ts";
import { ARMS } from "./published-pilot.ts";

const [PLACEBO, LOW, HIGH] = ARMS;

/** Changes in ADAS-Cog as observed at weeks 8, 16 and 24, with the predictor of both repeated-measures models. */
function repeatedChanges() {
  const rows = publishedRows("cdisc_pilot/adas_analysis_locf_long.csv").filter(
    (row) => row.EFFFL === "Y" && row.OBSERVED === "1" && Number(row.AVISITN) > 0 && row.CHG !== "",
  );
  const { terms, variables: names } = parseFormula("y ~ base*visit + SITEGR1 + arm*visit");
  const columns: ReferenceColumns = {
    base: rows.map((row) => numberOf(row.BASE)),
    SITEGR1: rows.map((row) => `site ${row.SITEGR1}`),
    visit: rows.map((row) => row.AVISITN!),
    arm: rows.map((row) => row.TRTP!),
  };
  const patients = [...new Set(rows.map((row) => row.USUBJID!))];
  return {
    terms,
    variables: modelVariables(names, columns, { arm: ARMS, visit: ["8", "16", "24"] }),
    outcome: Float64Array.from(rows, (row) => Number(row.CHG)),
    week: Float64Array.from(rows, (row) => Number(row.AVISITN)),
    subject: rows.map((row) => patients.indexOf(row.USUBJID!)),
    subjectCount: patients.length,
  };
}

/**
 * Table 14-3.11: averages over the weeks, from a random intercept and slope in the week (lme4 in the table's program, not the
 * unstructured covariance of its title), Kenward–Roger.
 */
export function pilotRepeatedMeasures() {
  const { terms, variables, outcome, week, subject } = repeatedChanges();
  const design = modelDesign(variables, terms);
  const ones = new Float64Array(outcome.length).fill(1);
  const fitted = fitMixedModel({
    outcome,
    group: subject,
    fixed: design.columns,
    random: [
      [
        { name: "intercept", values: ones },
        { name: "week", values: week },
      ],
    ],
    time: null,
  });
  const mean = (arm: string) => gridMean(design, { arm }, "equal");
  const contrast = mixedModelContrasts(
    fitted,
    "kenward-roger",
    design.columns.map(({ values }) => values),
  );
  const compare = (a: string, b: string) => {
    const { estimate, standardError, degreesOfFreedom } = contrast(gridDifference(mean(a), mean(b)));
    return waldInference(estimate, standardError, degreesOfFreedom);
  };
  const low = compare(LOW, PLACEBO);
  const high = compare(HIGH, PLACEBO);
  const between = compare(HIGH, LOW);
  const effect = ({ estimate, standardError }: typeof low) => ({ est: estimate, se: standardError });
  const limits = ({ interval }: typeof low) => [interval.lower, interval.upper];
  return {
    p_low_vs_placebo: low.twoSidedPValue,
    p_high_vs_placebo: high.twoSidedPValue,
    diff_low_vs_placebo: effect(low),
    diff_high_vs_placebo: effect(high),
    ci_low: limits(low),
    ci_high: limits(high),
    p_high_vs_low: between.twoSidedPValue,
    diff_high_vs_low: effect(between),
    ci_high_vs_low: limits(between),
  };
}

/** Week 24 of the unstructured model, degrees of freedom as SAS ddfm=kr for TYPE=UN. */
export function pilotWeek24() {
  const { terms, variables, outcome, subject, subjectCount } = repeatedChanges();
  const visit = variables.find(({ name }) => name === "visit");
  if (visit?.kind !== "categorical") throw new Error("the visit must be a factor");
  const model = fitMmrmModel(
    { variables, terms, intercept: true, outcome, subject, subjectCount, visit },
    {
      structures: ["unstructured"],
      restricted: true,
      degreesOfFreedom: "kenward-roger-linear",
      covariance: "model-based",
    },
  );
  const mean = (arm: string) => gridMean(model.design, { arm, visit: "24" }, "equal");
  const infer = (weights: Float64Array) => {
    const { estimate, standardError, degreesOfFreedom } = model.contrast(weights);
    return waldInference(estimate, standardError, degreesOfFreedom);
  };
  const [placebo, low, high] = ARMS.map((arm) => infer(mean(arm)));
  const lowEffect = infer(gridDifference(mean(LOW), mean(PLACEBO)));
  const highEffect = infer(gridDifference(mean(HIGH), mean(PLACEBO)));
  return {
    lsmean_week24: { Placebo: placebo!.estimate, Low: low!.estimate, High: high!.estimate },
    se_rounded: { Placebo: placebo!.standardError, Low: low!.standardError, High: high!.standardError },
    diff_high_minus_placebo_abs: Math.abs(highEffect.estimate),
    p_high_vs_placebo: highEffect.twoSidedPValue,
    diff_low_minus_placebo_abs: Math.abs(lowEffect.estimate),
    p_low_vs_placebo: lowEffect.twoSidedPValue,
  };
}
