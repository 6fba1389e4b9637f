import type { MemberId } from "../progression/member-parameters.ts";

export type Equation = readonly [label: string, what: string, equation: string];

/** How a stack combines its members. */
export const STACK_EQUATIONS: readonly Equation[] = [
  [
    "(ST1)",
    "Weights",
    "w_e minimises Σ_v [Σᵢ(y_iv − Σ_m w_em ŷ_imv)²]/[Σᵢ(y_iv − ŷ_i,ANCOVA,v)²] over w ≥ 0, Σw = 1; ŷ from inner folds",
  ],
  [
    "(ST2)",
    "Mixture",
    "U uniform, shared by endpoints; endpoint e follows the member in whose part of its cumulated weights U falls; mean Σ_m w_em μ_m",
  ],
  [
    "(ST3)",
    "Deviation scale",
    "c_v = root mean square of inner residuals in SDs of the mixture; reported SD = c_v × SD of the mixture",
  ],
  ["(ST4)", "Bands", "mean ± q_v,L SDs of the mixture, q_v,L by the rule of (P9) from the same residuals"],
  [
    "(ST5)",
    "Contributions",
    "interventional Shapley values of the baseline features, linear part exact, the rest sampled with its standard error",
  ],
];

/** Law of every member, in the notation of its methods document. */
export const MEMBER_EQUATIONS: Readonly<Record<MemberId | "neural-boltzmann", readonly Equation[]>> = {
  "baseline-ancova": [
    [
      "(P17)",
      "ANCOVA",
      "y_v = a_v + b_v′(own baseline value, strata) + ε_v, least squares per visit; missing predictors at their mean",
    ],
    ["(P18)", "Its law", "residuals jointly normal; later visits by conditioning the residuals"],
  ],
  "gaussian-joint": [["(P1)–(P9)", "Gaussian joint model", "as listed for the conditional normal model"]],
  "discrete-transition": [
    [
      "(DT2)",
      "Levels",
      "P(Y_v ≤ k | Y_{v−1} = j, x) = logistic(θ_vk − Σ_{t≤j} γ_vt − β_v′x); first visit without γ; binary: K = 2",
    ],
    [
      "(DT3)",
      "Shrinkage",
      "β ~ N(0, 1/λ) per SD of a feature, λ by held-out likelihood; own baseline, strata and γ N(0, 10)",
    ],
    [
      "(DT4)",
      "Counts",
      "log E(Y_v | Y_{v−1} = j, x) = a_v + γ_v log(1 + j) + β_v′x; negative binomial, variance μ + αμ²",
    ],
    ["(DT5)", "Moments", "p_v = p_{v−1}T_v(x); mean Σ k p_v(k); covariances by the same recursion, exact for levels"],
    ["(DT6)", "Updates", "known values by the backward recursion b_v(j) = P(values known after v | Y_v = j)"],
  ],
  "mixed-effects": [
    [
      "(ME1)",
      "Mixed-effects model",
      "y(t) = Σ_k f_k(t)(α_k + β_k x₀) + Σ_q x_q(γ_q + δ_q t) + b₀ + b₁t + e(t), f a natural spline, (b₀, b₁) ~ N(0, LLᵀ)",
    ],
    ["(ME4)", "Residual", "e = σ[√(1 − ν) O(t) + √ν w], O an Ornstein–Uhlenbeck process, correlation exp(−λ|s − t|)"],
    ["(ME6)", "Shrinkage", "γ_q ~ N(0, τ_γ²), δ_q ~ N(0, τ_δ²), variances by restricted likelihood"],
  ],
  "ridge-transition": transitionEquations(),
  "boosted-transition": [
    ...transitionEquations(),
    [
      "(TM9)",
      "Trees",
      "change = linear law + Σ trees of depth 3, rate 0.1, by gradient boosting of squared error on left-out residuals",
    ],
    [
      "(TM10)",
      "Moments with trees",
      "weighted sums over a fixed sample of trajectories; half the difference of its halves is the numerical error",
    ],
  ],
  "disease-course": [
    [
      "(DC1)",
      "Disease course",
      "h_e(t) = u_e + b_e e^ξ t; bounded: (y − min)/(max − min) = 1/(1 + e^(−h)) + ε; unbounded: (y − mean)/SD = h + ε",
    ],
    ["(DC2)", "Individual parameters", "(ξ, u) ~ N(Θ(1, x), Ω)"],
    ["(DC6)", "Moments", "Gauss–Hermite quadrature over (ξ, u); numerical error from a coarser rule"],
  ],
  "neural-boltzmann": [
    ["(N1)", "Networks", "μ(x) = a + Bx + V₂ max(0, c + V₁x); log τ(x) = p₀ + P₁x; W(x) = (w₀ + W₁x)/√n"],
    ["(N2)", "Law", "p(y, h | x) ∝ exp(−½(y − μ)ᵀΣ⁻¹(y − μ) + (y − μ)ᵀWh), h ∈ {−1, 1}^H summed out; E(y | x) = μ(x)"],
    ["(N11)", "Mixture", "networks in equal shares, each stopped by the held-out likelihood"],
  ],
};

function transitionEquations(): Equation[] {
  return [
    [
      "(TM2)",
      "Transition model",
      "change to the next visit = Σ a_v + Σ_j β_j base_j context_j; bases: history, covariates; contexts: 1, gap, time, 1/n",
    ],
    ["(TM3)", "Penalty", "ridge with penalties of history, covariates and interactions chosen by five folds"],
    ["(TM4)", "Rolling forward", "y_r = o_r + C_r x + Σ_{u earlier} A_ru y_u + ε_r; jointly normal given x, exact"],
  ];
}
