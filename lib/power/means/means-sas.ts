import { sasNumber } from "../../program-code/sas-literal.ts";
import type { Settings } from "../power-sweep.ts";
import type { PowerQuestion } from "../two-arm-power.ts";

/** SIDES= of PROC POWER: the direction of the alternative for one-sided tests. */
export function sasSides(sides: 1 | 2, upwards: boolean): string {
  return sides === 2 ? "2" : upwards ? "u" : "l";
}

/** NTOTAL=, GROUPNS= or GROUPWEIGHTS= of a two-group statement of PROC POWER. */
export function sasTwoGroupSizes(settings: Settings, question: PowerQuestion): string {
  if (question.solveFor === "sample-size")
    return `groupweights=(${sasNumber(settings.ratio!)} 1)\n    nfractional\n    ntotal=.`;
  if (settings.total !== undefined)
    return `groupweights=(${sasNumber(settings.ratio!)} 1)\n    nfractional\n    ntotal=${sasNumber(settings.total)}`;
  return `groupns=(${sasNumber(settings.experimental!)} ${sasNumber(settings.control!)})`;
}

/** A TWOSAMPLEMEANS statement of PROC POWER; group 1 is the experimental arm, SAS takes group 2 − group 1. */
export function sasTwoMeans(settings: Settings, question: PowerQuestion, test: string): string {
  const { solveFor } = question;
  const difference = solveFor === "effect" ? "." : sasNumber(-settings.effect!);
  const upwards = solveFor === "effect" || settings.effect! > settings.nullValue!;
  return `proc power;
  twosamplemeans ${test}
    sides=${sasSides(question.sides, !upwards)}
    nulldiff=${sasNumber(-settings.nullValue!)}
    meandiff=${difference}
    ${sasTwoGroupSizes(settings, question)}
    alpha=${solveFor === "alpha" ? "." : sasNumber(settings.alpha!)}
    power=${solveFor === "power" ? "." : sasNumber(settings.power!)};
run;
`;
}

/** A ONESAMPLEMEANS or PAIREDMEANS statement for a mean of single values or of differences. */
export function sasOneMean(settings: Settings, question: PowerQuestion): string {
  const { solveFor } = question;
  const upwards = solveFor === "effect" || settings.effect! > settings.nullValue!;
  return `proc power;
  onesamplemeans test=t
    sides=${sasSides(question.sides, upwards)}
    nullmean=${sasNumber(settings.nullValue!)}
    mean=${solveFor === "effect" ? "." : sasNumber(settings.effect!)}
    stddev=${sasNumber(settings.standardDeviation!)}
    ${solveFor === "sample-size" ? "nfractional\n    ntotal=." : `ntotal=${sasNumber(settings.total!)}`}
    alpha=${solveFor === "alpha" ? "." : sasNumber(settings.alpha!)}
    power=${solveFor === "power" ? "." : sasNumber(settings.power!)};
run;
`;
}
