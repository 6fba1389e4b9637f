import { type ChecklistPoint, fail, human, machine } from "./checklist-point.ts";

/** External or synthetic control (route B). */
export const SECTION_F: readonly ChecklistPoint[] = [
  human("F1!", "statistician", "Justification why randomisation is infeasible; E10 suitability self-check"),
  machine("F2!", "Ten-dimension comparability table completed", () => fail("Not checked in this version.")),
  human("F3!", "statistician", "Confounder list pre-specified with DAG or rationale; unavailable ones listed"),
  machine("F4!", "Label: 'model-predicted comparator' / 'external control', never 'control arm' alone", () =>
    fail("Not checked in this version."),
  ),
  machine("F5!", "Plan/SAP locked and blinded to external outcomes", () => fail("Not checked in this version.")),
  machine("F6", "PS model spec, overlap plot, % trimmed, resulting target population", () =>
    fail("Not checked in this version."),
  ),
  machine("F7!", "Balance table before/after: SMD (threshold .1), variance ratio, max |SMD|", () =>
    fail("Not checked in this version."),
  ),
  machine("F8!", "ESS and max/percentile weights", () => fail("Not checked in this version.")),
  machine("F9", "Doubly robust estimate and SE method; cross-fitting", () => fail("Not checked in this version.")),
  machine("F10", "At least three estimators agreeing/disagreeing shown (matching, weighting/entropy, AIPW/TMLE)", () =>
    fail("Not checked in this version."),
  ),
  machine("F11", "Results per source and leave-one-source-out", () => fail("Not checked in this version.")),
  machine("F12", "Between-trial drift sd tau_d with CI and its share of total SE", () =>
    fail("Not checked in this version."),
  ),
  machine("F13", "Placebo-vs-placebo (negative-control trial) calibration", () => fail("Not checked in this version.")),
  machine("F14!", "E-value or equivalent, point and CI", () => fail("Not checked in this version.")),
  machine("F15!", "Tipping-point bias in outcome units, SD and tau_d units", () =>
    fail("Not checked in this version."),
  ),
  human("F16", "statistician", "Negative-control outcome/period where available"),
  machine("F17", "Missing-data and misclassification QBA", () => fail("Not checked in this version.")),
  human("F18", "statistician", "Follow-up and outcome ascertainment comparability; blinded adjudication statement"),
  machine("F19", "Time-period sensitivity (restrict to recent)", () => fail("Not checked in this version.")),
  human("F20", "statistician", "Patient-level data available to regulator statement"),
  human("F21", "statistician", "Conservative pre-set success threshold rationale"),
  machine("F22", "Statement that no regulator accepts model-generated controls as replacement pivotal evidence", () =>
    fail("Not checked in this version."),
  ),
];
