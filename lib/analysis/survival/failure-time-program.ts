import type { ProgramCode } from "../../program-code/program-code.ts";
import { rNumber, rString } from "../../program-code/r-literal.ts";
import { sasName, sasString } from "../../program-code/sas-literal.ts";
import { tableText } from "../analysis-table.ts";
import { occurringLevels } from "../model-design.ts";
import type { EventData } from "./event-data.ts";
import type { FailureTimeLaw } from "./failure-time-distribution.ts";
import { rCritical, rEventData, rRightSide, sasAlpha, sasEventData } from "./survival-program.ts";
import type { FailureTimeSpec } from "./time-to-event-spec.ts";

/** Names of the laws in PROC LIFEREG with the options they need. */
const SAS_LAWS: Readonly<Record<FailureTimeLaw, string>> = {
  exponential: "dist=exponential",
  weibull: "dist=weibull",
  rayleigh: "dist=weibull scale=0.5 noscale",
  lognormal: "dist=lnormal",
  loglogistic: "dist=llogistic",
  gaussian: "dist=normal",
  logistic: "dist=logistic",
  extreme: "dist=weibull nolog",
};

/** R and SAS programs of a parametric model. */
export function failureTimeProgram(spec: FailureTimeSpec, data: EventData, logarithmic: boolean): ProgramCode {
  const r = [
    ...rEventData(data),
    ...(logarithmic ? ["used <- used[used$time > 0, ]"] : []),
    `fit <- survreg(Surv(time, event) ~ ${rRightSide(data, false)}, data = used, dist = ${rString(spec.law)},`,
    "               control = survreg.control(rel.tolerance = 1e-13, maxiter = 200))",
    "print(summary(fit))",
    "arms <- 1 + seq_len(nlevels(used$arm) - 1)",
    "estimate <- unname(coef(fit)[arms])",
    "se <- unname(sqrt(diag(vcov(fit))[arms]))",
    `z <- (estimate - ${rNumber(spec.nullValue)}) / se`,
    `half <- ${rCritical(spec.confidence)} * se`,
    'effects <- data.frame(effect = paste(levels(used$arm)[-1], "minus", levels(used$arm)[1]), estimate, se, z,',
    "                      p = 2 * pnorm(-abs(z)), lower = estimate - half, upper = estimate + half)",
    "print(effects, digits = 10, row.names = FALSE)",
  ];
  const law = SAS_LAWS[spec.law];
  const indicators = sasColumns(data);
  const sas = [
    ...sasEventData(data),
    ...(logarithmic ? ["data used; set used; if time > 0; run;"] : []),
    `data used; set used; ${indicators.flatMap(({ statement }) => statement ?? []).join(" ")} run;`,
    `proc lifereg data=used alpha=${sasAlpha(spec.confidence)};`,
    `  model time*event(0) = ${indicators.map(({ name }) => name).join(" ")} / ${law};`,
    "run;",
  ];
  return {
    r: `${r.join("\n")}\n`,
    rPackages: ["survival"],
    sas: `${sas.join("\n")}\n`,
    sasNote: "Arms and categories enter as indicators, because PROC LIFEREG cannot choose the reference of a class.",
  };
}

/** Columns of the model in SAS: an indicator for every arm but the control and for every category but the first. */
function sasColumns(data: EventData): { readonly name: string; readonly statement?: string }[] {
  const indicator = (column: string, level: string, name: string) => ({
    name,
    statement: `${name} = (${sasName(column)} = ${sasString(tableText(level))});`,
  });
  return [
    ...data.armNames.slice(1).map((arm, k) => indicator("arm", arm, `arm_${k + 1}`)),
    ...data.covariates.flatMap((covariate, c) =>
      covariate.kind === "numeric"
        ? [{ name: sasName(covariate.name) }]
        : occurringLevels(covariate)
            .slice(1)
            .map((level) => indicator(covariate.name, covariate.levels[level]!, `category_${c + 1}_${level + 1}`)),
    ),
  ];
}
