import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { stackMembers } from "../member-description.ts";
import { type Equation, MEMBER_EQUATIONS, STACK_EQUATIONS } from "../member-equations.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

const MODEL: readonly Equation[] = [
  [
    "(P1)",
    "Law",
    "z = (x, y) ~ N(μ, Σ), patients independent; x: Q baseline features, y: outcomes of all endpoints at all visits",
  ],
  [
    "(P2)",
    "EM",
    "ẑ_m = μ_m + B(z_o − μ_o), C_mm = Σ_mm − BΣ_om; μ = mean(ẑ), Σ = (Σᵢ[(ẑᵢ − μ)(ẑᵢ − μ)ᵀ + Cᵢ] + νΛ)/(n + ν)",
  ],
  [
    "(P3)",
    "Conditioning",
    "E(y | x_o) = μ_y + Σ_yo Σ_oo⁻¹(x_o − μ_o); Var(y | x_o) = Σ_yy − Σ_yo Σ_oo⁻¹ Σ_oy; o: items observed",
  ],
  ["(P4)", "Objective", "ℓ(μ, Σ; observed items) − ν/2 [log|Σ| + tr(ΛΣ⁻¹)]"],
  [
    "(P5)",
    "Target Λ",
    "corr = B_ef [g_e g_f exp(−b|s − t|/T) + √(1 − g_e²)√(1 − g_f²) 1{s = t}] for endpoints e, f at days s, t; 0 for other features",
  ],
  ["(P7)", "Prior weight", "ν maximises Σ held-out [log p(z_o) − log p(x_o)] over 5 inner folds"],
  [
    "(P8)",
    "Predictive variance",
    "s²c²(1 + 1/n + d²/(n + ν)), d² = (x_o − μ_o)ᵀΣ_oo⁻¹(x_o − μ_o), c ≥ 1 from held-out residuals",
  ],
  [
    "(P9)",
    "Bands",
    "mean ± q_L × uninflated predictive SD, q_L the ⌈(k + 1)L⌉-th smallest of k absolute held-out residuals",
  ],
  ["(P10)", "Gain", "1 − SSE(method)/SSE(ANCOVA on baseline value and strata), out of fold"],
  [
    "(P11)",
    "Partial correlation",
    "r = Σ s̃e/√(Σ s̃² Σ e²); e: outcome minus out-of-fold ANCOVA; s̃: score minus its regression on baseline value and strata fitted in the training folds",
  ],
  [
    "(P12)",
    "Intervals",
    "patient bootstrap of out-of-fold errors, percentile 95 %, the same resamples for all figures",
  ],
  [
    "(P13)",
    "R² for sizing",
    "R²_ANCOVA = 1 − SSE/Σ(y − ȳ)²; R²_with score = 1 − (1 − R²_ANCOVA)(1 − r₊²), r₊ = max(r, 0)",
  ],
  ["(P14)", "Calibration", "observed on predicted by least squares, t intervals; PIT = Φ((y − mean)/SD)"],
  ["(P15)", "CRPS", "SD × [z(2Φ(z) − 1) + 2φ(z) − 1/√π], averaged"],
  ["(T1)", "Twin", "mean by (P3), SD by (P8), bands by (P9), from the patient's observed baseline items only"],
  ["(T2)", "Score", "mean of (T1) at the primary endpoint and visit; contributions β_q(x_q − μ_q)"],
  ["(T4)", "Observed minus twin", "mean over patients observed at the visit with t interval, by arm"],
];

const SIZING: readonly Equation[] = [
  [
    "(S1)",
    "Distance to show",
    "superiority δ = |effect| − margin; non-inferiority δ = gain + margin, the gain being the effect in the direction of benefit",
  ],
  ["(S2)", "Standard error", "SE² = σ²(1 − λ²R²)(1/n₁ + γ²/n₀)"],
  ["(S3)", "Degrees of freedom", "n₁ + n₀ − 2 − q, q covariate columns"],
  ["(S4)", "Power", "1 − F(t_{1−α,ν}; ν, δ/SE), F the noncentral t distribution"],
  [
    "(S5)",
    "Size",
    "real N with power (S4) = target, split by the ratio, each arm rounded up; randomised = arm/(1 − dropout), rounded up",
  ],
  ["(S6)", "Control arm only", "n₁ held at the ANCOVA size; smallest n₀ with power (S4) ≥ target"],
  ["(S7)", "Normal approximation", "N = (z_{1−α} + z_{1−β})²(σ₁²/p + σ₀²/(1 − p))/δ², for comparison only"],
];

const SIMULATION: readonly Equation[] = [
  ["(M1)", "Patient law", "c − E c = L z; m − E m = b′(c − E c) + s u; y = m + r e"],
  [
    "(M4)",
    "Drift, effect",
    "y = m + shift + ρ r[√(1 − κ) e + √(κ/2)(w² − 1)] + effect·1{experimental}, w = (m − E m)/SD(m); score b′(c − E c) + s[ι u + √(1 − ι²) ζ]",
  ],
  ["(M5)", "Randomisation", "permuted blocks"],
  ["(M6)", "Looks", "when the first round(f N) randomised patients have reached the day of the primary visit"],
  [
    "(M8)",
    "Analysis",
    "ordinary least squares on (1, covariates, treatment), model-based standard error, ν = n − 2 − q",
  ],
  ["(M9)", "t and z", "a bound z becomes the t value with the same tail probability"],
  ["(M11)", "Variance left", "unadjusted V_r + Var m; ANCOVA V_r + s²; with score V_r + (1 − ι²)s², V_r = (ρr)²"],
  ["(M12)", "One look", "E_B[1 − F(t; ν, δ√(1 − B)/SE)], B ~ Beta(q/2, (ν + 1)/2)"],
  ["(M13)", "Several looks", "canonical joint normal law, Cov(Z_j, Z_k) = √(t_j/t_k)"],
  [
    "(M16)",
    "Earlier visits",
    "y_v − E y_v = a_v′(c − E c) + g_v u + ρ(h_v e + (R w)_v) + shift + effect·(d_v/D)·1{experimental}",
  ],
  ["(M17)", "Information of MMRM", "R_VV/(I⁻¹)_VV, I = Σ_j P_j R_(j)⁻¹ over the patterns of dropout"],
  ["(M18)", "MMRM", "unstructured REML, Satterthwaite ν; coefficients of (1, treatment, covariates) at every visit"],
  ["(G1)", "O'Brien–Fleming type", "α(t) = 2 − 2Φ(z_{α/2}/√t)"],
  ["(G2)", "Pocock type", "α(t) = α ln(1 + (e − 1)t)"],
  ["(G3)", "HSD", "α(t) = α(1 − e^{−γt})/(1 − e^{−γ})"],
  [
    "(G13)",
    "Conditional power",
    "CP(δ) = Φ((z√t + δ(1 − t) − c)/√(1 − t)) with one look left; (G14) by recursion with several",
  ],
  ["(G19)", "Predictive power", "Φ((z − c√t)/√(1 − t)), flat prior, one look left"],
];

/** Equations with the labels used in the text (appendix 16.1.9 of ICH E3). */
export function appendixMethodsSection({ record }: DossierContext): ReportBlock[] {
  const block = (id: string, title: string, rows: readonly Equation[]) =>
    table({
      id,
      title,
      population: "",
      columns: columns("Label", "What", "Equation or rule"),
      rows: rows.map((row) => [...row]),
    });
  const kinds = [...new Set(stackMembers(record.model).map(({ kind }) => kind))];
  return [
    heading(1, "appendixMethods", SECTION_TITLES.appendixMethods),
    paragraph`Labels are those of the program's methods documents. ${see("table-equations-model")}: progression model, evaluation and twins; ${see("table-equations-sizing")}: sample size; ${see("table-equations-simulation")}: simulation and group-sequential theory. Notation: o and m, observed and missing items of a patient; n patients; Φ and φ, normal distribution function and density.`,
    block("table-equations-model", "Equations: conditional normal model, evaluation, twins", MODEL),
    ...(kinds.length === 0
      ? []
      : [
          paragraph`${see("table-equations-stack")} holds the equations of the stack and of its members.`,
          block("table-equations-stack", "Equations: stack and members", [
            ...STACK_EQUATIONS,
            ...kinds.flatMap((kind) => MEMBER_EQUATIONS[kind]),
          ]),
        ]),
    block("table-equations-sizing", "Equations: sample size", SIZING),
    block("table-equations-simulation", "Equations: simulation and group-sequential theory", SIMULATION),
  ];
}
