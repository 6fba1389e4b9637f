/**
 * Titles of the dossier's numbered sections, in order; the writer of each section and the checklist that reads the printed
 * file both take them from here.
 */
export const SECTION_TITLES = {
  synopsis: "Synopsis",
  abbreviations: "Abbreviations and definitions",
  governance: "Data governance and responsible persons",
  introduction: "Introduction and objectives",
  plan: "Investigational plan and choice of control",
  estimand: "Estimand",
  provenance: "Provenance of the historical data",
  methods: "Statistical and analytical methods",
  credibility: "Credibility of the progression model",
  adjustment: "Prognostic adjustment",
  sampleSize: "Determination of sample size",
  calculations: "Further calculations of power and bounds",
  twins: "Twins of the enrolled patients",
  simulation: "Simulation report",
  analyses: "Analyses of the trial",
  changes: "Changes from the plan",
  limitations: "Limitations",
  conclusions: "Discussion and overall conclusions",
  reproducibility: "Reproducibility, audit and signature",
  references: "References",
  appendixMethods: "Appendix: documentation of statistical methods",
  appendixCode: "Appendix: code",
  appendixListings: "Appendix: data listings",
  appendixChecklist: "Appendix: report checklist",
} as const;

export type SectionKey = keyof typeof SECTION_TITLES;
