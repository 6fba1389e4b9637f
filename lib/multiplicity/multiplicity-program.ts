import type { ProgramCode } from "../program-code/program-code.ts";
import { rMatrix, rNumber, rNumbers, rStrings } from "../program-code/r-literal.ts";
import { sasNumber, sasString } from "../program-code/sas-literal.ts";
import { graphOf } from "./adjust-hypotheses.ts";
import type { MultiplicitySpec } from "./multiplicity-spec.ts";

const R_GRAPH = `gone <- rep(FALSE, length(p)); adjusted <- rep(1, length(p)); reached <- 0
repeat {                                           # Bretz et al. (2009), algorithms 1 and 2
  open <- which(!gone & w > 0); if (length(open) == 0) break
  j <- open[which.min(p[open] / w[open])]
  reached <- max(reached, min(1, p[j] / w[j])); adjusted[j] <- reached; gone[j] <- TRUE
  new_w <- w + w[j] * G[j, ]; new_w[gone] <- 0; H <- G * 0
  for (l in which(!gone)) for (m in which(!gone)) if (l != m) {
    loop <- G[l, j] * G[j, l]
    if (loop < 1) H[l, m] <- (G[l, m] + G[l, j] * G[j, m]) / (1 - loop)
  }
  w <- new_w; G <- H
}`;

/** Programs that adjust the p-values: base R, and PROC MULTTEST for the unweighted named procedures. */
export function multiplicityProgram(spec: MultiplicitySpec): ProgramCode {
  const { procedure, hypotheses, alpha } = spec;
  const graph = graphOf(procedure, hypotheses.length);
  const lines = [
    "# Multiple testing, base R only",
    `name <- ${rStrings(hypotheses.map(({ name }) => name))}`,
    `p <- ${rNumbers(hypotheses.map(({ pValue }) => pValue))}; alpha <- ${rNumber(alpha)}`,
    ...(graph === null
      ? [`adjusted <- p.adjust(p, "${procedure.procedure === "hochberg" ? "hochberg" : "hommel"}")`]
      : [
          `w <- ${rNumbers(graph.weights)}`,
          `G <- ${rMatrix(graph.transitions.flat(), hypotheses.length)}`,
          "# The same: gMCP::gMCP(gMCP::matrix2graph(G, w), p, alpha = alpha)",
          R_GRAPH,
        ]),
    "print(data.frame(name, p, adjusted, rejected = adjusted <= alpha), digits = 10)",
    "",
  ];
  const option = sasOption(spec);
  return {
    r: lines.join("\n"),
    rPackages: [],
    sas: option === null ? null : sasProgram(spec, option),
    sasNote: option === null ? "PROC MULTTEST has neither weights nor sequences nor graphs." : "",
  };
}

function sasOption({ procedure }: MultiplicitySpec): string | null {
  switch (procedure.procedure) {
    case "bonferroni":
      return procedure.weights === undefined ? "bonferroni" : null;
    case "holm":
      return procedure.weights === undefined ? "holm" : null;
    case "hochberg":
      return "hochberg";
    case "hommel":
      return "hommel";
    default:
      return null;
  }
}

function sasProgram({ hypotheses }: MultiplicitySpec, option: string): string {
  const rows = hypotheses.map(
    ({ name, pValue }) => `  Test = ${sasString(name)}; Raw_P = ${sasNumber(pValue)}; output;`,
  );
  return `data p_values;\n  length Test $ 80;\n${rows.join("\n")}\nrun;\nproc multtest inpvalues=p_values ${option};\nrun;\n`;
}
