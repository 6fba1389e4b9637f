import type { ProgramCode } from "../../program-code/program-code.ts";
import { rNumber, rString } from "../../program-code/r-literal.ts";
import { rPatientData, sasAlphaOf, sasPair, sasPatientData } from "../outcome/patient-program.ts";
import type { CmhAnalysis } from "./analyse-cmh.ts";
import type { CmhSpec } from "./two-proportions-spec.ts";

/** R and SAS programs of a stratified comparison of proportions; from one row a patient with its stratum. */
export function cmhProgram(spec: CmhSpec, { outcome, armNames, table }: CmhAnalysis): ProgramCode {
  const comment = `value: ${outcome.description} (1 yes, 0 no); stratum: its stratum`;
  const lines = [
    ...rPatientData(table, armNames, [], comment),
    "effects <- do.call(rbind, lapply(levels(data$arm)[-1], function(arm) {",
    "  pair <- data[data$arm %in% c(levels(data$arm)[1], arm), ]",
    "  counts <- table(factor(pair$arm, levels = c(arm, levels(data$arm)[1])), factor(pair$value, levels = 1:0), pair$stratum)",
    "  counts <- counts[, , apply(counts, 3, function(x) all(rowSums(x) > 0)), drop = FALSE]",
    "  # mantelhaen.test wants two strata; one in which all respond changes nothing",
    "  padded <- if (dim(counts)[3] > 1) counts else array(c(counts, 1, 1, 0, 0), c(2, 2, 2))",
    `  test <- mantelhaen.test(padded, correct = ${spec.continuity ? "TRUE" : "FALSE"}, conf.level = ${rNumber(spec.confidence)})`,
    "  a <- counts[1, 1, ]; m <- a + counts[1, 2, ]; c <- counts[2, 1, ]; n <- c + counts[2, 2, ]; N <- m + n",
    ...R_EFFECTS[spec.measure === "risk-difference" ? spec.riskDifferenceVariance : spec.measure],
    `  half <- qnorm(${rNumber(1 - (1 - spec.confidence) / 2)}) * se`,
    `  data.frame(effect = paste(arm, ${rString("minus")}, levels(data$arm)[1]), estimate, se, chisq = unname(test$statistic),`,
    "             p = test$p.value, lower = estimate - half, upper = estimate + half)",
    "}))",
    "print(effects, digits = 10, row.names = FALSE)",
  ];
  return {
    r: `${lines.join("\n")}\n`,
    rPackages: [],
    sas: sasProgram(spec, armNames, table, comment),
    sasNote: `PROC FREQ has no continuity correction of the chi-square${spec.measure === "risk-difference" ? "; its common risk difference has Sato's variance" : ""}.`,
  };
}

const RISK_DIFFERENCE = ["  w <- m * n / N", "  estimate <- sum(w * (a / m - c / n)) / sum(w)"];

const R_EFFECTS: Readonly<Record<"odds-ratio" | "risk-ratio" | "sato" | "greenland-robins", readonly string[]>> = {
  "odds-ratio": [
    "  estimate <- log(unname(test$estimate))",
    '  se <- diff(log(as.numeric(test$conf.int))) / 2 / qnorm(1 - (1 - attr(test$conf.int, "conf.level")) / 2)',
  ],
  "risk-ratio": [
    "  estimate <- log(sum(a * n / N) / sum(c * m / N))",
    "  se <- sqrt(sum((m * n * (a + c) - a * c * N) / N^2) / (sum(a * n / N) * sum(c * m / N)))",
  ],
  sato: [
    ...RISK_DIFFERENCE,
    "  P <- sum((m^2 * c - n^2 * a + m * n * (n - m) / 2) / N^2)",
    "  Q <- sum((a * (n - c) + c * (m - a)) / (2 * N))",
    "  se <- sqrt((estimate * P + Q) / sum(w)^2)",
  ],
  "greenland-robins": [
    ...RISK_DIFFERENCE,
    "  se <- sqrt(sum((a * (m - a) * n^3 + c * (n - c) * m^3) / (m * n * N^2)) / sum(w)^2)",
  ],
};

function sasProgram(spec: CmhSpec, armNames: readonly string[], table: CmhAnalysis["table"], comment: string): string {
  const option = spec.measure === "risk-difference" ? " commonriskdiff(column=1 cl=mh)" : "";
  return `${[
    ...sasPatientData(table, comment),
    ...armNames
      .slice(1)
      .flatMap((name) => [
        sasPair(armNames[0]!, name, " no = 1 - value;"),
        "proc freq data=pair;",
        `  tables stratum*pair_arm*no / cmh bdt alpha=${sasAlphaOf(spec.confidence)}${option};`,
        "run;",
      ]),
  ].join("\n")}\n`;
}
