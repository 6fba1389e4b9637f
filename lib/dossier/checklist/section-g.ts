import { type ChecklistPoint, fail, human, machine } from "./checklist-point.ts";

/** Bayesian borrowing. */
export const SECTION_G: readonly ChecklistPoint[] = [
  machine("G1!", "Success criterion type and threshold", () => fail("Not checked in this version.")),
  human("G2!", "statistician", "All relevant sources identified incl. unfavourable"),
  machine("G3!", "Prior density plotted and written, static or dynamic", () => fail("Not checked in this version.")),
  machine(
    "G4",
    "Prior ESS (ELIR) with 'heuristic under dynamic borrowing' note; posterior effective historical N by source",
    () => fail("Not checked in this version."),
  ),
  machine("G5", "Analysis prior distinguished from design prior", () => fail("Not checked in this version.")),
  machine("G6!", "Type I error and power CURVES over drift; maximum reported", () =>
    fail("Not checked in this version."),
  ),
  machine("G7", "Prior-data conflict rule", () => fail("Not checked in this version.")),
  machine("G8", "Sensitivity: w_R, location, variance of vague component, no-borrow analysis", () =>
    fail("Not checked in this version."),
  ),
  machine("G9", "Tipping point on prior weight", () => fail("Not checked in this version.")),
  machine("G10", "Convergence: R-hat < 1.01, bulk/tail ESS > 400, MCSE, or closed form", () =>
    fail("Not checked in this version."),
  ),
  machine("G11", "Bias, MSE, coverage/interval calibration", () => fail("Not checked in this version.")),
];
