import type { ProgramCode } from "../../program-code/program-code.ts";
import { rMatrix, rName, rNumber, rNumbers, rString, rStrings } from "../../program-code/r-literal.ts";
import {
  type AnalysisTable,
  covariateColumnName,
  longAnalysisTable,
  rReadAnalysisTable,
  tableText,
} from "../analysis-table.ts";
import type { TrialData } from "../trial-data.ts";
import type { ImputationEstimates } from "./imputation-estimates.ts";
import type { ImputationFit } from "./imputation-model.ts";
import type { ImputationTrial } from "./imputation-trial.ts";
import type { MultipleImputationSpec } from "./multiple-imputation-spec.ts";

export interface ImputationProgramInput {
  readonly spec: MultipleImputationSpec;
  readonly trial: TrialData;
  readonly arranged: ImputationTrial;
  readonly full: ImputationFit;
  readonly estimates: ImputationEstimates;
}

/** The data set that the program reads: one row a patient and visit imputed, with 1 in `after_event` after the event. */
export function imputationTable(trial: TrialData, arranged: ImputationTrial): AnalysisTable {
  const { data, visitIndices, patients } = arranged;
  const table = longAnalysisTable(trial, arranged.endpoint, arranged.trialCovariates, visitIndices);
  const position = new Map(patients.map((patient, i) => [patient, i]));
  const after = Array.from({ length: table.rowCount }, (_, row) => {
    const i = position.get(Math.floor(row / visitIndices.length));
    return i === undefined ? null : Number(row % visitIndices.length >= data.firstAfter[i]!);
  });
  return { ...table, columns: [...table.columns, { name: "after_event", kind: "number", values: after }] };
}

/** R program that imputes the conditional means from the fitted parameters and repeats the comparison. */
export function imputationProgramCode(input: ImputationProgramInput): ProgramCode {
  return {
    r: rProgram(input),
    rPackages: [],
    sas: null,
    sasNote:
      'SAS has no procedure for these strategies; the macros of the DIA working group on missing data ("five macros") follow the same definitions with random numbers of their own.',
  };
}

function rProgram({ spec, trial, arranged, full, estimates }: ImputationProgramInput): string {
  const { data } = arranged;
  const m = data.visitCount;
  const visits = arranged.visitIndices.map((visit) => tableText(trial.visits[visit]!.id));
  const arms = trial.armNames.map(tableText);
  const factors = arranged.trialCovariates.filter(({ kind }) => kind === "categorical");
  const table = imputationTable(trial, arranged);
  const covariates = [...new Set(arranged.terms.flat().filter((name) => name !== "arm" && name !== "visit"))];
  const needed = [...covariates, ...(spec.outcome === "change" && !spec.baseline ? ["baseline"] : [])];
  const varies = (name: string) => !arranged.constantNames.includes(name);
  const formula = arranged.terms
    .filter((term) => term.every(varies))
    .map((term) => term.map(rName).join(":"))
    .join(" + ");
  const analysis = ["arm", ...covariates.filter(varies).map(rName)].join(" + ");
  const setMissing = spec.event.kind === "event" && spec.event.valuesAfter === "set-missing";
  const { coefficients, covariances } = full.parameters;
  const lines = [
    "# Conditional-mean imputation from the fitted imputation model, in base R",
    rReadAnalysisTable(table),
    `data$arm <- factor(data$arm, levels = ${rStrings(arms)})`,
    `data$visit <- factor(data$visit, levels = ${rStrings(visits)})`,
    ...factors.map((covariate) => {
      const column = covariateColumnName(covariate.name);
      const levels = covariate.kind === "categorical" ? covariate.levels.map(tableText) : [];
      return `data[[${rString(column)}]] <- factor(data[[${rString(column)}]], levels = ${rStrings(levels)})`;
    }),
    spec.outcome === "change" ? "data$outcome <- data$value - data$baseline" : "data$outcome <- data$value",
    ...(spec.score && spec.outcome === "change" ? ["data$score <- data$score - data$baseline"] : []),
    ...(setMissing ? ["data$outcome[data$after_event %in% 1] <- NA"] : []),
    ...(needed.length === 0
      ? ["used <- data"]
      : [
          `incomplete <- unique(data$patient[!complete.cases(data[, ${rStrings(needed)}, drop = FALSE])])`,
          "used <- data[!data$patient %in% incomplete, ]",
        ]),
    "used <- used[order(match(used$patient, unique(used$patient)), used$visit), ]",
    "used <- droplevels(used)",
    "",
    "# Restricted maximum likelihood estimates of the imputation model",
    `formula <- ~ ${formula}`,
    `coefficients <- ${rNumbers(coefficients)}`,
    `covariances <- list(${covariances.map((sigma) => rMatrix(sigma, m)).join(",\n                    ")})`,
    `strategies <- ${rStrings(data.strategy)}`,
    `reference <- ${rNumber(data.reference[0]! + 1)}`,
    "in_reference <- used",
    "in_reference$arm <- factor(levels(used$arm)[reference], levels = levels(used$arm))",
    "own <- drop(model.matrix(formula, used) %*% coefficients)",
    "ref <- drop(model.matrix(formula, in_reference) %*% coefficients)",
    "",
    "impute <- function(rows) {",
    "  y <- used$outcome[rows]",
    "  if (!anyNA(y)) return(y)",
    "  arm <- as.integer(used$arm[rows[1]])",
    "  strategy <- strategies[arm]",
    "  after <- used$after_event[rows] == 1",
    "  before <- which(!after)",
    "  mean <- own[rows]",
    "  sigma <- covariances[[arm]]",
    "  other <- covariances[[reference]]",
    "  last <- length(before)",
    '  if (any(after) && strategy == "CR") {',
    "    mean <- ref[rows]",
    "    sigma <- other",
    '  } else if (any(after) && strategy == "LMCF" && last > 0) {',
    "    mean[after] <- mean[last]",
    '  } else if (any(after) && strategy %in% c("JR", "CIR")) {',
    '    shift <- if (strategy == "CIR" && last > 0) mean[last] - ref[rows][last] else 0',
    "    mean[after] <- ref[rows][after] + shift",
    "    if (last == 0) sigma <- other else {",
    "      slope <- other[after, before, drop = FALSE] %*% solve(other[before, before])",
    "      mixed <- sigma",
    "      mixed[after, before] <- slope %*% sigma[before, before]",
    "      mixed[before, after] <- t(mixed[after, before])",
    "      mixed[after, after] <- other[after, after] -",
    "        slope %*% (other[before, before] - sigma[before, before]) %*% t(slope)",
    "      sigma <- mixed",
    "    }",
    "  }",
    "  seen <- !is.na(y)",
    "  y[!seen] <- if (!any(seen)) mean else",
    "    mean[!seen] + drop(sigma[!seen, seen, drop = FALSE] %*% solve(sigma[seen, seen], y[seen] - mean[seen]))",
    "  y",
    "}",
    "used$completed <- unsplit(lapply(split(seq_len(nrow(used)), used$patient), impute), used$patient)",
    "",
    "# Comparison of the arms at every visit",
    "conditional_mean <- do.call(rbind, lapply(levels(used$visit), function(visit) {",
    `  fit <- lm(completed ~ ${analysis}, data = used[used$visit == visit, ])`,
    "  arms <- levels(used$arm)[-1]",
    '  data.frame(visit, effect = paste(arms, "minus", levels(used$arm)[1]),',
    '             estimate = unname(coef(fit)[paste0("arm", arms)]))',
    "}))",
    "print(conditional_mean, digits = 10, row.names = FALSE)",
    "",
    ...rInference(spec, trial, data.visitCount - 1, estimates),
    "print(effects, digits = 10, row.names = FALSE)",
  ];
  return `${lines.join("\n")}\n`;
}

function rInference(
  spec: MultipleImputationSpec,
  trial: TrialData,
  visit: number,
  estimates: ImputationEstimates,
): string[] {
  const contrasts = trial.armNames.slice(1).map((_, contrast) => estimates.at(0, visit, contrast));
  const level = rNumber(1 - (1 - spec.confidence) / 2);
  const tail = [
    `effects$t <- (effects$estimate - ${rNumber(spec.nullValue)}) / effects$se`,
    "effects$p <- 2 * pt(-abs(effects$t), effects$df)",
    `effects$lower <- effects$estimate - qt(${level}, effects$df) * effects$se`,
    `effects$upper <- effects$estimate + qt(${level}, effects$df) * effects$se`,
  ];
  if (contrasts[0]?.rubin == null) {
    const kind = spec.inference.kind === "conditional-mean-jackknife" ? "jackknife" : "bootstrap";
    const call =
      kind === "jackknife"
        ? 'method_condmean(type = "jackknife")'
        : 'method_condmean(type = "bootstrap", n_samples = …)';
    return [
      `# Standard errors are those of the ${kind}; the R package rbmi repeats it with ${call}`,
      "effects <- tail(conditional_mean, length(levels(used$arm)) - 1)",
      `effects$se <- ${rNumbers(contrasts.map(({ inference }) => inference.standardError))}`,
      "effects$df <- Inf",
      ...tail,
    ];
  }
  const parts = contrasts.map(({ rubin }) => rubin!);
  return [
    "# Random imputations: Rubin's rules from their mean, the variance within and the variance between imputations",
    `m <- ${rNumber(parts[0]!.imputations)}`,
    `complete_df <- ${rNumber(estimates.residualDf[visit]!)}`,
    "effects <- tail(conditional_mean, length(levels(used$arm)) - 1)",
    `effects$estimate <- ${rNumbers(parts.map(({ estimate }) => estimate))}`,
    `within <- ${rNumbers(parts.map(({ withinVariance }) => withinVariance))}`,
    `between <- ${rNumbers(parts.map(({ betweenVariance }) => betweenVariance))}`,
    "total <- within + (1 + 1 / m) * between",
    "lambda <- (1 + 1 / m) * between / total",
    "old <- (m - 1) / lambda^2",
    "observed <- (complete_df + 1) / (complete_df + 3) * complete_df * (1 - lambda)",
    "effects$se <- sqrt(total)",
    "effects$df <- ifelse(lambda == 0, observed, old * observed / (old + observed))",
    ...tail,
  ];
}
