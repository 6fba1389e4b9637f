import { readFileSync } from "node:fs";
import type { LongDataSet } from "../../../lib/data/long-data-set.ts";
import { PBC_HISTORY_MAPPING, PBC_VISITS } from "../../../lib/samples/pbc/pbc-mapping.ts";
import { pbcStudy } from "../../../lib/samples/pbc/pbc-study.ts";
import type { PlannedVisit } from "../../../lib/trial/visit-schedule.ts";
import { repositoryPath } from "../../../tests/support/shared.ts";
import { dataSetOf, tableOf } from "../assemble.ts";
import type { EvidenceDataSet } from "../evidence-data-set.ts";

const PBC_FILE = "lib/samples/pbc/pbcseq.csv";

/**
 * Patients of the Mayo Clinic trial, both arms pooled as natural history.
 *
 * @param include - Which patients; all when null.
 * @param visits - Planned visits.
 */
export function pbcPatients(include: string | null, visits: readonly PlannedVisit[] = PBC_VISITS): LongDataSet {
  const table = tableOf(new Uint8Array(readFileSync(repositoryPath(PBC_FILE))), "pbcseq.csv");
  return dataSetOf(table, { ...PBC_HISTORY_MAPPING, include, visits: [...visits] });
}

const { covariateIds, strata } = pbcStudy.training;

export const pbc: EvidenceDataSet = {
  id: "pbc",
  title: "Primary biliary cholangitis (Mayo Clinic)",
  description:
    "Real: 312 patients, both arms pooled as natural history (the trial found no effect). Log bilirubin, albumin and log prothrombin time at month 6, year 1 and year 2; ten baseline covariates; no strata. Values after death or transplantation do not exist and are not imputed.",
  training: {
    covariateIds,
    strata,
    primary: { endpointId: "logProthrombinTime", visitId: "year2" },
    folds: 5,
  },
  load: () => pbcPatients(null),
};
