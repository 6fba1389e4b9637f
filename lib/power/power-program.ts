import type { ProgramCode } from "../program-code/program-code.ts";
import { rName, rNumbers } from "../program-code/r-literal.ts";

/**
 * R functions that solve a power function for one of its arguments, as `solve-power.ts` does. A method adds
 * `power_at(s, n1, n0, effect, alpha)`, s being one row of settings.
 */
const R_SOLVERS = `solve_size <- function(excess, fewest) {
  if (excess(fewest) >= 0) return(fewest)
  low <- fewest
  high <- 2 * fewest + 4
  while (excess(high) < 0) { low <- high; high <- 2 * high; stopifnot(high < 1e9) }
  uniroot(excess, c(low, high), tol = 1e-11 * high)$root
}
solve_effect <- function(excess, null, limit, step) {
  direction <- if (limit > null) 1 else -1
  before <- null
  near <- null + direction * step * 1e-9
  repeat {
    far <- null + direction * step
    if (is.finite(limit) && direction * (far - (near + limit) / 2) > 0) far <- (near + limit) / 2
    if (excess(far) >= 0) break
    if (excess(far) < excess(near)) {
      far <- optimize(excess, sort(c(before, far)), maximum = TRUE)$maximum
      stopifnot(excess(far) >= 0)
      near <- before
      break
    }
    before <- near
    near <- far
    step <- 2 * step
  }
  uniroot(excess, sort(c(near, far)), tol = 1e-13 * max(1, abs(far)))$root
}
solve_alpha <- function(excess, largest) {
  exp(uniroot(function(log_alpha) excess(exp(log_alpha)), log(c(1e-15, largest * (1 - 1e-12))), tol = 1e-13)$root)
}`;

/** Rows of settings as an R data frame, one column for each field. */
export function rSettings(rows: readonly Readonly<Record<string, number>>[]): string {
  const names = Object.keys(rows[0] ?? {});
  const columns = names.map((name) => `  ${rName(name)} = ${rNumbers(rows.map((row) => row[name]!))}`);
  return `settings <- data.frame(\n${columns.join(",\n")}\n)`;
}

export interface RProgramParts {
  readonly title: string;
  readonly rows: readonly Readonly<Record<string, number>>[];
  /** Constant R source: the functions of the method. */
  readonly functions: string;
  /** R source of a function of one row `s` that returns a one-row data frame. */
  readonly solve: string;
  readonly withSolvers?: boolean;
}

/** An R program that prints settings and answers as CSV with 15 significant digits. */
export function rPowerProgram({ title, rows, functions, solve, withSolvers = true }: RProgramParts): string {
  return [
    `# ${title.replaceAll(/[\r\n]+/g, " ")}`,
    "# Base R only.",
    rSettings(rows),
    ...(withSolvers ? [R_SOLVERS] : []),
    functions.trim(),
    `solve_row <- ${solve.trim()}`,
    "answers <- do.call(rbind, lapply(seq_len(nrow(settings)), function(i) solve_row(settings[i, , drop = FALSE])))",
    "write.csv(cbind(settings, answers), row.names = FALSE)",
    "",
  ].join("\n\n");
}

/** R and SAS programs of a calculation. */
export function powerProgram(r: string, sas: string | null, sasNote: string): ProgramCode {
  return { r, rPackages: [], sas, sasNote };
}
