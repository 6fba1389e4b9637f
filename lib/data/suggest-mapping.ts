import { type ColumnProfile, findProfile, profileColumns } from "./column-profile.ts";
import { joinSubjectTable } from "./join-subject-table.ts";
import { type MappingSpec, mappingSpecSchema } from "./mapping-spec.ts";
import { cellText, type RawColumn, type RawTable } from "./raw-table.ts";
import { listed } from "./sentence.ts";
import { suggestArms } from "./suggest-arms.ts";
import { NAMED_AFTER_VISIT, suggestCovariates } from "./suggest-covariates.ts";
import { suggestEndpoints } from "./suggest-endpoints.ts";
import { patientColumnByContent } from "./suggest-patient.ts";
import { suggestTime } from "./suggest-visits.ts";
import {
  createSuggestionNotes,
  type SuggestionGap,
  type SuggestionNotes,
  type SuggestionReason,
} from "./suggestion-notes.ts";

export interface MappingSuggestion {
  /** Everything that could be guessed, for a form; texts that nobody could guess are "". */
  readonly draft: MappingSpec;
  /** True when the draft is a valid mapping, so that only confirmations are open. */
  readonly isComplete: boolean;
  /** Why each column was chosen. */
  readonly reasons: readonly SuggestionReason[];
  /** What is missing, and what should be confirmed. */
  readonly gaps: readonly SuggestionGap[];
}

export interface SuggestMappingOptions {
  /** Default "historical-control": the history comes first. */
  readonly role?: MappingSpec["role"];
  readonly origin?: MappingSpec["origin"];
  /** Table with one row a patient, whose columns may serve as arm, site and covariates. */
  readonly subjects?: RawTable;
}

const PATIENT_NAMES = [
  "USUBJID",
  "SUBJID",
  "SUBJECT",
  "PATIENT",
  "ID",
  /^(usubj|subj|subject|patient|pat|pt|participant)_?(id|no|num|nr)?$/i,
];
const SITE_NAMES = [
  "SITEID",
  "SITE",
  "CENTER",
  "CENTRE",
  "SITEGR1",
  "POOLINV",
  "INVID",
  /^(site|cent(er|re)|investigator|pool?inv)/i,
];

/**
 * Guesses a mapping from the columns of a file. CDISC names (USUBJID, AVISIT, AVISITN, ADY, PARAMCD, AVAL, BASE, ABLFL,
 * ANL01FL, DTYPE, TRTP, ARM, SITEID, STUDYID, AGE, SEX, RACE …) map themselves; anything else gets the best guess, and
 * the gaps say what the user has to add or confirm.
 */
export function suggestMapping(table: RawTable, options: SuggestMappingOptions = {}): MappingSuggestion {
  const notes = createSuggestionNotes();
  const named = findProfile(profileColumns(table, null), PATIENT_NAMES)?.column.name ?? null;
  const byContent = named === null ? patientColumnByContent(table) : null;
  const patientName = named ?? byContent?.patient ?? "";
  const joined =
    options.subjects === undefined || patientName === ""
      ? null
      : joinSubjectTable(table, options.subjects, patientName);
  const all = joined?.table ?? table;
  const patient = all.columns.find((column) => column.name === patientName) ?? null;
  if (patient === null) notes.require("patient.column", "Name the column that identifies the patient.");
  else
    notes.because(
      "patient.column",
      patient.name,
      patient.name.toUpperCase() === "USUBJID"
        ? "CDISC unique subject identifier."
        : byContent === null
          ? "Its name says that it identifies the patient."
          : `Its values repeat, and together with ${byContent.time} they name every record once. Check it.`,
    );
  const profiles = profileColumns(all, patient).filter((profile) => profile.column !== patient);
  const study = findProfile(profiles, ["STUDYID", "STUDY", "TRIAL"]);
  if (study !== null) notes.because("study.column", study.column.name, "Study identifier.");
  const site = findProfile(
    profiles.filter((profile) => profile.levels.length > 1),
    SITE_NAMES,
  );
  if (site !== null) notes.because("site.column", site.column.name, "Site or investigator.");
  const time = suggestTime(all, patient, profiles, notes);
  if (time === null) notes.require("time.column", describeMissingTime(all, patient, profiles));
  if (time !== null && time.visits.length === 0)
    notes.require("visits", "Name the planned visits with their target days and windows.");
  const timeColumns =
    time === null ? [] : [time.time.column, time.time.kind === "visit" ? (time.time.dayColumn ?? "") : ""];
  const endpoints = suggestEndpoints(all, profiles, new Set([...timeColumns, site?.column.name ?? ""]), notes);
  const arm = suggestArms(profiles, notes);
  if (arm === null)
    notes.require(
      "arm",
      "No column with the treatment was found. Name it, or pool all patients as control and say why.",
    );
  const taken = new Set([
    patientName,
    study?.column.name ?? "",
    site?.column.name ?? "",
    ...timeColumns,
    ...endpoints.used,
    arm?.kind === "column" ? arm.column : "",
  ]);
  const draft: MappingSpec = {
    format: "understudy-mapping/1",
    name: table.label === "" ? table.name : table.label,
    role: options.role ?? "historical-control",
    origin: options.origin ?? "real",
    patient: { column: patientName },
    study: study === null ? { kind: "constant", value: table.name } : { kind: "column", column: study.column.name },
    site: site === null ? null : { column: site.column.name },
    time: time?.time ?? { kind: "day", column: "", unit: "days", convention: "zero-based" },
    visits: time?.visits ?? [],
    layout: endpoints.layout,
    endpoints: endpoints.endpoints,
    baseline: { flag: suggestFlag(profiles, notes), column: endpoints.baselineColumn },
    arm: arm ?? { kind: "pooled-control", reason: "", arm: { id: "control", label: "Control", role: "control" } },
    covariates:
      patient === null ? [] : suggestCovariates(profiles, taken, patientName.toUpperCase() === "USUBJID", notes),
    events: [],
    followUpDayColumn: null,
    include: null,
    rowFilter: suggestRowFilter(all, profiles, notes),
    missingText: [],
  };
  const hasBaseline =
    draft.baseline.flag !== null ||
    draft.baseline.column !== null ||
    draft.time.kind === "day" ||
    draft.time.baselineValues.length > 0;
  if (!hasBaseline)
    notes.require(
      "baseline",
      "Nothing says what the baseline is: name a flag, a baseline column, or the visit that means baseline.",
    );
  const isComplete = mappingSpecSchema.safeParse(draft).success && !notes.gaps.some((gap) => gap.isRequired);
  return { draft, isComplete, reasons: notes.reasons, gaps: notes.gaps };
}

/** Wide files are common and cannot be mapped: there is no record a visit. */
function describeMissingTime(table: RawTable, patient: RawColumn | null, profiles: readonly ColumnProfile[]): string {
  const ask = "Name the column with the study day or the visit of each record.";
  const ofVisits = profiles.map((profile) => profile.column.name).filter((name) => NAMED_AFTER_VISIT.test(name));
  if (patient === null || ofVisits.length < 2) return ask;
  const ids = Array.from({ length: table.rowCount }, (_, row) => cellText(patient, row));
  if (new Set(ids).size < ids.length) return ask;
  return `The file has one row a patient and its visits side by side (${listed(ofVisits, 6)}). Bring it into long form, one row a patient and visit with a column for the day or the visit, and import that.`;
}

function suggestFlag(profiles: readonly ColumnProfile[], notes: SuggestionNotes): MappingSpec["baseline"]["flag"] {
  const flag = findProfile(
    profiles.filter((profile) => profile.levels.includes("Y")),
    ["ABLFL", /^[A-Z]{2}(BLFL|LOBXFL)$/i],
  );
  if (flag === null) return null;
  notes.because("baseline.flag.column", flag.column.name, "CDISC baseline flag.");
  return { column: flag.column.name, value: "Y" };
}

function suggestRowFilter(
  table: RawTable,
  profiles: readonly ColumnProfile[],
  notes: SuggestionNotes,
): MappingSpec["rowFilter"] {
  const filters: MappingSpec["rowFilter"] = [];
  const analysis = findProfile(
    profiles.filter((profile) => profile.levels.includes("Y")),
    ["ANL01FL"],
  );
  if (analysis !== null && hasBlank(table, analysis)) {
    filters.push({ column: analysis.column.name, keep: ["Y"] });
    notes.because(
      `rowFilter.${filters.length - 1}`,
      analysis.column.name,
      "CDISC analysis flag: of several records of a visit it marks the one to analyse.",
    );
  }
  const derived = findProfile(
    profiles.filter((profile) => profile.levels.length > 0),
    ["DTYPE"],
  );
  if (derived !== null) {
    filters.push({ column: derived.column.name, keep: [""] });
    notes.because(
      `rowFilter.${filters.length - 1}`,
      derived.column.name,
      `CDISC derivation type: imputed records (${derived.levels.join(", ")}) are left out, because only observed values may train a model.`,
    );
  }
  return filters;
}

function hasBlank(table: RawTable, profile: ColumnProfile): boolean {
  return Array.from({ length: table.rowCount }, (_, row) => cellText(profile.column, row)).some((text) => text !== "Y");
}
