import { mappingSpecSchema } from "../../../lib/data/mapping-spec.ts";
import { sharedFile } from "../../../tests/support/shared.ts";
import { dataSetOf, stackedTable, tableOf } from "../assemble.ts";
import type { EvidenceDataSet } from "../evidence-data-set.ts";
import mapping from "../mappings/cdisc-pilot.json" with { type: "json" };

const COLUMNS = { USUBJID: "USUBJID", PARAMCD: "PARAMCD", WEEK: "AVISITN", ADY: "ADY", AVAL: "AVAL" };
const LABORATORY = ["ALT", "CREAT"];

export const cdiscPilot: EvidenceDataSet = {
  id: "cdisc-pilot",
  title: "Alzheimer's disease (CDISC pilot study)",
  description:
    "Real: placebo arm of CDISCPILOT01, 86 patients. ADAS-Cog 11, NPI-X total, log alanine aminotransferase and creatinine at weeks 8, 16 and 24 (last values carried forward are left out); age, sex, MMSE, education, duration of disease, body mass index; no strata. Data: CDISC SDTM/ADaM Pilot Project.",
  training: {
    covariateIds: ["age", "sex", "mmse", "education", "duration", "bmi"],
    strata: [],
    primary: { endpointId: "adasCog11", visitId: "week24" },
    folds: 5,
  },
  load: () => {
    const files = ["adadas_actot.csv", "adnpix_total.csv", "adlbc_5params.csv", "adsl.csv"].map((name) => {
      const bytes = sharedFile(`data/cdisc_pilot/${name}`);
      return bytes === null ? null : tableOf(bytes, name);
    });
    const [adas, npi, laboratory, subjects] = files;
    if (adas == null || npi == null || laboratory == null || subjects == null) return null;
    const asAnalysed = (text: (column: string) => string) => text("ANL01FL") === "Y" && text("DTYPE") === "";
    const seen = new Set<string>();
    const table = stackedTable([
      { table: adas, columns: COLUMNS, keep: asAnalysed },
      { table: npi, columns: COLUMNS, keep: asAnalysed },
      {
        table: laboratory,
        columns: COLUMNS,
        // The first of repeated measurements at one visit.
        keep: (text) => {
          const key = [text("USUBJID"), text("PARAMCD"), text("AVISITN")].join(" ");
          if (!LABORATORY.includes(text("PARAMCD")) || seen.has(key)) return false;
          seen.add(key);
          return true;
        },
      },
    ]);
    return dataSetOf(table, mappingSpecSchema.parse(mapping), subjects);
  },
};
