import { alzheimerStudy } from "../../../lib/samples/alzheimer/alzheimer-study.ts";
import { dataSetOf, tableOf } from "../assemble.ts";
import type { EvidenceDataSet } from "../evidence-data-set.ts";

const { covariateIds, strata, primary } = alzheimerStudy.training;

export const alzheimerProgramme: EvidenceDataSet = {
  id: "alzheimer-programme",
  title: "Alzheimer's programme (simulated, three studies)",
  description:
    "Simulated: three placebo studies of 220, 180 and 260 patients with different levels and slopes (lib/samples/METHODS.md). ADAS-Cog 11 at six visits over 78 weeks; six covariates; stratum APOE ε4.",
  training: { covariateIds, strata, primary, folds: 5 },
  load: () => {
    const [{ bytes, fileName, mapping }] = alzheimerStudy.datasets;
    return dataSetOf(tableOf(bytes(noFile), fileName), mapping);
  },
};

function noFile(path: string): Uint8Array {
  throw new Error(`the simulated programme reads no file, but ${path} was asked for`);
}
