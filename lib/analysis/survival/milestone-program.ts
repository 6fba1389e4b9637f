import type { ProgramCode } from "../../program-code/program-code.ts";
import { rNumber, rNumbers, rString } from "../../program-code/r-literal.ts";
import { sasNumber } from "../../program-code/sas-literal.ts";
import type { EventData } from "./event-data.ts";
import { SAS_SCALES } from "./log-rank-program.ts";
import { rCritical, rEventData, sasAlpha, sasEventData } from "./survival-program.ts";
import type { KaplanMeierSpec, MilestoneSpec } from "./time-to-event-spec.ts";

/** R and SAS programs of Kaplan–Meier curves and of the differences at some days. */
export function milestoneProgram(
  spec: KaplanMeierSpec | MilestoneSpec,
  data: EventData,
  days: readonly number[],
): ProgramCode {
  const logLog = spec.method === "milestone" && spec.scale === "log-log";
  const nullValue = spec.method === "milestone" ? spec.nullValue : 0;
  const quantiles = spec.method === "kaplan-meier" ? spec.quantiles : [0.25, 0.5, 0.75];
  const several = days.length > 1 || spec.method === "kaplan-meier";
  const r = [
    ...rEventData(data),
    `curves <- survfit(Surv(time, event) ~ arm, data = used, conf.int = ${rNumber(spec.confidence)}, conf.type = ${rString(spec.intervalScale)})`,
    `print(summary(curves, times = ${rNumbers([...days].sort((a, b) => a - b))}, extend = TRUE))`,
    `print(quantile(curves, probs = ${rNumbers(quantiles)}))`,
    `days <- ${rNumbers(days)}`,
    "at <- function(day, arm) {",
    "  point <- summary(survfit(Surv(time, event) ~ 1, data = used[used$arm == arm, ]), times = day, extend = TRUE)",
    "  # once nobody is left without the event nothing varies",
    "  c(point$surv, if (point$surv == 0) 0 else point$std.err)",
    "}",
    "cases <- expand.grid(experimental = levels(used$arm)[-1], day = days, stringsAsFactors = FALSE)",
    "effects <- do.call(rbind, lapply(seq_len(nrow(cases)), function(k) {",
    "  one <- at(cases$day[k], cases$experimental[k])",
    "  zero <- at(cases$day[k], levels(used$arm)[1])",
    "  estimate <- one[1] - zero[1]",
    "  se <- sqrt(one[2]^2 + zero[2]^2)",
    ...(logLog
      ? [
          "  variance <- function(s) (s[2] / (s[1] * log(s[1])))^2",
          "  z <- (log(-log(zero[1])) - log(-log(one[1]))) / sqrt(variance(one) + variance(zero))",
        ]
      : [`  z <- (estimate - ${rNumber(nullValue)}) / se`]),
    `  half <- ${rCritical(spec.confidence)} * se`,
    `  data.frame(effect = paste0(cases$experimental[k], " minus ", levels(used$arm)[1]${several ? ', ", survival at day ", cases$day[k]' : ""}),`,
    "             estimate, se, z, p = 2 * pnorm(-abs(z)),",
    "             lower = max(estimate - half, -1), upper = min(estimate + half, 1))",
    "}))",
    "print(effects, digits = 10, row.names = FALSE)",
  ];
  const sas = [
    ...sasEventData(data),
    `proc lifetest data=used conftype=${SAS_SCALES[spec.intervalScale]} alpha=${sasAlpha(spec.confidence)} timelist=${[
      ...days,
    ]
      .sort((a, b) => a - b)
      .map(sasNumber)
      .join(" ")} reduceout outsurv=curves stderr;`,
    "  time time*event(0);",
    "  strata arm;",
    "run;",
    "proc print data=curves; run;",
  ];
  return {
    r: `${r.join("\n")}\n`,
    rPackages: ["survival"],
    sas: `${sas.join("\n")}\n`,
    sasNote:
      "PROC LIFETEST prints the estimates with their standard errors; the difference and its test follow from them by hand.",
  };
}
