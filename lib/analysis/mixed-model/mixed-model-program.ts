import type { ProgramCode } from "../../program-code/program-code.ts";
import { rName, rNumber, rNumbers, rPlainNames, rString, rStrings } from "../../program-code/r-literal.ts";
import { sasName, sasNumber, sasString } from "../../program-code/sas-literal.ts";
import {
  type AnalysisTable,
  covariateColumnName,
  longAnalysisTable,
  rReadAnalysisTable,
  sasReadAnalysisTable,
  tableText,
} from "../analysis-table.ts";
import type { TrialData } from "../trial-data.ts";
import type { MixedModelAnalysis } from "./analyse-mixed-model.ts";
import { BASELINE_NAME, type MixedModelColumns } from "./mixed-model-columns.ts";
import { DAYS_IN } from "./mixed-model-spec.ts";

/** The data set that the programs of this analysis read: one row a patient and visit. */
export function mixedModelTable(data: TrialData, columns: MixedModelColumns): AnalysisTable {
  return longAnalysisTable(data, columns.endpoint, columns.trialCovariates);
}

/** R and SAS programs of a slope analysis. */
export function mixedModelProgramCode(analysis: MixedModelAnalysis): ProgramCode {
  const { spec } = analysis;
  return {
    r: rProgram(analysis),
    rPackages: byLme4(analysis)
      ? ["lme4", "lmerTest", ...(spec.degreesOfFreedom === "kenward-roger" ? ["pbkrtest"] : [])]
      : ["nlme"],
    sas: sasProgram(analysis),
    sasNote: sasNote(analysis),
  };
}

/** lme4 has the degrees of freedom, nlme the residual correlation. */
const byLme4 = ({ spec }: MixedModelAnalysis) =>
  spec.residual === "independent" && spec.degreesOfFreedom !== "between-within";

function fixedFormula(
  { spec, columns }: MixedModelAnalysis,
  name: (text: string) => string,
  product: string,
): string[] {
  const varied = columns.covariateNames.filter((covariate) => !columns.constantNames.includes(covariate));
  const covariates = varied.map(name);
  const byTime = spec.covariatesByTime
    ? varied
        .filter((covariate) => covariate === BASELINE_NAME || covariate !== "score")
        .map((covariate) => `time${product}${name(covariate)}`)
    : [];
  return [
    "time",
    ...(spec.treatment === "intercept-and-slope" ? ["arm"] : []),
    ...covariates,
    ...byTime,
    `time${product}arm`,
  ];
}

function rProgram(analysis: MixedModelAnalysis): string {
  const { spec, data, columns } = analysis;
  const visits = columns.visitIndices.map((index) => data.visits[index]!);
  const ids = rStrings(visits.map(({ id }) => tableText(id)));
  const needed = ["outcome", "time", ...columns.covariateNames];
  const lines = [
    rReadAnalysisTable(mixedModelTable(data, columns)),
    `data$arm <- factor(data$arm, levels = ${rStrings(data.armNames.map(tableText))})`,
    ...columns.trialCovariates.flatMap((covariate) => {
      if (covariate.kind === "numeric") return [];
      const column = `data[[${rString(covariateColumnName(covariate.name))}]]`;
      return [`${column} <- factor(${column}, levels = ${rStrings(covariate.levels.map(tableText))})`];
    }),
    `used <- data[data$visit %in% ${ids}, ]`,
    ...(spec.time === "planned-day"
      ? [`used$day <- ${rNumbers(visits.map(({ day }) => day))}[match(used$visit, ${ids})]`]
      : []),
    ...(spec.baseline === "outcome"
      ? [
          "# The baseline of every patient is an observation at day 0",
          "first <- data[!duplicated(data$patient), ]",
          'first$visit <- "baseline"; first$day <- 0; first$value <- first$baseline',
          "used <- rbind(first, used)",
        ]
      : []),
    spec.outcome === "change" ? "used$outcome <- used$value - used$baseline" : "used$outcome <- used$value",
    ...(columns.withScore && spec.outcome === "change" ? ["used$score <- used$score - used$baseline"] : []),
    `used$time <- used$day / ${rNumber(DAYS_IN[spec.timeUnit])}`,
    `used <- droplevels(used[complete.cases(used[, ${rStrings(needed)}]), ])`,
    "used <- used[order(used$patient, used$time), ]",
    'differences <- paste0("time:arm", levels(used$arm)[-1])',
    "",
    ...(byLme4(analysis) ? rLme4(analysis) : rNlme(analysis)),
    "effects <- effects[differences, ]",
    `null <- ${rNumber(spec.nullValue)}`,
    `half <- ${spec.degreesOfFreedom === "normal" ? `qnorm(${level(spec.confidence)})` : `qt(${level(spec.confidence)}, effects$df)`} * effects$se`,
    "effects$t <- (effects$estimate - null) / effects$se",
    `effects$p <- 2 * ${spec.degreesOfFreedom === "normal" ? "pnorm(-abs(effects$t))" : "pt(-abs(effects$t), effects$df)"}`,
    "effects$lower <- effects$estimate - half",
    "effects$upper <- effects$estimate + half",
    "print(effects, digits = 10)",
    "print(parameters, digits = 10)",
  ];
  return `${lines.join("\n")}\n`;
}

const level = (confidence: number) => rNumber(1 - (1 - confidence) / 2);

function rLme4(analysis: MixedModelAnalysis): string[] {
  const { spec } = analysis;
  const right = fixedFormula(analysis, rName, ":").join(" + ");
  const random = {
    intercept: "(1 | patient)",
    "intercept-and-slope": "(time | patient)",
    "independent-intercept-and-slope": "(time || patient)",
  }[spec.randomEffects];
  const ddf = {
    satterthwaite: "Satterthwaite",
    "kenward-roger": "Kenward-Roger",
    "between-within": "",
    normal: "lme4",
  };
  return [
    "library(lmerTest)",
    `fit <- lmer(outcome ~ ${right} + ${random}, data = used, REML = ${spec.likelihood === "REML" ? "TRUE" : "FALSE"},`,
    '            control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-9, maxfun = 1e5)))',
    `coefficients <- as.data.frame(summary(fit, ddf = ${rString(ddf[spec.degreesOfFreedom])})$coefficients)`,
    "effects <- data.frame(estimate = coefficients[, 1], se = coefficients[, 2],",
    `                      df = ${spec.degreesOfFreedom === "normal" ? "Inf" : "coefficients[, 3]"}, row.names = rownames(coefficients))`,
    "components <- as.data.frame(VarCorr(fit))",
    'parameters <- data.frame(name = c(paste(components$var1, components$var2), "log-likelihood"),',
    "                         value = c(components$vcov, as.numeric(logLik(fit))))",
  ];
}

function rNlme(analysis: MixedModelAnalysis): string[] {
  const { spec, fit, columns } = analysis;
  const renamed = rPlainNames("used", columns.covariateNames);
  const dependent = fit.likelihood.layout.p < columns.design.columns.length;
  const right = fixedFormula(analysis, (name) => rName(renamed.nameOf(name)), ":").join(" + ");
  const random = {
    intercept: "~ 1 | patient",
    "intercept-and-slope": "~ time | patient",
    "independent-intercept-and-slope": "list(patient = pdDiag(~ time))",
  }[spec.randomEffects];
  // nlme's search needs a start: that of this fit, kept inside its bounds.
  const phi = Math.min(0.999999, Math.max(1e-6, fit.residualCorrelation.phi));
  const share = Math.min(0.95, Math.max(0.05, fit.residualCorrelation.share));
  const correlation =
    spec.residual === "independent"
      ? "NULL"
      : spec.residual === "continuous-autoregressive"
        ? `corCAR1(${rNumber(phi)}, form = ~ time | patient)`
        : `corExp(c(${rNumber(-1 / Math.log(phi))}, ${rNumber(share)}), form = ~ time | patient, nugget = TRUE)`;
  const df = {
    "between-within": "coefficients[, 3]",
    normal: "Inf",
    satterthwaite: "Inf",
    "kenward-roger": "Inf",
  }[spec.degreesOfFreedom];
  const note =
    spec.degreesOfFreedom === "satterthwaite" || spec.degreesOfFreedom === "kenward-roger"
      ? [
          "# No R package has these degrees of freedom for correlated residuals: df are taken from the report.",
          ...(spec.degreesOfFreedom === "kenward-roger"
            ? ["# Nor has one Kenward and Roger's correction of the standard errors: those printed are without it."]
            : []),
          `reported <- ${rNumbers(reportedDf(analysis))}`,
        ]
      : [];
  return [
    "library(nlme)",
    ...renamed.lines,
    ...(dependent
      ? [
          "# lme takes no columns that follow from others: those that do not stand alone in the model",
          `X <- model.matrix(~ ${right}, used)`,
          "decomposed <- qr(X, tol = 1e-10)",
          "X <- X[, sort(decomposed$pivot[seq_len(decomposed$rank)])][, -1, drop = FALSE]",
          'columns <- paste0("column", seq_len(ncol(X)))',
          "used[columns] <- X",
          'model <- reformulate(columns, "outcome")',
        ]
      : [`model <- outcome ~ ${right}`]),
    `fit <- lme(model, random = ${random},`,
    `           correlation = ${correlation},`,
    `           data = used, method = ${rString(spec.likelihood)},`,
    "           control = lmeControl(maxIter = 500, msMaxIter = 2000, msMaxEval = 5000, tolerance = 1e-10, msTol = 1e-13))",
    "coefficients <- summary(fit, adjustSigma = FALSE)$tTable",
    ...(dependent ? ['rownames(coefficients) <- c("(Intercept)", colnames(X))'] : []),
    ...note,
    `effects <- data.frame(estimate = coefficients[, 1], se = coefficients[, 2], df = ${df}, row.names = rownames(coefficients))`,
    ...(note.length === 0 ? [] : ['effects[differences, "df"] <- reported']),
    "covariance <- as.matrix(getVarCov(fit))",
    'parameters <- data.frame(name = c("random effects", "residual", "correlation", "log-likelihood")[c(rep(1, length(covariance)), 2,',
    "                           rep(3, length(coef(fit$modelStruct$corStruct))), 4)],",
    "                         value = c(as.numeric(covariance), fit$sigma^2,",
    "                                   coef(fit$modelStruct$corStruct, unconstrained = FALSE), as.numeric(logLik(fit))))",
  ];
}

function reportedDf({ data, slope, contrast }: MixedModelAnalysis): number[] {
  const control = slope(data.armNames[0]!);
  return data.armNames
    .slice(1)
    .map((arm) => contrast(slope(arm).map((weight, j) => weight - control[j]!))?.degreesOfFreedom ?? Infinity);
}

function sasProgram(analysis: MixedModelAnalysis): string {
  const { spec, data, columns } = analysis;
  const visits = columns.visitIndices.map((index) => data.visits[index]!);
  const classes = columns.trialCovariates
    .filter(({ kind }) => kind === "categorical")
    .map(({ name }) => sasName(covariateColumnName(name)));
  const control = sasString(tableText(data.armNames[0]!));
  const alpha = sasNumber(Number((1 - spec.confidence).toPrecision(12)));
  const ddfm = {
    satterthwaite: " ddfm=satterthwaite",
    "kenward-roger": spec.residual === "independent" ? " ddfm=kr" : " ddfm=kr(linear)",
    "between-within": " ddfm=bw",
    normal: " chisq",
  };
  const right = fixedFormula(analysis, sasName, "*").join(" ");
  const random = spec.randomEffects === "intercept" ? "intercept" : "intercept time";
  const structure = spec.randomEffects === "intercept-and-slope" ? "un" : "vc";
  const needed = ["outcome", "time", ...columns.covariateNames.map(sasName)];
  const days = visits.map(({ id, day }) => `when (${sasString(tableText(id))}) day = ${sasNumber(day)};`).join(" ");
  const lines = [
    ...sasReadAnalysisTable(mixedModelTable(data, columns), "imported"),
    "proc sort data=imported; by patient; run;",
    `data used; length visit $ 200; set imported${spec.baseline === "outcome" ? "; by patient" : ""};`,
    ...(spec.baseline === "outcome"
      ? [
          "  if first.patient then do; planned_visit = visit; actual_day = day; actual_value = value;",
          "    visit = 'baseline'; day = 0; value = baseline; output;",
          "    visit = planned_visit; day = actual_day; value = actual_value; end;",
        ]
      : []),
    `  if visit in (${visits.map(({ id }) => sasString(tableText(id))).join(", ")})${spec.time === "planned-day" ? ` then do; select (visit); ${days} otherwise; end; output; end;` : " then output;"}`,
    "run;",
    "data used; set used;",
    spec.outcome === "change" ? "  outcome = value - baseline;" : "  outcome = value;",
    ...(columns.withScore && spec.outcome === "change" ? ["  score = score - baseline;"] : []),
    `  time = day / ${sasNumber(DAYS_IN[spec.timeUnit])};`,
    `  if cmiss(${needed.join(", ")}) = 0;`,
    "run;",
    `proc mixed data=used method=${spec.likelihood.toLowerCase()} convh=1e-10;`,
    `  class patient arm(ref=${control})${classes.map((name) => ` ${name}`).join("")};`,
    `  model outcome = ${right} / solution cl alpha=${alpha}${ddfm[spec.degreesOfFreedom]};`,
    `  random ${random} / subject=patient type=${structure} g solution;`,
    ...(spec.residual === "independent"
      ? []
      : [
          `  repeated / subject=patient type=sp(pow)(time)${spec.residual === "continuous-autoregressive" ? "" : " local"};`,
        ]),
    "run;",
  ];
  return `${lines.join("\n")}\n`;
}

function sasNote({ spec }: MixedModelAnalysis): string {
  const notes = ["The rows time*arm of the fixed effects are the differences of slopes to the reference arm."];
  if (spec.degreesOfFreedom === "normal")
    notes.push(
      "PROC MIXED takes t distributions; normal limits follow from the estimates and standard errors printed.",
    );
  if (spec.nullValue !== 0) notes.push("The test printed is that of no difference, not of the null value.");
  if (spec.residual === "continuous-autoregressive-with-measurement-error")
    notes.push("With LOCAL the residual variance is the sum of the parameters Variance and Residual.");
  if (spec.degreesOfFreedom === "between-within")
    notes.push("SAS counts degrees of freedom by effect; time*arm is within patients in both programs.");
  return notes.join(" ");
}
