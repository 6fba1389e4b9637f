import { blockSize } from "../simulation/permuted-blocks.ts";
import { prepareCell } from "../simulation/prepared-cell.ts";
import type { TrialDesign } from "../simulation/simulation-document.ts";
import type { DossierContext } from "./dossier-context.ts";
import { plannedScenarioId, sequentialOrFirstDesign } from "./headline.ts";

const LINE = 84;

/** R program for the efficacy bounds of every design with alpha spending, by recursive integration; null without one. */
export function boundsProgram({ record, designs }: DossierContext): string | null {
  const calls = designs.flatMap((design) => {
    const looks = record.simulation.cells.find((cell) => cell.designId === design.id)?.looks ?? [];
    const spending = spendingInR(design);
    if (spending === null || looks.length < 2) return [];
    return [
      ...wrapped(`t <- c(${looks.map((look) => number(look.informationFraction)).join(", ")})`),
      `cat(${JSON.stringify(design.name)}, "\\n")`,
      `print(bounds(t, ${number(design.oneSidedAlpha)}, ${spending}), digits = 7)`,
      ...wrapped(
        `# expected: ${looks.map((look) => (look.efficacyBound === null ? "none" : look.efficacyBound.toPrecision(7))).join(", ")}`,
        "# ",
      ),
    ];
  });
  if (calls.length === 0) return null;
  return `# Efficacy bounds by alpha spending: recursive integration of the density of
# S = Z sqrt(t) among trials not stopped so far
ldof <- function(t, a) 2 - 2 * pnorm(qnorm(1 - a / 2) / sqrt(t))         # (G1)
ldpo <- function(t, a) a * log(1 + (exp(1) - 1) * t)                     # (G2)
hsd  <- function(g) function(t, a) a * (1 - exp(-g * t)) / (1 - exp(-g)) # (G3)
kd   <- function(rho) function(t, a) a * t^rho
bounds <- function(t, alpha, spend) {
  error <- diff(c(0, spend(t, alpha)))
  u <- qnorm(1 - error[1])
  grid <- function(low, high, n = 2001) {                    # Simpson's rule
    s <- seq(low, high, length.out = n)
    w <- c(1, rep(c(4, 2), length.out = n - 2), 1) * (s[2] - s[1]) / 3
    list(s = s, w = w)
  }
  g <- grid(-9 * sqrt(t[1]), u * sqrt(t[1]))
  density <- dnorm(g$s, 0, sqrt(t[1]))
  for (k in seq_along(t)[-1]) {
    step <- sqrt(t[k] - t[k - 1])
    tail <- function(b)
      sum(g$w * density * pnorm((b * sqrt(t[k]) - g$s) / step, lower.tail = FALSE))
    u[k] <- uniroot(function(b) tail(b) - error[k], c(0, 9), tol = 1e-10)$root
    h <- grid(-9 * sqrt(t[k]), u[k] * sqrt(t[k]))
    move <- outer(h$s, g$s, function(a, b) dnorm(a, b, step))
    density <- drop(move %*% (g$w * density))
    g <- h
  }
  u
}
${calls.join("\n")}`;
}

/** Spending function of a design in R; null for other boundaries, and where binding futility lowers the bounds. */
function spendingInR(design: TrialDesign): string | null {
  if (design.efficacy.kind !== "spending") return null;
  if (design.futility.kind !== "none" && design.futility.binding) return null;
  const { spending } = design.efficacy;
  switch (spending.family) {
    case "lan-demets-obrien-fleming":
      return "ldof";
    case "lan-demets-pocock":
      return "ldpo";
    case "hwang-shih-decani":
      return `hsd(${number(spending.gamma)})`;
    case "kim-demets":
      return `kd(${number(spending.rho)})`;
    default:
      return null;
  }
}

/** R program that simulates the design with most looks, without effect and at the planned effect, from the law (M1). */
export function simulationProgram(context: DossierContext): string {
  const { record } = context;
  const { spec } = record.simulation;
  const design = sequentialOrFirstDesign(context);
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
# this report: ${expected.map((row) => (row === undefined ? "not simulated" : `${row.rejection.value.toFixed(4)} +/- ${row.rejection.mcse.toFixed(4)}`)).join("; ")}`;
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
