import { boundsProgramOf } from "../design/bounds-program.ts";
import { wrapProgram } from "../program-code/wrap-program.ts";
import { formatMonteCarlo } from "../reporting/format-number.ts";
import { blockSize } from "../simulation/permuted-blocks.ts";
import { prepareCell } from "../simulation/prepared-cell.ts";
import { analysisParts } from "../simulation/simulated-analysis.ts";
import { planOfTrialDesign } from "../simulation/stopping-rule.ts";
import type { DossierContext } from "./dossier-context.ts";
import { plannedScenarioId, sequentialOrFirstDesign } from "./headline.ts";

const LINE = 84;

/** R program for the bounds of every design with interim looks, of whatever kind; null without one. */
export function boundsProgram({ record, designs }: DossierContext): string | null {
  const plans = designs.flatMap((design) => {
    const looks = record.simulation.cells.find((cell) => cell.designId === design.id)?.looks ?? [];
    if (looks.length < 2) return [];
    const informationFractions = looks.map((look) => look.informationFraction);
    const efficacy = looks.map((look) => look.efficacyBound);
    return [{ name: design.name, spec: planOfTrialDesign(design, informationFractions), efficacy }];
  });
  return plans.length === 0 ? null : wrapProgram(boundsProgramOf(plans), "R", LINE);
}

/**
 * R program that simulates the design with most looks among those analysed at the primary visit, without effect and at the
 * planned effect, from the law (M1); null where every design is analysed by MMRM, for which base R has no function.
 */
export function simulationProgram(context: DossierContext): string | null {
  const { record } = context;
  const { spec } = record.simulation;
  const designs = context.designs.filter(({ analysis }) => !analysisParts(analysis).repeatedMeasures);
  if (designs.length === 0) return null;
  const design = sequentialOrFirstDesign({ designs });
  const scenarioId = plannedScenarioId(context) ?? spec.scenarios[0]!.id;
  const cellIndex =
    spec.scenarios.findIndex((row) => row.id === scenarioId) * spec.designs.length +
    spec.designs.findIndex((row) => row.id === design.id);
  const cell = prepareCell(spec, record.model, cellIndex);
  const { law, scenario, bounds } = cell;
  const vector = (values: ArrayLike<number>) => `c(${Array.from(values, number).join(", ")})`;
  const nullId = spec.scenarios.find((row) => row.effect === 0)?.id;
  const expected = [nullId, scenarioId].map((id) => (id === undefined ? undefined : context.cell(design.id, id)));
  const columns = ["1", ...(cell.covariates > 0 ? ["z"] : []), ...(cell.useScore ? ["score"] : []), "arm"];
  return `# Independent simulation from the law (M1), base R
# ${design.name}
set.seed(1); replicates <- 2000
n1 <- ${design.experimental}; n0 <- ${design.control}; N <- n1 + n0
block <- ${blockSize(design.experimental, design.control)}
${wrapped(`looks <- ${vector(cell.cohorts)}; upper <- ${vector(bounds.upper)}; lower <- ${vector(bounds.lower)}`).join("\n")}
q <- ${law.covariates}
${wrapped(`L <- matrix(c(${Array.from(law.covariateFactor, number).join(", ")}), q, q, byrow = TRUE)`).join("\n")}
${wrapped(`b <- ${vector(law.scoreOnCovariates)}`).join("\n")}
s <- ${number(law.scoreOwnSd)}             # SD of the score's own part
r <- ${number(law.residualSd)}             # SD of the residual
iota <- ${number(scenario.drift.scoreInformation)}
dropout <- ${number(scenario.dropoutProbability)}; better <- ${cell.direction}
arms <- function() {                             # permuted blocks (M5)
  ends <- pmin(seq(block, N + block - 1, by = block), N)
  due <- diff(c(0, round(ends * n1 / N)))
  one <- function(size, n) sample(rep(c(1, 0), c(n, size - n)))
  unlist(Map(one, diff(c(0, ends)), due))
}
trial <- function(effect) {
  z <- matrix(rnorm(N * q), N, q) %*% t(L)
  own <- rnorm(N); known <- drop(z %*% b)
  score <- known + s * (iota * own + sqrt(1 - iota^2) * rnorm(N))     # (M4)
  arm <- arms()
  y <- known + s * own + r * rnorm(N) + effect * arm
  stays <- runif(N) >= dropout
  for (k in seq_along(looks)) {                  # (M6), (M8), (M9)
    use <- which(stays[seq_len(looks[k])])
    X <- cbind(${columns.join(", ")})[use, , drop = FALSE]
    fit <- lm.fit(X, y[use]); nu <- length(use) - ncol(X)
    p <- ncol(X); V <- chol2inv(fit$qr$qr[seq_len(p), , drop = FALSE])
    t <- better * fit$coefficients[p] / sqrt(V[p, p] * sum(fit$residuals^2) / nu)
    stat <- sign(t) * qnorm(pt(abs(t), nu, lower.tail = FALSE), lower.tail = FALSE)
    if (stat >= upper[k]) return(TRUE)
    if (stat <= lower[k]) return(FALSE)
  }
  FALSE
}
for (effect in c(0, ${number(scenario.effect)})) {
  p <- mean(replicate(replicates, trial(effect)))
  se <- sqrt(p * (1 - p) / replicates)
  cat(sprintf("effect %g: %.4f +/- %.4f\\n", effect, p, se))
}
# this report: ${expected.map((row) => (row === undefined ? "not simulated" : formatMonteCarlo(row.rejection, 4).replace("±", "+/-"))).join("; ")}`;
}

/** Shortest exact form, as R reads it. */
function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

/** Breaks a long line after commas and semicolons; `prefix` starts every further line. */
function wrapped(text: string, prefix = "  "): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of text.split(/(?<=[,;]) /)) {
    if (line !== "" && line.length + 1 + part.length > LINE) {
      lines.push(line);
      line = `${prefix}${part}`;
    } else line = line === "" ? part : `${line} ${part}`;
  }
  return [...lines, line];
}
