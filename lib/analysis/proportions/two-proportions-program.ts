import type { ProgramCode } from "../../program-code/program-code.ts";
import { rNumber, rString } from "../../program-code/r-literal.ts";
import { sasNumber } from "../../program-code/sas-literal.ts";
import { rPatientData, sasAlphaOf, sasPair, sasPatientData } from "../outcome/patient-program.ts";
import type { ProportionAnalysis } from "./analyse-two-proportions.ts";
import { nullEffectOf } from "./compare-proportions.ts";
import { R_EXACT, R_SCORE, rInterval, rTest } from "./two-proportions-r.ts";
import type { TwoProportionsSpec } from "./two-proportions-spec.ts";

/** R and SAS programs of a comparison of two proportions. */
export function twoProportionsProgram(spec: TwoProportionsSpec, analysis: ProportionAnalysis): ProgramCode {
  const { outcome, armNames, table } = analysis;
  const exact = spec.test === "barnard" || spec.test === "boschloo";
  const chanZhang = spec.interval === "exact" && spec.measure === "risk-difference";
  const lines = [
    ...rPatientData(table, armNames, [], `value: ${outcome.description} (1 yes, 0 no)`),
    ...R_SCORE,
    ...(exact || chanZhang ? R_EXACT : []),
    `scale <- ${rString(spec.measure)}`,
    `null <- ${rNumber(nullEffectOf(spec))}`,
    `alpha <- ${rNumber(1 - spec.confidence)}`,
    "effects <- do.call(rbind, lapply(levels(data$arm)[-1], function(arm) {",
    "  own <- data$value[data$arm == arm]; control <- data$value[data$arm == levels(data$arm)[1]]",
    "  a <- sum(own); m <- length(own); c <- sum(control); n <- length(control)",
    "  p1 <- a / m; p0 <- c / n",
    '  estimate <- switch(scale, "risk-difference" = p1 - p0, "risk-ratio" = log(p1 / p0), "odds-ratio" = log(p1 * (1 - p0) / (p0 * (1 - p1))))',
    ...rTest(spec).map((line) => `  ${line}`),
    ...rInterval(spec).map((line) => `  ${line}`),
    '  if (scale != "risk-difference") limits <- log(limits)',
    '  data.frame(effect = paste(arm, "minus", levels(data$arm)[1]), estimate, p, lower = limits[1], upper = limits[2])',
    "}))",
    "print(effects, digits = 10, row.names = FALSE)",
  ];
  return { r: `${lines.join("\n")}\n`, rPackages: [], sas: sasProgram(spec, analysis), sasNote: sasNote(spec) };
}

function sasProgram(spec: TwoProportionsSpec, { outcome, armNames, table }: ProportionAnalysis): string {
  const method = {
    "miettinen-nurminen": "mn",
    "farrington-manning": "mn(correct=no)",
    newcombe: "newcombe",
    wald: "wald",
    "wald-continuity": "wald(correct)",
    "agresti-caffo": "ac",
    exact: "exact",
    "log-normal": "wald",
  }[spec.interval];
  const option =
    spec.measure === "risk-difference"
      ? `riskdiff(column=1 cl=${method}${spec.nullValue === null ? "" : ` noninf margin=${sasNumber(Math.abs(spec.nullValue))} method=fm`})`
      : spec.measure === "risk-ratio"
        ? `relrisk(column=1 cl=${spec.interval === "log-normal" ? "wald" : "score"})`
        : `or(cl=${spec.interval === "exact" ? "exact" : spec.interval === "log-normal" ? "wald" : "score"})`;
  const exactStatement = {
    barnard: ["  exact barnard;"],
    boschloo: [],
    "fisher-minimum-likelihood": ["  exact fisher;"],
    "fisher-central": ["  exact fisher;"],
    "fisher-mid-p": ["  exact fisher / midp;"],
  } as Record<string, string[]>;
  return `${[
    ...sasPatientData(table, `value: ${outcome.description} (1 yes, 0 no)`),
    ...armNames
      .slice(1)
      .flatMap((name) => [
        sasPair(armNames[0]!, name, " no = 1 - value;"),
        "proc freq data=pair;",
        `  tables pair_arm*no / chisq alpha=${sasAlphaOf(spec.confidence)} ${option};`,
        ...(exactStatement[spec.test] ?? []),
        ...(spec.interval === "exact" && spec.measure === "risk-difference" ? ["  exact riskdiff(method=score);"] : []),
        "run;",
      ]),
  ].join("\n")}\n`;
}

function sasNote(spec: TwoProportionsSpec): string {
  const notes: string[] = [];
  if (spec.test === "boschloo") notes.push("It has no Boschloo test; Barnard's is nearest.");
  if (spec.interval === "farrington-manning" && spec.measure !== "risk-difference")
    notes.push("Its score intervals of ratios have the factor N/(N − 1).");
  if (spec.measure === "odds-ratio" && spec.interval === "miettinen-nurminen")
    notes.push("Its score interval of the odds ratio is that of Miettinen and Nurminen.");
  return notes.join(" ");
}
