import { type CovarianceStructure, isHeterogeneous } from "./covariance-structure.ts";
import type { MmrmProgramInput } from "./mmrm-program-input.ts";

/** The same model by nlme and mmrm, where they are installed and have the structure. */
export function rPeers(input: MmrmProgramInput): string[] {
  return [...rNlme(input), ...rMmrm(input)];
}

function rNlme({ spec, structure, columns }: MmrmProgramInput): string[] {
  if (spec.groups === "by-arm") return [];
  const single = columns.visits.length === 1;
  const correlation = single ? "NULL" : nlmeCorrelation(structure);
  if (correlation === null) return [];
  const byVisit = isHeterogeneous(structure) && !single ? "nlme::varIdent(form = ~ 1 | visit)" : null;
  const byWeight = spec.weights === null ? null : "nlme::varFixed(~ inverse_weight)";
  const parts = [byVisit, byWeight].filter((part) => part !== null);
  const weights = parts.length === 0 ? "NULL" : parts.length === 1 ? parts[0]! : `nlme::varComb(${parts.join(", ")})`;
  return [
    "# The same fit by nlme",
    'if (requireNamespace("nlme", quietly = TRUE)) {',
    "  used$X <- X",
    "  used$visit_number <- visit",
    "  used$inverse_weight <- 1 / w",
    `  peer <- nlme::gls(outcome ~ X - 1, data = used, method = ${spec.estimation === "reml" ? '"REML"' : '"ML"'},`,
    `                    correlation = ${correlation},`,
    `                    weights = ${weights},`,
    "                    control = nlme::glsControl(maxIter = 500, msMaxIter = 500, tolerance = 1e-9, msTol = 1e-10))",
    "  # nlme multiplies the variance of a maximum-likelihood fit by N / (N - p)",
    `  peer_fit <- data.frame(logLik = as.numeric(logLik(peer)), coefficient = names(coef(peer)),`,
    `                         estimate = unname(coef(peer)), se = sqrt(diag(vcov(peer))${spec.estimation === "reml" ? "" : " * (N - p) / N"}))`,
    "  print(peer_fit, digits = 10, row.names = FALSE)",
    "}",
    "",
  ];
}

function nlmeCorrelation(structure: CovarianceStructure): string | null {
  switch (structure) {
    case "unstructured":
      return "nlme::corSymm(form = ~ visit_number | patient)";
    case "ar1":
    case "ar1-heterogeneous":
      return "nlme::corAR1(form = ~ visit_number | patient)";
    case "compound-symmetry":
    case "compound-symmetry-heterogeneous":
      return "nlme::corCompSymm(form = ~ 1 | patient)";
    case "spatial-exponential":
      return "nlme::corExp(form = ~ day | patient)";
    case "toeplitz":
    case "toeplitz-heterogeneous":
    case "ante-dependence":
    case "ante-dependence-heterogeneous":
      return null;
  }
}

const MMRM_STRUCTURES: Readonly<Record<CovarianceStructure, string>> = {
  unstructured: "us",
  toeplitz: "toep",
  "toeplitz-heterogeneous": "toeph",
  ar1: "ar1",
  "ar1-heterogeneous": "ar1h",
  "compound-symmetry": "cs",
  "compound-symmetry-heterogeneous": "csh",
  "ante-dependence": "ad",
  "ante-dependence-heterogeneous": "adh",
  "spatial-exponential": "sp_exp",
};

const MMRM_COVARIANCES = {
  "model-based": "Asymptotic",
  empirical: "Empirical",
  "empirical-bias-reduced": "Empirical-Bias-Reduced",
  "empirical-jackknife": "Empirical-Jackknife",
} as const;

const MMRM_METHODS = {
  satterthwaite: "Satterthwaite",
  "kenward-roger": "Kenward-Roger",
  "kenward-roger-linear": "Kenward-Roger",
  "between-within": "Between-Within",
  residual: "Residual",
} as const;

function rMmrm({ spec, structure }: MmrmProgramInput): string[] {
  const group = spec.groups === "by-arm" ? "arm / patient" : "patient";
  const time = structure === "spatial-exponential" ? "day" : "visit";
  const covariance =
    spec.degreesOfFreedom === "kenward-roger"
      ? "Kenward-Roger"
      : spec.degreesOfFreedom === "kenward-roger-linear"
        ? "Kenward-Roger-Linear"
        : MMRM_COVARIANCES[spec.covariance];
  return [
    'if (requireNamespace("mmrm", quietly = TRUE)) {',
    "  used$patient <- factor(used$patient)",
    `  model <- update(form, outcome ~ . + ${MMRM_STRUCTURES[structure]}(${time} | ${group}))`,
    `  print(summary(mmrm::mmrm(model, data = used, weights = w, reml = reml, method = "${MMRM_METHODS[spec.degreesOfFreedom]}",`,
    `                           vcov = "${covariance}")))`,
    "}",
  ];
}
