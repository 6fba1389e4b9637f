import type { ChecklistPoint } from "./checklist-point.ts";
import type { DossierEvidence } from "./evidence.ts";
import { SECTION_A } from "./section-a.ts";
import { SECTION_B } from "./section-b.ts";
import { SECTION_C } from "./section-c.ts";
import { SECTION_D } from "./section-d.ts";
import { SECTION_E } from "./section-e.ts";
import { SECTION_F } from "./section-f.ts";
import { SECTION_G } from "./section-g.ts";
import { SECTION_H } from "./section-h.ts";
import { SECTION_I } from "./section-i.ts";
import { SECTION_J } from "./section-j.ts";
import { SECTION_K } from "./section-k.ts";
import { SECTION_L } from "./section-l.ts";
import { SECTION_M } from "./section-m.ts";
import { SECTION_N } from "./section-n.ts";

export interface ChecklistSection {
  readonly letter: string;
  readonly title: string;
  readonly points: readonly ChecklistPoint[];
  /** Why the whole section does not apply to this record, or null when it does. */
  readonly notApplicable?: (evidence: DossierEvidence) => string | null;
}

/** The record has no part that these sections speak of; when a part is added to the record, its condition goes here. */
const absent = (reason: string) => () => reason;

/** All points of the report checklist, in its order. */
export const SECTIONS: readonly ChecklistSection[] = [
  { letter: "A", title: "A. Identification and structure", points: SECTION_A },
  { letter: "B", title: "B. Estimand", points: SECTION_B },
  { letter: "C", title: "C. Historical data provenance", points: SECTION_C },
  { letter: "D", title: "D. Model credibility", points: SECTION_D },
  { letter: "E", title: "E. Prognostic adjustment", points: SECTION_E },
  {
    letter: "F",
    title: "F. External control",
    points: SECTION_F,
    notApplicable: absent("The trial is randomised; no external control takes part in a comparison."),
  },
  {
    letter: "G",
    title: "G. Bayesian borrowing",
    points: SECTION_G,
    notApplicable: absent("No prior borrows from history."),
  },
  { letter: "H", title: "H. Simulation report", points: SECTION_H },
  {
    letter: "I",
    title: "I. Analysis results",
    points: SECTION_I,
    notApplicable: ({ record }) =>
      record.analyses === null ? "This is a design report: it estimates no treatment effect of a trial." : null,
  },
  {
    letter: "J",
    title: "J. Synthetic data and privacy",
    points: SECTION_J,
    notApplicable: absent("No synthetic patient records are exported."),
  },
  { letter: "K", title: "K. Reproducibility, audit, signature", points: SECTION_K },
  { letter: "L", title: "L. PDF", points: SECTION_L },
  { letter: "M", title: "M. Tables and figures", points: SECTION_M },
  { letter: "N", title: "N. Data package", points: SECTION_N },
];
