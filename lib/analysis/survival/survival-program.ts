import { rName, rNumber, rString, rStrings } from "../../program-code/r-literal.ts";
import { sasName, sasNumber, sasString } from "../../program-code/sas-literal.ts";
import { rReadAnalysisTable, sasReadAnalysisTable, tableText } from "../analysis-table.ts";
import { isConstantCategory } from "../constant-category.ts";
import type { EventData } from "./event-data.ts";

/** First lines of every R program of a time to event: packages, data, factors, complete patients. */
export function rEventData(data: EventData, packages: readonly string[] = ["survival"]): string[] {
  const names = [...data.covariates.map(({ name }) => name), ...data.strataNames];
  const categorical = data.covariates.flatMap((covariate) => {
    if (covariate.kind === "numeric") return [];
    const column = `data[[${rString(covariate.name)}]]`;
    return [`${column} <- factor(${column}, levels = ${rStrings(covariate.levels.map(tableText))})`];
  });
  return [
    ...packages.map((name) => `library(${rName(name)})`),
    rReadAnalysisTable(data.table),
    `data$arm <- factor(data$arm, levels = ${rStrings(data.armNames.map(tableText))})`,
    ...categorical,
    names.length === 0
      ? "used <- data"
      : `used <- droplevels(data[complete.cases(data[, ${rStrings(names)}, drop = FALSE]), ])`,
    "",
  ];
}

/** Right-hand side of a formula: arm, covariates, strata. */
export function rRightSide(data: EventData, withStrata = true): string {
  const varied = data.covariates.filter((covariate) => !isConstantCategory(covariate));
  const parts = ["arm", ...varied.map(({ name }) => rName(name))];
  if (withStrata && data.strataNames.length > 0) parts.push(`strata(${data.strataNames.map(rName).join(", ")})`);
  return parts.join(" + ");
}

/** Statements of a function of `pair` that put its covariates into a matrix `x`, categories as indicators. */
export function rCovariateColumns(data: EventData): string[] {
  return [
    `  x <- do.call(cbind, lapply(pair[, ${rStrings(data.covariates.map(({ name }) => name))}, drop = FALSE], function(v)`,
    '    if (is.factor(v)) outer(as.character(v), levels(v)[-1], "==") + 0 else v))',
  ];
}

/** Body of a function over the experimental arms that returns one row of `effects` each. */
export function rEffects(body: readonly string[]): string[] {
  return [
    "effects <- do.call(rbind, lapply(levels(used$arm)[-1], function(experimental) {",
    "  pair <- droplevels(used[used$arm %in% c(levels(used$arm)[1], experimental), ])",
    ...body.map((line) => `  ${line}`),
    "}))",
    "print(effects, digits = 10, row.names = FALSE)",
  ];
}

/** Normal quantile of the confidence, as an R expression. */
export function rCritical(confidence: number): string {
  return `qnorm(${rNumber(1 - (1 - confidence) / 2)})`;
}

/** First lines of every SAS program of a time to event. */
export function sasEventData(data: EventData): string[] {
  const needed = [...data.covariates.map(({ name }) => name), ...data.strataNames];
  return [
    ...sasReadAnalysisTable(data.table, "imported"),
    "data used; set imported;",
    ...(needed.length === 0 ? [] : [`  if cmiss(of ${needed.map(sasName).join(" ")}) = 0;`]),
    "run;",
  ];
}

/** CLASS statement with the control as reference. */
export function sasClass(data: EventData): string {
  const classes = data.covariates.flatMap((covariate) =>
    covariate.kind === "categorical"
      ? [
          `${sasName(covariate.name)}(ref=${sasString(tableText(covariate.levels[Math.min(...Array.from(covariate.codes))]!))})`,
        ]
      : [],
  );
  return `  class arm(ref=${sasString(tableText(data.armNames[0]!))}) ${classes.join(" ")} / param=ref;`;
}

/** STRATA statement; empty without strata. */
export function sasStrata(data: EventData): string[] {
  return data.strataNames.length === 0 ? [] : [`  strata ${data.strataNames.map(sasName).join(" ")};`];
}

/** alpha= of a confidence. */
export function sasAlpha(confidence: number): string {
  return sasNumber(Number((1 - confidence).toPrecision(12)));
}
