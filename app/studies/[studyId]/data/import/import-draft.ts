import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import type { StudySpecification } from "../../../../../lib/trial/study-specification.ts";

export interface UploadedColumn {
  readonly name: string;
  readonly label: string;
  readonly kind: string;
  readonly firstValues: readonly string[];
}

/** What POST /api/uploads answers for a file that could be read. */
export interface Upload {
  readonly uploadId: string | null;
  readonly fileName: string;
  readonly fileBytes: number;
  readonly fileHash: string;
  readonly table: {
    readonly name: string;
    readonly label: string;
    readonly format: string;
    readonly rowCount: number;
    readonly columns: readonly UploadedColumn[];
  } | null;
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

/** The recognised part of a mapping, completed from the study so that every field of the form has something to show. */
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
    time: recognised.time ?? { kind: "day", column: "", unit: "days", convention: "zero-based" },
    visits: recognised.visits ?? study.visits,
    layout: recognised.layout ?? { kind: "endpoint-columns" },
    endpoints: recognised.endpoints ?? study.endpoints.map((endpoint) => ({ endpoint, source: "" })),
    baseline: recognised.baseline ?? { flag: null, column: null },
    arm: recognised.arm ?? { kind: "column", column: "", arms: [{ value: "", arm: control }] },
    covariates: recognised.covariates ?? [],
    events: recognised.events ?? [],
    followUpDayColumn: recognised.followUpDayColumn ?? null,
    include: recognised.include ?? null,
    rowFilter: recognised.rowFilter ?? [],
    missingText: recognised.missingText ?? [],
  };
}
