import type { ReportBlock } from "../../reporting/report-document.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { SECTION_TITLES } from "../section-titles.ts";

/** In the order of the protocol text of the sizing for the first three, then by subject. */
const REFERENCES: readonly string[] = [
  "Schuler A, Walsh D, Hall D, et al. Increasing the efficiency of randomized trial estimates via linear adjustment for a prognostic score. Int J Biostat 2022;18(2):329–356.",
  "European Medicines Agency. Qualification opinion for prognostic covariate adjustment (PROCOVA). September 2022.",
  "US Food and Drug Administration. Adjusting for covariates in randomized clinical trials for drugs and biological products: guidance for industry. May 2023.",
  "US Food and Drug Administration. Considerations for the use of artificial intelligence to support regulatory decision-making for drug and biological products: draft guidance. January 2025.",
  "US Food and Drug Administration. Adaptive designs for clinical trials of drugs and biologics: guidance for industry. November 2019.",
  "International Council for Harmonisation. E3, Structure and content of clinical study reports. 1995. E9(R1), Estimands and sensitivity analysis in clinical trials. 2019. E10, Choice of control group. 2000. M11, Clinical electronic structured harmonised protocol. 2025. M15, General principles for model-informed drug development. 2026.",
  "Dempster AP, Laird NM, Rubin DB. Maximum likelihood from incomplete data via the EM algorithm. J R Stat Soc B 1977;39:1–38.",
  "Varadhan R, Roland C. Simple and globally convergent methods for accelerating the convergence of any EM algorithm. Scand J Stat 2008;35:335–353.",
  "Efron B, Tibshirani RJ. An introduction to the bootstrap. Chapman & Hall, 1993.",
  "Clopper CJ, Pearson ES. The use of confidence or fiducial limits illustrated in the case of the binomial. Biometrika 1934;26:404–413.",
  "Gneiting T, Raftery AE. Strictly proper scoring rules, prediction, and estimation. J Am Stat Assoc 2007;102:359–378.",
  "Lan KKG, DeMets DL. Discrete sequential boundaries for clinical trials. Biometrika 1983;70:659–663.",
  "Jennison C, Turnbull BW. Group sequential methods with applications to clinical trials. Chapman & Hall/CRC, 2000.",
  "Spiegelhalter DJ, Freedman LS, Blackburn PR. Monitoring clinical trials: conditional or predictive power? Control Clin Trials 1986;7:8–17.",
  "Morris TP, White IR, Crowther MJ. Using simulation studies to evaluate statistical methods. Stat Med 2019;38:2074–2102.",
  "MacKinnon JG, White H. Some heteroskedasticity-consistent covariance matrix estimators with improved finite sample properties. J Econometrics 1985;29:305–325.",
  "Salmon JK, Moraes MA, Dror RO, Shaw DE. Parallel random numbers: as easy as 1, 2, 3. SC '11, 2011 (Philox).",
];

export function referencesSection(): ReportBlock[] {
  return [
    heading(1, "references", SECTION_TITLES.references),
    paragraph`Works cited in this report and its methods are numbered in ${see("table-references")}. None is needed on line for the review of this report.`,
    table({
      id: "table-references",
      title: "References",
      population: "",
      columns: columns(">No.", "Work"),
      rows: REFERENCES.map((reference, index) => [`[${index + 1}]`, reference]),
    }),
  ];
}
