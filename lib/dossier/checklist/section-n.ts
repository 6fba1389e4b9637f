import type { RawTable } from "../../data/raw-table.ts";
import { allOf, type ChecklistPoint, fail, holds, machine } from "./checklist-point.ts";
import type { DossierEvidence } from "./evidence.ts";

const notExported = (what: string) => () => fail(`${what} not exported with this dossier.`);

const TWIN_COLUMNS = ["USUBJID", "ARM", "PARAMCD", "AVISIT", "AVISITN", "AVAL", "TWVAR", "DTYPE", "PROGSCR"] as const;

/** One row per patient, endpoint and visit, with the columns of twins and the scores of results.json. */
function twinTable(table: RawTable, { record }: DossierEvidence) {
  const column = (name: string) => table.columns.find((one) => one.name === name);
  const missing = TWIN_COLUMNS.filter((name) => column(name) === undefined);
  if (missing.length > 0) return fail(`ADTWIN (${table.format}) lacks ${missing.join(", ")}.`);
  const places = record.model.endpoints.length * record.model.visits.length;
  const patients = column("USUBJID");
  const scores = column("PROGSCR");
  const isSame = record.twins.scores.every(({ patientId, score }, i) => {
    const row = i * places;
    return (
      patients?.kind === "text" &&
      patients.values[row] === patientId &&
      scores?.kind === "number" &&
      scores.values[row] === score
    );
  });
  return holds(
    table.rowCount === record.twins.patients * places && isSame,
    `ADTWIN has ${table.rowCount} rows (${record.twins.patients} patients × ${places} outcomes) with mean, variance, bands and the scores of results.json; derived values carry DTYPE. Drawn trajectories: understudy twins --export --draws.`,
    `ADTWIN (${table.format}) does not hold the ${record.twins.patients} × ${places} rows and scores of results.json.`,
  );
}

/** Data package. */
export const SECTION_N: readonly ChecklistPoint[] = [
  machine("N1", "ADaM-style ADSL and BDS data sets", notExported("ADaM data sets are")),
  machine("N2", "Twin outputs as a separate data set (ADTWIN)", (e) => {
    const [first] = e.twinData;
    if (first === undefined) return fail("There is no ADTWIN beside this dossier.");
    return allOf(...e.twinData.map((table) => twinTable(table, e)));
  }),
  machine("N3", "Define-XML 2.1", notExported("Define-XML is")),
  machine("N4", "Export as XPT v5 and Dataset-JSON 1.1", (e) => {
    const formats = e.twinData.map(({ format }) => format);
    const missing = (["xpt-v5", "dataset-json"] as const).filter((format) => !formats.includes(format));
    if (missing.length > 0) return fail(`ADTWIN does not lie beside the report as ${missing.join(" and ")}.`);
    const long = e.twinData.flatMap(({ columns }) =>
      columns.filter(({ name, label }) => name.length > 8 || label.length > 40).map(({ name }) => name),
    );
    return holds(
      long.length === 0,
      "ADTWIN lies beside the report as adtwin.xpt (version 5) and adtwin.json (Dataset-JSON 1.1); names up to 8, labels up to 40 characters. Analysis data sets of the trial itself are not exported.",
      `Names or labels are too long: ${long.join(", ")}.`,
    );
  }),
  machine("N5", "Reviewer's guide", notExported("A reviewer's guide is")),
  machine(
    "N6",
    "Analysis results as ARD/ARS JSON",
    notExported("Results lie in results.json in the program's own schema; ARS is"),
  ),
  machine("N7", "Traceability from source to analysis per variable", (e) =>
    e.record.datasets.every((data) => data.mapping.endpoints.length > 0)
      ? { status: "pass", found: "The mapping of every variable is in results.json." }
      : fail("A data set has no mapping."),
  ),
  machine("N8", "Conformance check (CDISC CORE) listed", notExported("A conformance check was not run and is")),
  machine("N9", "Structured protocol JSON (M11/USDM)", notExported("A USDM protocol is")),
  machine("N10", "M15 assessment table exported", (e) =>
    e.record.study.modelInfluence.reason !== "" && e.record.study.decisionConsequence.reason !== ""
      ? { status: "pass", found: "Question, context of use, influence and consequence are in results.json." }
      : fail("The assessment is incomplete in results.json."),
  ),
];
