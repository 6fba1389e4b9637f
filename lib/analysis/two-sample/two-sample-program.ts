import type { ProgramCode } from "../../program-code/program-code.ts";
import { rNumber } from "../../program-code/r-literal.ts";
import { sasNumber } from "../../program-code/sas-literal.ts";
import { rPatientData, sasAlphaOf, sasPair, sasPatientData } from "../outcome/patient-program.ts";
import type { TwoSampleAnalysis } from "./analyse-two-sample-test.ts";
import type { TwoSampleTestSpec } from "./two-sample-test-spec.ts";

/** R and SAS programs of a comparison of a measurement. */
export function twoSampleProgram(spec: TwoSampleTestSpec, analysis: TwoSampleAnalysis): ProgramCode {
  const { armNames, table, description } = analysis;
  const comment = `value: ${description}`;
  const t = spec.test === "welch-t" || spec.test === "pooled-t";
  const exactWithTies = spec.test === "rank-sum-exact";
  const lines = [
    ...rPatientData(table, armNames, [], comment),
    "effects <- do.call(rbind, lapply(levels(data$arm)[-1], function(arm) {",
    "  x <- data$value[data$arm == arm]; y <- data$value[data$arm == levels(data$arm)[1]]",
    ...(t ? tTest(spec) : rankSum(spec)).map((line) => `  ${line}`),
    "}))",
    "print(effects, digits = 10, row.names = FALSE)",
  ];
  return {
    r: `${lines.join("\n")}\n`,
    rPackages: exactWithTies ? ["coin"] : [],
    sas: sasProgram(spec, analysis, comment),
    sasNote: t
      ? ""
      : `PROC NPAR1WAY prints the Hodges–Lehmann shift with Moses' asymptotic interval, which may differ by one step${spec.nullValue === 0 ? "" : "; its test is of values less the null value, which has to be added to the shift"}.`,
  };
}

function tTest({ test, nullValue, confidence }: TwoSampleTestSpec): string[] {
  return [
    `test <- t.test(x, y, mu = ${rNumber(nullValue)}, var.equal = ${test === "pooled-t" ? "TRUE" : "FALSE"}, conf.level = ${rNumber(confidence)})`,
    'data.frame(effect = paste(arm, "minus", levels(data$arm)[1]), estimate = mean(x) - mean(y), se = test$stderr,',
    "           statistic = unname(test$statistic), df = unname(test$parameter), p = test$p.value,",
    "           lower = test$conf.int[1], upper = test$conf.int[2])",
  ];
}

function rankSum({ test, nullValue, confidence }: TwoSampleTestSpec): string[] {
  const exact = { "rank-sum-automatic": "NULL", "rank-sum-exact": "TRUE" }[test as string] ?? "FALSE";
  const correct = test === "rank-sum-normal" ? "FALSE" : "TRUE";
  return [
    `test <- suppressWarnings(wilcox.test(x, y, mu = ${rNumber(nullValue)}, exact = ${exact}, correct = ${correct},`,
    `                                     conf.int = TRUE, conf.level = ${rNumber(confidence)}, tol.root = 1e-9))`,
    "# Hodges-Lehmann shift: median of the differences of all pairs",
    'row <- data.frame(effect = paste(arm, "minus", levels(data$arm)[1]), estimate = median(outer(x, y, "-")),',
    "                  statistic = unname(test$statistic), p = test$p.value, lower = test$conf.int[1], upper = test$conf.int[2])",
    ...(test === "rank-sum-exact"
      ? [
          `shifted <- c(x - ${rNumber(nullValue)}, y)`,
          "if (anyDuplicated(shifted)) {",
          "  # wilcox.test has no exact distribution under ties: twice the smaller tail of the permutation distribution",
          '  group <- factor(rep(c("x", "y"), c(length(x), length(y))))',
          '  tail <- function(side) as.numeric(coin::pvalue(coin::wilcox_test(shifted ~ group, distribution = "exact", alternative = side)))',
          '  row$p <- min(1, 2 * min(tail("less"), tail("greater")))',
          "}",
        ]
      : []),
    "row",
  ];
}

function sasProgram(spec: TwoSampleTestSpec, { armNames, table }: TwoSampleAnalysis, comment: string): string {
  const shift = spec.nullValue === 0 ? "" : ` if pair_arm = 1 then value = value - (${sasNumber(spec.nullValue)});`;
  const alpha = sasAlphaOf(spec.confidence);
  const pairs = armNames.slice(1).flatMap((name) => {
    if (spec.test === "welch-t" || spec.test === "pooled-t")
      return [
        sasPair(armNames[0]!, name),
        `proc ttest data=pair h0=${sasNumber(spec.nullValue)} alpha=${alpha}; class pair_arm; var value; run;`,
      ];
    const correct = spec.test === "rank-sum-normal" ? " correct=no" : "";
    const exact = spec.test === "rank-sum-exact" ? " exact wilcoxon hl;" : "";
    return [
      sasPair(armNames[0]!, name, shift),
      `proc npar1way data=pair wilcoxon hl(refclass=2) alpha=${alpha}${correct}; class pair_arm; var value;${exact} run;`,
    ];
  });
  return `${[...sasPatientData(table, comment), ...pairs].join("\n")}\n`;
}
