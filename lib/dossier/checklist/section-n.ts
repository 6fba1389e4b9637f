import { type ChecklistPoint, fail, machine } from "./checklist-point.ts";

const notExported = (what: string) => () => fail(`${what} not exported with this dossier.`);

/** Data package. */
export const SECTION_N: readonly ChecklistPoint[] = [
  machine("N1", "ADaM-style ADSL and BDS data sets", notExported("ADaM data sets are")),
  machine(
    "N2",
    "Twin outputs as a separate data set (ADTWIN)",
    notExported("The twins lie beside the report as twins.json; ADTWIN is"),
  ),
  machine("N3", "Define-XML 2.1", notExported("Define-XML is")),
  machine("N4", "Export as XPT v5 and Dataset-JSON 1.1", notExported("XPT and Dataset-JSON are")),
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
