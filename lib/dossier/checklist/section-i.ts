import { type ChecklistPoint, fail, human, machine } from "./checklist-point.ts";

/** Analysis results. */
export const SECTION_I: readonly ChecklistPoint[] = [
  machine("I1", "Analysis sets and N per arm at top of each table", () => fail("Not checked in this version.")),
  machine("I2", "Baseline table by arm/source", () => fail("Not checked in this version.")),
  machine("I3", "Effect, SE, 95 % CI, p (2-sided) for primary", () => fail("Not checked in this version.")),
  machine("I4", "Absolute and relative for binary", () => fail("Not checked in this version.")),
  machine("I5", "Least-squares means by visit with CI; figure", () => fail("Not checked in this version.")),
  machine("I6", "Covariance structure, df method, convergence log", () => fail("Not checked in this version.")),
  machine("I7", "Missing-data primary assumption", () => fail("Not checked in this version.")),
  machine("I8", "Who is included in each analysis", () => fail("Not checked in this version.")),
  machine("I9", "Reference-based (JR, CIR) and delta results", () => fail("Not checked in this version.")),
  machine("I10", "Tipping-point map with clinically plausible region", () => fail("Not checked in this version.")),
  machine("I11", "Subgroups labelled pre-specified / post hoc, interaction CI", () =>
    fail("Not checked in this version."),
  ),
  machine("I12", "Multiplicity strategy and adjusted results", () => fail("Not checked in this version.")),
  machine("I13", "Model diagnostics: residual QQ, influence", () => fail("Not checked in this version.")),
  human("I14", "statistician", "Harms/exposure statement or NA"),
  machine("I15", "Post-hoc analyses labelled", () => fail("Not checked in this version.")),
  human("I16", "statistician", "Interpretation balanced, no dichotomising beyond plan"),
  machine("I17", "Registration id, protocol/SAP access, data- and code-sharing statement, funding, conflicts", () =>
    fail("Not checked in this version."),
  ),
  machine("I18", "Patient/public involvement statement or none", () => fail("Not checked in this version.")),
];
