import { type ChecklistPoint, fail, machine } from "./checklist-point.ts";

/** Synthetic-data quality and privacy. */
export const SECTION_J: readonly ChecklistPoint[] = [
  machine("J1", "Purpose of synthetic data and non-use as evidence", () => fail("Not checked in this version.")),
  machine("J2", "Marginals: per variable x visit, KS/TV/Wasserstein", () => fail("Not checked in this version.")),
  machine("J3", "Correlation matrix error, within and across visits", () => fail("Not checked in this version.")),
  machine("J4", "pMSE and its ratio to null expectation; C2ST AUC with CI", () => fail("Not checked in this version.")),
  machine("J5", "Trajectory metrics: autocorrelation, slope and variance by visit, dropout curve", () =>
    fail("Not checked in this version."),
  ),
  machine("J6", "Survival: KM distance", () => fail("Not checked in this version.")),
  machine("J7", "TSTR vs TRTR with CI; reproduced treatment-effect inference", () =>
    fail("Not checked in this version."),
  ),
  machine("J8!", "Singling-out, linkability, inference risks with control set and CI", () =>
    fail("Not checked in this version."),
  ),
  machine("J9!", "Membership inference vs holdout (AUC, TPR at 1 % FPR)", () => fail("Not checked in this version.")),
  machine("J10", "Re-identification risk vs 0.09", () => fail("Not checked in this version.")),
  machine("J11", "DCR/NNDR only as diagnostics with the stated caveat", () => fail("Not checked in this version.")),
  machine("J12", "DP epsilon, delta, mechanism or 'no formal guarantee'", () => fail("Not checked in this version.")),
  machine("J13", "Copies: exact/near-duplicate count = 0", () => fail("Not checked in this version.")),
];
