import { rName, rNumber, rString, rStrings } from "../../program-code/r-literal.ts";
import { rReadAnalysisTable, tableText } from "../analysis-table.ts";
import { isConstantCategory } from "../constant-category.ts";
import type { Covariate } from "../covariate.ts";
import { type MmrmProgramInput, mmrmTable, weightColumn } from "./mmrm-program-input.ts";
import { R_LIKELIHOOD, rCovarianceFunction, rInference } from "./mmrm-program-r-parts.ts";
import { rPeers } from "./mmrm-program-r-peers.ts";

/** R program of a mixed model for repeated measures; defines `fit`, `effects` and `means`. */
export function rProgram(input: MmrmProgramInput): string {
  const lines = [
    ...rRows(input),
    "",
    ...rDesign(input),
    "",
    ...rCovarianceFunction(input),
    "",
    ...R_LIKELIHOOD,
    "",
    ...rInference(input.spec),
    "",
    ...rMarginalMeans(input),
    ...rEffects(input),
    "",
    ...rPeers(input),
  ];
  return `${lines.join("\n")}\n`;
}

/** Covariates of the model, without arm and visit. */
const predictors = ({ columns }: MmrmProgramInput): readonly Covariate[] => columns.variables.slice(2);

function rRows(input: MmrmProgramInput): string[] {
  const { spec, data, columns } = input;
  const visits = columns.visits.map((visit) => tableText(data.visits[visit]!.id));
  const weight = weightColumn(input);
  const needed = [
    "outcome",
    "visit",
    ...predictors(input).map(({ name }) => name),
    ...(weight === null ? [] : [weight]),
  ];
  return [
    rReadAnalysisTable(mmrmTable(data, columns)),
    `data$arm <- factor(data$arm, levels = ${rStrings(data.armNames.map(tableText))})`,
    `data$visit <- factor(data$visit, levels = ${rStrings(visits)})`,
    ...predictors(input).flatMap(rFactor),
    spec.outcome === "change" ? "data$outcome <- data$value - data$baseline" : "data$outcome <- data$value",
    ...(columns.withScore ? rScore(input) : []),
    `used <- data[complete.cases(data[, ${rStrings(needed)}]), ]`,
    "used <- droplevels(used[order(match(used$patient, unique(used$patient)), used$visit), ])",
    ...(columns.withScore && spec.scoreAt === "same-visit"
      ? [
          "# The score is taken from its mean at each visit; the fit is the same",
          "used$score <- used$score - ave(used$score, used$visit)",
        ]
      : []),
  ];
}

function rScore({ spec, data, columns }: MmrmProgramInput): string[] {
  const lines: string[] = [];
  if (spec.scoreAt === "primary-visit") {
    const visit = rString(tableText(data.visits[columns.primaryVisit]!.id));
    lines.push(
      `primary <- data[!is.na(data$visit) & data$visit == ${visit}, ]`,
      "data$score <- primary$score[match(data$patient, primary$patient)]",
    );
  }
  // The score predicts what is analysed: the value, or the change.
  if (spec.outcome === "change") lines.push("data$score <- data$score - data$baseline");
  return lines;
}

function rFactor(covariate: Covariate): string[] {
  if (covariate.kind === "numeric") return [];
  const column = `data[[${rString(covariate.name)}]]`;
  return [`${column} <- factor(${column}, levels = ${rStrings(covariate.levels.map(tableText))})`];
}

/** Right-hand side of the model; products with a visit or arm only where there are several. */
function rTerms({ columns }: MmrmProgramInput): string {
  const single = columns.visits.length === 1;
  const constant = new Set(
    columns.variables
      .slice(2)
      .filter(isConstantCategory)
      .map(({ name }) => name),
  );
  const terms = columns.terms
    .filter((term) => !(single && term.includes("visit")) && !term.some((name) => constant.has(name)))
    .map((term) => term.map(rName).join(":"));
  return terms.join(" + ");
}

function rDesign(input: MmrmProgramInput): string[] {
  const weight = weightColumn(input);
  return [
    `form <- ~ ${rTerms(input)}`,
    "X <- model.matrix(form, used)",
    "# Columns that follow from those before them are left out",
    "decomposed <- qr(X, tol = 1e-10)",
    "kept <- sort(decomposed$pivot[seq_len(decomposed$rank)])",
    "X <- X[, kept, drop = FALSE]",
    "y <- used$outcome",
    "N <- length(y)",
    "p <- ncol(X)",
    "visit <- as.integer(used$visit)",
    "m <- nlevels(used$visit)",
    weight === null ? "w <- rep(1, N)" : `w <- used[[${rString(weight)}]]`,
    input.spec.groups === "by-arm" ? "group <- as.integer(used$arm)" : "group <- rep(1L, N)",
  ];
}

function rMarginalMeans(input: MmrmProgramInput): string[] {
  const { spec } = input;
  const own = predictors(input);
  const everybody = [
    "weights_of <- function(arm, visit) {",
    "  rows <- used",
    ...own
      .filter(({ kind }) => kind === "numeric")
      .map(({ name }) => `  rows[[${rString(name)}]] <- mean(used[[${rString(name)}]])`),
    "  rows$arm <- factor(arm, levels = levels(used$arm))",
    "  rows$visit <- factor(visit, levels = levels(used$visit))",
    "  colMeans(model.matrix(form, rows))[kept]",
    "}",
  ];
  const categorical = own.some(({ kind }) => kind === "categorical");
  if (spec.leastSquaresMeans === "proportional" || !categorical)
    return ["# Means over the rows used, numeric covariates at their means", ...everybody];
  const held = own.map((covariate) => {
    const column = `used[[${rString(covariate.name)}]]`;
    return `${rName(covariate.name)} = ${covariate.kind === "numeric" ? `mean(${column})` : `factor(levels(${column}), levels = levels(${column}))`}`;
  });
  return [
    "# Every combination of categories once, numeric covariates at their means",
    "weights_of <- function(arm, visit) {",
    "  grid <- expand.grid(arm = factor(arm, levels = levels(used$arm)),",
    "                      visit = factor(visit, levels = levels(used$visit)),",
    `                      ${held.join(",\n                      ")})`,
    "  colMeans(model.matrix(form, grid))[kept]",
    "}",
  ];
}

function rEffects(input: MmrmProgramInput): string[] {
  const { spec, data, columns } = input;
  const order = [columns.primaryVisit, ...columns.visits.filter((visit) => visit !== columns.primaryVisit)];
  const ids = order.map((visit) => tableText(data.visits[visit]!.id));
  const labels = order.map((visit) => data.visits[visit]!.label);
  const level = rNumber(1 - (1 - spec.confidence) / 2);
  const average = columns.averageOver.map((visit) => tableText(data.visits[visit]!.id));
  return [
    "infer <- function(l, null = 0) {",
    "  estimate <- sum(l * beta)",
    "  se <- sqrt(drop(t(l) %*% variance %*% l))",
    "  df <- df_of(l)",
    "  t <- (estimate - null) / se",
    `  half <- qt(${level}, df) * se`,
    "  data.frame(estimate, se, df, t, p = 2 * pt(-abs(t), df), lower = estimate - half, upper = estimate + half)",
    "}",
    "arms <- levels(used$arm)",
    `shown <- ${rStrings(ids)}`,
    `labels <- ${rStrings(labels)}`,
    "differences <- function(arm, visits)",
    "  rowMeans(sapply(visits, function(visit) weights_of(arm, visit) - weights_of(arms[1], visit)))",
    "effects <- do.call(rbind, lapply(seq_along(shown), function(v) do.call(rbind, lapply(arms[-1], function(arm)",
    '  cbind(effect = paste(arm, "minus", arms[1], "at", labels[v]),',
    `        infer(differences(arm, shown[v]), ${rNumber(spec.nullValue)}))))))`,
    ...(average.length === 0
      ? []
      : [
          "effects <- rbind(effects, do.call(rbind, lapply(arms[-1], function(arm)",
          `  cbind(effect = paste0(arm, " minus ", arms[1], ", mean of ", ${rString(
            columns.averageOver.map((visit) => data.visits[visit]!.label).join(", "),
          )}),`,
          `        infer(differences(arm, ${rStrings(average)}), ${rNumber(spec.nullValue)})))))`,
        ]),
    "means <- do.call(rbind, lapply(levels(used$visit), function(visit) do.call(rbind, lapply(arms, function(arm)",
    "  cbind(visit = visit, arm = arm, infer(weights_of(arm, visit)))))))",
    "print(fit, digits = 12, row.names = FALSE)",
    "print(effects, digits = 10, row.names = FALSE)",
    "print(means, digits = 10, row.names = FALSE)",
  ];
}
