import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import type { StudySpecification } from "../../../../../lib/trial/study-specification.ts";
import { alignArms } from "./align-with-study.ts";

export interface UploadedColumn {
  readonly name: string;
  readonly label: string;
  readonly kind: string;
  readonly firstValues: readonly string[];
}

export interface UploadedTable {
  readonly name: string;
  readonly label: string;
  readonly format: string;
  readonly rowCount: number;
  readonly columns: readonly UploadedColumn[];
}

export interface UploadedFile {
  readonly fileName: string;
  readonly fileBytes: number;
  readonly fileHash: string;
}

/** What POST /api/uploads answers. */
export interface Upload extends UploadedFile {
  readonly uploadId: string | null;
  readonly table: UploadedTable | null;
  /** File with one row a patient that is joined; null without. */
  readonly subjects: (UploadedFile & { readonly table: UploadedTable }) | null;
  readonly suggestion: {
    readonly mapping: Partial<MappingSpec>;
    readonly reasons: readonly { readonly field: string; readonly why: string }[];
    readonly missing: readonly string[];
    readonly toConfirm: readonly { readonly field: string; readonly question: string }[];
  } | null;
  readonly problems: readonly {
    row: number | null;
    line: number | null;
    column: string | null;
    code: string;
    message: string;
  }[];
  readonly omitted: number;
}

/** Columns that a mapping may name: those of the data file, then those that the patient-level file adds. */
export function mappableColumns(upload: Upload): readonly UploadedColumn[] {
  const own = upload.table?.columns ?? [];
  const names = new Set(own.map(({ name }) => name.toUpperCase()));
  return [...own, ...(upload.subjects?.table.columns ?? []).filter(({ name }) => !names.has(name.toUpperCase()))];
}

/** A draft with what a patient-level file adds to it: site, arm and characteristics that stand in its columns alone. */
export function withSubjects(draft: MappingSpec, recognised: Partial<MappingSpec>, upload: Upload): MappingSpec {
  const own = new Set(upload.table?.columns.map(({ name }) => name.toUpperCase()));
  const isAdded = (column: string) => column !== "" && !own.has(column.toUpperCase());
  const known = new Set(draft.covariates.flatMap(({ id, column }) => [id, column.toUpperCase()]));
  const { site, arm } = recognised;
  return {
    ...draft,
    site: draft.site ?? (site !== undefined && site !== null && isAdded(site.column) ? site : null),
    arm: draft.arm.kind === "column" && draft.arm.column === "" && arm?.kind === "column" ? arm : draft.arm,
    covariates: [
      ...draft.covariates,
      ...(recognised.covariates ?? []).filter(
        ({ id, column }) => isAdded(column) && !known.has(id) && !known.has(column.toUpperCase()),
      ),
    ],
  };
}

/**
 * The recognised part of a mapping, completed from the study so that every field of the form has something to show.
 * Endpoints, visits and arms are those of the study: what was recognised only says where they stand in the file.
 */
export function completeDraft(
  recognised: Partial<MappingSpec>,
  study: StudySpecification,
  fileName: string,
): MappingSpec {
  const control = study.arms.find((arm) => arm.role === "control") ?? study.arms[0]!;
  return {
    format: "understudy-mapping/1",
    name: recognised.name ?? fileName.replace(/\.[^.]+$/, ""),
    role: recognised.role ?? "historical-control",
    origin: recognised.origin ?? study.dataOrigin,
    patient: recognised.patient ?? { column: "" },
    study: recognised.study ?? { kind: "constant", value: fileName.replace(/\.[^.]+$/, "") },
    site: recognised.site ?? null,
    time: studyTime(recognised, study),
    visits: speaksOfStudy(recognised, study) ? recognised.visits : study.visits,
    layout: recognised.layout ?? { kind: "endpoint-columns" },
    endpoints: studyEndpoints(recognised.endpoints ?? [], study),
    baseline: recognised.baseline ?? { flag: null, column: null },
    arm: studyArms(recognised.arm ?? { kind: "column", column: "", arms: [{ value: "", arm: control }] }, study),
    covariates: recognised.covariates ?? [],
    events: recognised.events ?? [],
    followUpDayColumn: recognised.followUpDayColumn ?? null,
    include: recognised.include ?? null,
    rowFilter: recognised.rowFilter ?? [],
    missingText: recognised.missingText ?? [],
  };
}

type Recognised = Partial<MappingSpec>;

/** Whether the visits recognised are the study's own, by identifier. */
function speaksOfStudy(
  recognised: Recognised,
  study: StudySpecification,
): recognised is Recognised & Pick<MappingSpec, "visits"> {
  const known = new Set(study.visits.map(({ id }) => id));
  return recognised.visits?.every(({ id }) => known.has(id)) === true;
}

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");

/** The study's endpoints, each with the column or parameter recognised under its name; a single one with the single one. */
function studyEndpoints(found: MappingSpec["endpoints"], study: StudySpecification): MappingSpec["endpoints"] {
  const own = new Set(study.endpoints.map(({ id }) => id));
  if (found.length > 0 && found.every(({ endpoint }) => own.has(endpoint.id))) return found;
  return study.endpoints.map((endpoint) => {
    const names = [plain(endpoint.id), plain(endpoint.label)];
    const match = found.find((entry) =>
      [entry.source, entry.endpoint.id, entry.endpoint.label].some((name) => names.includes(plain(name))),
    );
    const only = study.endpoints.length === 1 && found.length === 1 ? found[0] : undefined;
    return { endpoint, source: (match ?? only)?.source ?? "" };
  });
}

/** Values that name visits point at the study's visits of the same name or day; the others are for a person to place. */
function studyTime(recognised: Recognised, study: StudySpecification): MappingSpec["time"] {
  const time = recognised.time ?? { kind: "day", column: "", unit: "days", convention: "zero-based" };
  if (time.kind === "day" || speaksOfStudy(recognised, study)) return time;
  const placed = time.visits.map(({ value, visitId }) => {
    const found = recognised.visits?.find(({ id }) => id === visitId);
    const match = study.visits.find(
      (visit) => plain(visit.label) === plain(found?.label ?? "") || visit.targetDay === found?.targetDay,
    );
    return { value, visitId: match?.id ?? "" };
  });
  const known = placed.filter(({ visitId }) => visitId !== "");
  return { ...time, visits: known.length > 0 ? known : placed };
}

/** Values of the arm column point at the study's arms; a pooled cohort keeps its own name. */
function studyArms(arm: MappingSpec["arm"], study: StudySpecification): MappingSpec["arm"] {
  return arm.kind === "column" ? alignArms(arm, study.arms) : arm;
}
