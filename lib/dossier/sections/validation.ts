import type { ReportBlock } from "../../reporting/report-document.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";

/** Requirements on the numbers, what the tests of the repository compare them with, and how closely. */
export const VALIDATION: readonly (readonly [requirement: string, against: string, tolerance: string])[] = [
  ["Joint model with missing data", "closed-form maximum likelihood under monotone missingness", "1e-8"],
  [
    "Sample size and power, means",
    "rpact 3.3.4, power.t.test and noncentral t of R 4.2.2 (power_means)",
    "power 1e-8; N 1e-6 relative",
  ],
  [
    "Sample size and power, proportions",
    "rpact 3.3.4, gsDesign 3.4.0 (power_rates)",
    "N 1e-6 relative; exact power 1e-10",
  ],
  ["Sample size and power, survival", "rpact 3.3.4, gsDesign 3.4.0 (power_survival)", "1e-5 relative"],
  ["Sample size and power, repeated measures", "longpower 1.0.27 (power_longitudinal)", "1e-6 relative"],
  ["Group-sequential bounds", "rpact 3.3.4 (gs_boundaries), gsDesign 3.4.0 (gs_gsdesign)", "1e-5 absolute"],
  ["Conditional and predictive power", "gsDesign 3.4.0 (gs_conditional_power)", "closed forms 1e-6; gsPP grid 1e-3"],
  ["Crossing probabilities", "nested integration at 18 to 30 digits", "1e-12"],
  [
    "ANCOVA, robust errors, least-squares means",
    "sandwich 3.0.2, emmeans 1.8.4.1, car 3.1.1 (ancova)",
    "1e-8 relative",
  ],
  ["MMRM", "mmrm 0.3.18, emmeans 1.8.4.1 (mmrm_pbc_logbili)", "log-likelihood 1e-6; SE 1e-5; df 1e-3 relative"],
  [
    "Random slopes",
    "lme4 1.1.31, lmerTest 3.1.3, nlme 3.1.162 (lmm, lmm_nlme)",
    "log-likelihood 1e-6; fixed effects 1e-5",
  ],
  ["Pooling of imputations", "mice 3.15.0 (rubin)", "1e-10"],
  ["Survival", "survival 3.5.3, survRM2 1.0.4 (survival)", "1e-8 relative; Cox 1e-7"],
  [
    "Simulated operating characteristics",
    "analytic values; rpact 3.3.4 simulations (simulation_anchors)",
    "4 Monte Carlo standard errors",
  ],
  ["Random numbers", "published Philox4x32-10 vectors", "exact"],
  ["Hashing and canonical JSON", "FIPS 180-4 vectors; RFC 8785", "exact"],
  ["Distributions", "R 4.2.2, mvtnorm 1.1.3 and 30-digit arithmetic (distributions)", "1e-10 relative"],
  ["Same numbers in text, tables and results.json", "the report checklist, read from the printed file", "as printed"],
];

/** Requirements traced to tests and independent software. */
export function validationBlocks(): ReportBlock[] {
  return [
    heading(2, "reproducibility-validation", "Validation summary"),
    paragraph`${see("table-validation")} traces the requirements on the numbers to the tests of the repository and the independent references they compare with; names in parentheses are those of the reference files. The tests run with every release (npm test).`,
    table({
      id: "table-validation",
      title: "Requirements, tests and reference packages, with tolerances",
      population: "",
      columns: columns("Requirement", "Test against", "Tolerance"),
      rows: VALIDATION.map((row) => [...row]),
      notes: [
        "No reference file of postcard, RBesT or RobinCar2 is shipped with the tests; results of rbmi are compared where its files are given.",
      ],
    }),
  ];
}
