import type { EvidenceDataSet } from "../evidence-data-set.ts";
import { alzheimerProgramme } from "./alzheimer-programme.ts";
import { antidepressant } from "./antidepressant.ts";
import { cdiscPilot } from "./cdisc-pilot.ts";
import { pbc } from "./pbc.ts";
import { raAuranofin } from "./ra-auranofin.ts";

/** In the order of the report. */
export const EVIDENCE_DATA_SETS: readonly EvidenceDataSet[] = [
  pbc,
  cdiscPilot,
  antidepressant,
  raAuranofin,
  alzheimerProgramme,
];
