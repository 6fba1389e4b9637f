import type { ProgramCode } from "../../program-code/program-code.ts";
import { rName, rNumber, rString, rStrings } from "../../program-code/r-literal.ts";
import { sasName, sasNumber, sasString } from "../../program-code/sas-literal.ts";
import {
  type AnalysisTable,
  longAnalysisTable,
  rReadAnalysisTable,
  sasReadAnalysisTable,
  tableText,
} from "../analysis-table.ts";
import type { Covariate } from "../covariate.ts";
import { completeRows } from "../model-design.ts";
import type { TrialData } from "../trial-data.ts";
import { type AncovaColumns, SCORE_NAME } from "./ancova-columns.ts";
import type { AncovaSpec } from "./ancova-spec.ts";
import type { VarianceEstimator } from "./linear-model.ts";

export interface AncovaProgramInput {
  readonly spec: AncovaSpec;
  readonly data: TrialData;
  readonly columns: AncovaColumns;
  readonly estimator: VarianceEstimator;
  /** Whether the model fits a patient exactly, for whom R's sandwich has no HC2 to HC4. */
  readonly exactFit: boolean;
}

/** The data set that the programs of this analysis read: one row a patient and visit. */
export function ancovaTable(data: TrialData, columns: AncovaColumns): AnalysisTable {
  return longAnalysisTable(data, columns.endpoint, columns.trialCovariates);
}

/** R and SAS programs of an analysis of covariance. */
export function ancovaProgramCode(input: AncovaProgramInput): ProgramCode {
  const robust = input.estimator !== "model";
  const weighted = input.spec.weights === "twin-variance";
  return {
    r: rProgram(input),
    rPackages: [...(robust ? ["sandwich"] : []), ...(weighted ? ["nlme"] : [])],
    sas: input.estimator === "HC4" ? null : sasProgram(input),
    sasNote: sasNote(input),
  };
}

function rProgram({ spec, data, columns, estimator, exactFit }: AncovaProgramInput): string {
  const weighted = spec.weights === "twin-variance";
  const names = columns.covariates.filter(varies(columns)).map(({ name }) => rName(name));
  const operator = spec.interaction === "none" ? " + " : " * ";
  const right = names.length === 0 ? "arm" : `arm${operator}(${names.join(" + ")})`;
  const needed = ["outcome", ...columns.covariates.map(({ name }) => name), ...(weighted ? ["score_variance"] : [])];
  const level = rNumber(1 - (1 - spec.confidence) / 2);
  const lines = [
    rReadAnalysisTable(ancovaTable(data, columns)),
    `data$arm <- factor(data$arm, levels = ${rStrings(data.armNames.map(tableText))})`,
    ...columns.covariates.flatMap(rFactor),
    `used <- data[data$visit == ${rString(tableText(spec.visit))}, ]`,
    ...(spec.missing === "complete-cases" ? [] : rCarriedForward(data, columns)),
    spec.outcome === "change" ? "used$outcome <- used$value - used$baseline" : "used$outcome <- used$value",
    // The score predicts what is analysed: the value, or the change.
    ...(columns.withScore && spec.outcome === "change" ? ["used$score <- used$score - used$baseline"] : []),
    `used <- droplevels(used[complete.cases(used[, ${rStrings(needed)}]), ])`,
    "",
    ...(weighted
      ? [
          "# Residual variance proportional to a power of the twin's variance, by REML",
          `X <- model.matrix(~ ${right}, used)`,
          "decomposed <- qr(X, tol = 1e-10)",
          "used$X <- X[, sort(decomposed$pivot[seq_len(decomposed$rank)])]",
          `spread <- nlme::gls(outcome ~ X - 1, data = used, method = "REML",`,
          "                    weights = nlme::varPower(form = ~ sqrt(score_variance)))",
          "used$X <- NULL",
          "exponent <- as.numeric(coef(spread$modelStruct$varStruct, unconstrained = FALSE))",
          "used$weight <- used$score_variance^-exponent",
          `fit <- lm(outcome ~ ${right}, data = used, weights = weight)`,
        ]
      : [`fit <- lm(outcome ~ ${right}, data = used)`]),
    estimator === "model"
      ? "variance <- vcov(fit, complete = FALSE)"
      : exactFit
        ? rVarianceWithoutExact(estimator)
        : `variance <- sandwich::vcovHC(fit, type = ${rString(estimator)})`,
    "estimable <- !is.na(coef(fit))",
    "",
    "# Mean of the linear predictor over rows, as weights of the coefficients",
    "weights_of <- function(rows)",
    "  colMeans(model.matrix(delete.response(terms(fit)), rows, xlev = fit$xlevels))[estimable]",
    "infer <- function(l, null = 0) {",
    "  estimate <- sum(l * coef(fit)[estimable])",
    "  se <- sqrt(drop(t(l) %*% variance %*% l))",
    "  df <- df.residual(fit)",
    "  t <- (estimate - null) / se",
    `  half <- qt(${level}, df) * se`,
    "  data.frame(estimate, se, df, t, p = 2 * pt(-abs(t), df), lower = estimate - half, upper = estimate + half)",
    "}",
    "everybody_in <- function(arm) {",
    "  rows <- used",
    "  rows$arm <- factor(arm, levels = levels(used$arm))",
    "  rows",
    "}",
    "arms <- levels(used$arm)",
    "control <- weights_of(everybody_in(arms[1]))",
    "effects <- do.call(rbind, lapply(arms[-1], function(arm)",
    `  cbind(effect = paste(arm, "minus", arms[1]), infer(weights_of(everybody_in(arm)) - control, ${rNumber(spec.nullValue)}))))`,
    "print(effects, digits = 10, row.names = FALSE)",
    "",
    ...rLeastSquaresMeans(spec, columns),
    "print(means, digits = 10, row.names = FALSE)",
  ];
  return `${lines.join("\n")}\n`;
}

/** Categories of one level among the patients analysed have no contrasts in R; the model leaves them out. */
function varies(columns: AncovaColumns): (covariate: Covariate) => boolean {
  const rows = completeRows(columns.covariates, columns.outcome.length).filter((row) =>
    Number.isFinite(columns.outcome[row]!),
  );
  return (covariate) =>
    covariate.kind === "numeric" || rows.some((row) => covariate.codes[row] !== covariate.codes[rows[0]!]);
}

/** The sandwich of the estimator, patients with leverage 1 left out. */
function rVarianceWithoutExact(estimator: VarianceEstimator): string {
  const weight = {
    model: "1",
    HC0: "1",
    HC1: "length(h) / df",
    HC2: "1 / (1 - h)",
    HC3: "1 / (1 - h)^2",
    HC4: "(1 - h)^-pmin(4, length(h) * h / (length(h) - df))",
  }[estimator];
  return `variance <- sandwich::vcovHC(fit, omega = function(e, h, df) ifelse(1 - h < 1e-10, 0, e^2 * ${weight})) # ${estimator}`;
}

function rLeastSquaresMeans(spec: AncovaSpec, columns: AncovaColumns): string[] {
  const title = "# Least-squares means";
  const bind = (rows: string) => [
    "means <- do.call(rbind, lapply(arms, function(arm)",
    `  cbind(arm = arm, infer(weights_of(${rows})))))`,
  ];
  const covariates = columns.covariates.filter(varies(columns));
  const categorical = covariates.filter(({ kind }) => kind === "categorical");
  if (spec.leastSquaresMeans === "proportional" || categorical.length === 0)
    return [title, ...bind("everybody_in(arm)")];
  const held = covariates.map((covariate) => {
    const column = `used[[${rString(covariate.name)}]]`;
    const values = covariate.kind === "numeric" ? `mean(${column})` : `levels(${column})`;
    return `${rName(covariate.name)} = ${values}`;
  });
  return [
    `${title}: every combination of categories once`,
    `grid <- expand.grid(${held.join(", ")}, stringsAsFactors = TRUE)`,
    ...bind("cbind(arm = factor(arm, levels = levels(used$arm)), grid)"),
  ];
}

function rFactor(covariate: Covariate): string[] {
  if (covariate.kind === "numeric") return [];
  const column = `data[[${rString(covariate.name)}]]`;
  return [`${column} <- factor(${column}, levels = ${rStrings(covariate.levels.map(tableText))})`];
}

function rCarriedForward(data: TrialData, { visitIndex }: AncovaColumns): string[] {
  const last = data.visits[visitIndex]!.day;
  const upTo = data.visits
    .filter(({ day }, index) => index === visitIndex || (day > 0 && day <= last))
    .sort((a, b) => a.day - b.day)
    .map(({ id }) => tableText(id));
  return [
    "# Last value after baseline up to the visit",
    `known <- data[data$visit %in% ${rStrings(upTo)} & !is.na(data$value), ]`,
    `known <- known[order(match(known$visit, ${rStrings(upTo)})), ]`,
    "last <- known[!duplicated(known$patient, fromLast = TRUE), ]",
    "used$value <- last$value[match(used$patient, last$patient)]",
  ];
}

const SAS_EMPIRICAL = { HC0: "classical", HC1: "df", HC2: "root", HC3: "firores" } as const;

function sasProgram({ spec, data, columns, estimator }: AncovaProgramInput): string {
  const names = columns.covariates.map(({ name }) => sasName(name));
  const classes = columns.covariates.filter(({ kind }) => kind === "categorical").map(({ name }) => sasName(name));
  const products = spec.interaction === "none" ? [] : names.map((name) => `arm*${name}`);
  const right = ["arm", ...names, ...products].join(" ");
  const weighted = spec.weights === "twin-variance";
  const control = sasString(tableText(data.armNames[0]!));
  const alpha = sasNumber(Number((1 - spec.confidence).toPrecision(12)));
  const margins = spec.leastSquaresMeans === "proportional" ? " om" : "";
  const needed = ["outcome", ...names, ...(weighted ? ["score_variance"] : [])];
  const score = columns.withScore && spec.outcome === "change" ? [`  ${SCORE_NAME} = score - baseline;`] : [];
  const weight = weighted ? ["  weight weight;"] : [];
  const classLine = `  class arm(ref=${control})${classes.map((name) => ` ${name}`).join("")};`;
  const lines = [
    ...sasReadAnalysisTable(ancovaTable(data, columns), "imported"),
    ...(spec.missing === "complete-cases"
      ? [`data used; set imported; where visit = ${sasString(tableText(spec.visit))};`]
      : sasCarriedForward(spec, data, columns)),
    spec.outcome === "change" ? "  outcome = value - baseline;" : "  outcome = value;",
    ...score,
    ...(weighted ? ["  log_variance = log(score_variance);"] : []),
    `  if cmiss(${needed.join(", ")}) = 0;`,
    "run;",
    ...(weighted
      ? [
          "proc mixed data=used method=reml;",
          classLine,
          `  model outcome = ${right};`,
          "  repeated / local=exp(log_variance);",
          "  ods output covparms=spread;",
          "run;",
          "proc sql noprint; select estimate into :exponent from spread where covparm like 'EXP%'; quit;",
          "data used; set used; weight = exp(-&exponent * log_variance); run;",
        ]
      : []),
    ...(estimator === "model"
      ? [
          "proc glm data=used;",
          classLine,
          ...weight,
          `  model outcome = ${right} / solution clparm alpha=${alpha};`,
          `  lsmeans arm / om stderr cl alpha=${alpha} pdiff=control(${control});`,
          ...(margins === "" ? [`  lsmeans arm / stderr cl alpha=${alpha};`] : []),
          "run; quit;",
        ]
      : [
          `proc glimmix data=used empirical=${SAS_EMPIRICAL[estimator as keyof typeof SAS_EMPIRICAL]};`,
          `  class patient arm(ref=${control})${classes.map((name) => ` ${name}`).join("")};`,
          ...weight,
          `  model outcome = ${right} / solution ddfm=residual;`,
          "  random _residual_ / subject=patient;",
          `  lsmeans arm / om diff=control(${control}) cl alpha=${alpha};`,
          ...(margins === "" ? [`  lsmeans arm / cl alpha=${alpha};`] : []),
          "run;",
        ]),
  ];
  return `${lines.join("\n")}\n`;
}

function sasCarriedForward(spec: AncovaSpec, data: TrialData, { visitIndex }: AncovaColumns): string[] {
  const last = data.visits[visitIndex]!.day;
  const upTo = data.visits
    .filter(({ day }, index) => index === visitIndex || (day > 0 && day <= last))
    .sort((a, b) => a.day - b.day);
  const order = upTo.map(({ id }, index) => `when (${sasString(tableText(id))}) visit_order = ${index + 1};`).join(" ");
  return [
    `data known; set imported; where value is not missing; select (visit); ${order} otherwise delete; end; run;`,
    "proc sort data=known; by patient visit_order; run;",
    "data last; set known; by patient; if last.patient; keep patient value; run;",
    `data planned; set imported(drop=value); where visit = ${sasString(tableText(spec.visit))}; run;`,
    "proc sort data=planned; by patient; run;",
    "data used; merge planned(in=is_planned) last; by patient; if is_planned;",
  ];
}

function sasNote({ spec, estimator }: AncovaProgramInput): string {
  if (estimator === "HC4") return "SAS has no procedure with the HC4 variance; choose HC3 to compare.";
  const notes = ["Of two LSMEANS statements the first, with observed margins, gives the effect."];
  if (spec.leastSquaresMeans === "proportional") notes.length = 0;
  if (spec.weights === "twin-variance")
    notes.push("The exponent passes through a macro variable; print it with more digits when the last digits matter.");
  if (estimator !== "model") notes.push("PROC GLIMMIX names HC0 to HC3 CLASSICAL, DF, ROOT and FIRORES.");
  return notes.join(" ");
}
