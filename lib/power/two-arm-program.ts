import type { PowerMethod, PowerQuestion } from "./two-arm-power.ts";

/** R source of the function that answers one row `s` of a question, on the functions of the method. */
export function rSolveRow(question: PowerQuestion, method: PowerMethod, effectName: string): string {
  const two = method.groups === 2;
  const arms = two
    ? question.total === undefined
      ? "c(s$experimental, s$control)"
      : "s$total * c(s$ratio, 1) / (1 + s$ratio)"
    : "c(s$total, 0)";
  switch (question.solveFor) {
    case "sample-size": {
      if (method.rSearchSizes !== undefined) return method.rSearchSizes;
      const split = two ? "n * c(s$ratio, 1) / (1 + s$ratio)" : "c(n, 0)";
      const least = `pmax(${two ? `c(${method.fewestPerArm}, ${method.fewestPerArm})` : `c(${method.fewestPerArm}, 0)`}, ceiling(split(n) * (1 - 1e-10)))`;
      const sizes =
        question.rounding === "whole-blocks" && two
          ? `split(block(s$ratio) * ceiling(max(n, ${method.fewestPerArm} * (1 + max(s$ratio, 1 / s$ratio))) / block(s$ratio) * (1 - 1e-10)))`
          : least;
      const block =
        question.rounding === "whole-blocks" && two
          ? "  block <- function(r) { b <- which(abs(r * 1:100 - round(r * 1:100)) < 1e-9 * r)[1]; b + round(r * b) }\n"
          : "";
      return `function(s) {
  split <- function(n) ${split}
${block}  n <- solve_size(function(n) power_at(s, split(n)[1], split(n)[2], s$${effectName}, s$alpha) - s$power, fewest(s))
  arms <- ${sizes}
  data.frame(unrounded = n, ${two ? "experimental = arms[1], control = arms[2], " : ""}subjects = sum(arms),
             achieved = power_at(s, arms[1], arms[2], s$${effectName}, s$alpha))
}`;
    }
    case "power":
      return `function(s) {
  arms <- ${arms}
  data.frame(answer = power_at(s, arms[1], arms[2], s$${effectName}, s$alpha))
}`;
    case "effect":
      return `function(s) {
  arms <- ${arms}
  range <- effect_range(s, arms[1], arms[2])
  data.frame(answer = solve_effect(function(x) power_at(s, arms[1], arms[2], x, s$alpha) - s$power,
                                   range$null, range$limit, range$step))
}`;
    case "alpha":
      return `function(s) {
  arms <- ${arms}
  data.frame(answer = solve_alpha(function(a) power_at(s, arms[1], arms[2], s$${effectName}, a) - s$power, ${question.sides === 1 ? 0.5 : 1}))
}`;
  }
}
