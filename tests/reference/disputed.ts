/** A reference value shown to be wrong, with the third source that decides. */
export interface DisputedCase {
  /** Name of the file without ".json". */
  readonly file: string;
  readonly id: string;
  /** Values concerned; every other value of the case must still agree. */
  readonly path: RegExp;
  /** What is wrong and what decides. */
  readonly reason: string;
}

export const disputedCases: readonly DisputedCase[] = [
  {
    file: "gs_boundaries",
    id: "bound_asOF__k_5_a_0.025_s_2_u5",
    path: /^criticalValues\.1$/,
    reason:
      "rpact's second bound 4.412427 has the level 5.11091e-6 (its own stageLevels), while it reports to spend 5.11133e-6 a side by then and none before (first bound out of reach, 7.81); integrated with mpmath at 40 digits the bound is 4.412409194179456",
  },
  ...["means2_1.2_1_0.025_1_0.9_3", "means2_1.2_1_0.05_2_0.9_3"].map((id) => ({
    file: "power_means",
    id,
    path: /^(n_t_unrounded|n1_t|n2_t)$/,
    reason:
      "rpact's search stops short of its own target: at 40.9360200279507 subjects the power of the exact t test is 0.89999928 (mpmath, 25 digits; R's pt agrees), not 0.9; the size is 40.93611851635, where mpmath finds 0.9000000000000",
  })),
  ...(
    [
      ["adas_placebo y ~ month ~month | id  REML", "-947.315224063806", "lme4 -947.315224057593"],
      ["adas_placebo y ~ month ~month | id  ML", "-947.363430021515", "lme4 -947.363430019087"],
      ["adas_placebo y ~ month ~1 | id CAR1 REML", "-951.838774089926", "from another start value of phi"],
      ["adas_placebo y ~ month ~1 | id CAR1 ML", "-951.864307001208", "from another start value of phi"],
      ["antidep y ~ week * arm ~1 | id CAR1 REML", "-2325.60329321403", "phi 0.5596, not 1"],
      ["antidep y ~ week * arm ~1 | id CAR1 ML", "-2324.04477054099", "phi 0.5538, not 1"],
    ] as const
  ).map(([id, logLik, third]) => ({
    file: "lmm_nlme",
    id,
    path: /^(logLik|fixed|se|sigma|G|phi)\b/,
    reason: `not a maximum: the same nlme 3.1.162 on the same data with lmeControl(tolerance = 1e-12, msTol = 1e-14) and phi started at 0.3 reaches the higher log-likelihood ${logLik} (${third}), with the estimates computed here`,
  })),
  ...["MAR", "JR", "CR", "CIR", "LMCF"].map((strategy) => ({
    file: "rbmi",
    id: `antidep condmean jackknife ${strategy}`,
    path: /^mmrm_sigma\.(PLACEBO|DRUG)\.\d\.\d$|^imputed_y\.(19|31|570|571)$/,
    reason:
      "rbmi's optimiser stops before the maximum: the restricted log-likelihood at its covariance is -1747.10142810 and at the one computed here -1747.10142503 (R, written out from its definition, maximised by nlm to a gradient of 4e-6: the same covariance to 1e-6); nlme::gls also finds 15.388, 16.360, 38.436 where rbmi has 15.385, 16.356, 38.433. Four values imputed from it differ by up to 0.0018",
  })),
  {
    file: "twin_prediction",
    id: "adas MMRM conditional on baseline visit",
    path: /^(conditional_mean|mmrm_predict_conditional)\.\d+$/,
    reason:
      "mmrm was stopped short of the maximum: at its covariance matrix the restricted log-likelihood is -561.129868389; R's optim on the same likelihood (reltol 1e-16) and the fit here reach -561.129867526, where the eleventh prediction is 27.4463173144 and not 27.4475946653",
  },
  {
    file: "published",
    id: "antidepressant complete-case MMRM week 7 (SAS and R)",
    path: /^ci_R\.1$/,
    reason:
      "R's page prints the upper limit -0.622; the same model gives -0.622514, which rounds to -0.623 as SAS prints for it in the same row (ci_SAS, also Satterthwaite)",
  },
  {
    file: "published",
    id: "SAS %Margins macro trial01 risk difference (logistic y~trt+bl_cov)",
    path: /^(diff|se|p|ci\.[01])$/,
    reason:
      "SAS stops its Newton iterations when the log-likelihood is close (GCONV 1e-8): at the maximum the difference is -0.068363988085174 (R's glm with epsilon 1e-15, the same after 4, 5 and 6 iterations), 2.8e-10 from the printed value; the last 6 of its 15 digits are not those of the maximum",
  },
  {
    file: "published",
    id: "SAS Ge macro trial01",
    path: /^(diff|se|pt|pc)$/,
    reason:
      "the same fit as the %Margins macro stopped earlier: the two macros of SAS print -0.0683637739 and -0.0683639878 for the same quantity; at the maximum the risks are 0.419108268447712 and 0.487472256532886 (R's glm with epsilon 1e-15), 3e-7 from the printed ones",
  },
  {
    file: "published",
    id: "pbc Mayo natural-history model",
    path: /^(log_bili|log_albumin|age|log_protime|edema)$/,
    reason:
      "the coefficients of the paper rest on the follow-up of 1986; in the data distributed since (survival::pbc, 312 randomised patients) R's coxph gives 0.88005627, -3.05992605, 0.03322341, 3.01401180, 0.78585257, as computed here",
  },
];
