import type { ColumnProfile } from "./column-profile.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import { identifier } from "./suggest-endpoints.ts";
import type { SuggestionNotes } from "./suggestion-notes.ts";

type CovariateMapping = MappingSpec["covariates"][number];

/** CDISC variables that are known at time zero, with their units where the standard fixes them. */
const KNOWN: Readonly<
  Record<string, { readonly label: string; readonly unit: string; readonly type: CovariateMapping["type"] }>
> = {
  AGE: { label: "age", unit: "years", type: "continuous" },
  SEX: { label: "sex", unit: "", type: "categorical" },
  RACE: { label: "race", unit: "", type: "categorical" },
  ETHNIC: { label: "ethnicity", unit: "", type: "categorical" },
  MMSETOT: { label: "MMSE total", unit: "points", type: "continuous" },
  BMIBL: { label: "body mass index", unit: "kg/m2", type: "continuous" },
  WEIGHTBL: { label: "weight", unit: "kg", type: "continuous" },
  HEIGHTBL: { label: "height", unit: "cm", type: "continuous" },
  EDUCLVL: { label: "education", unit: "years", type: "continuous" },
  DURDIS: { label: "duration of disease", unit: "months", type: "continuous" },
};

/** Names of what is known only later, of administration, or of another coding of the same thing. */
const NOT_A_COVARIATE =
  /^(.*(id|seq|fl|flag|dt|dtc|dtm|tm|dy|status|event|cens|cnsr|death|dth|surv|outcome|resp|drop|compl|reason|dur|dose).*|fu.*|follow.*|time.*|eos.*|dc.*|trt.*|arm.*|act.*|param.*|visit.*|avisit.*|study.*|site.*|cent(er|re).*|domain|country|inv.*|poolinv|avgdd|anl.*|aw.*|agegr.*|ageu|base.*|.*gr\d*n?|change|chg|pchg)$/i;
/** Columns of a wide file, e.g. Week4, M06_SCORE: values of a visit, known only later. */
export const NAMED_AFTER_VISIT = /^(week|wk|w|month|mo|m|year|yr|visit|vis|v|day|d|t)[ _.]?\d/i;
const MOST_LEVELS = 12;
const MOST_COVARIATES = 12;

/**
 * Guesses the covariates: CDISC variables that are known at time zero, else columns that are the same in every record of
 * a patient and whose names do not speak of time, follow-up, outcome or administration.
 *
 * @param taken - Columns that are mapped to something else.
 * @param isCdisc - Only variables of the standard are taken; its other names are not guessed at.
 */
export function suggestCovariates(
  profiles: readonly ColumnProfile[],
  taken: ReadonlySet<string>,
  isCdisc: boolean,
  notes: SuggestionNotes,
): CovariateMapping[] {
  const free = profiles.filter(
    ({ column, isConstantWithinPatient, filled }) => isConstantWithinPatient && filled > 0 && !taken.has(column.name),
  );
  const known = free.filter(({ column }) => column.name.toUpperCase() in KNOWN);
  const guessed = isCdisc
    ? []
    : free.filter(
        (profile) =>
          !known.includes(profile) &&
          !NOT_A_COVARIATE.test(profile.column.name) &&
          !NAMED_AFTER_VISIT.test(profile.column.name) &&
          isUsable(profile),
      );
  const ids = new Set<string>();
  return [...known, ...guessed].slice(0, MOST_COVARIATES).map((profile) => {
    const { name, label } = profile.column;
    const standard = KNOWN[name.toUpperCase()];
    let id = identifier(name).toLowerCase();
    while (ids.has(id)) id = `${id.slice(0, 38)}_2`;
    ids.add(id);
    const common = { id, label: standard?.label ?? (label === "" ? name : label).slice(0, 120), column: name };
    if (standard === undefined)
      notes.confirm(
        `covariates.${ids.size - 1}`,
        `${name} is the same in every record of a patient. Keep it only if it was known at time zero.`,
      );
    else notes.because(`covariates.${ids.size - 1}`, name, `CDISC variable known at time zero: ${standard.label}.`);
    const isContinuous =
      standard === undefined
        ? profile.isNumber && profile.levels.length > 2
        : standard.type === "continuous" && profile.isNumber;
    return isContinuous
      ? {
          ...common,
          type: "continuous",
          unit: standard?.unit ?? "",
          sourceRange: { minimum: null, maximum: null },
          scale: "identity",
        }
      : { ...common, type: "categorical" };
  });
}

function isUsable(profile: ColumnProfile): boolean {
  if (profile.levels.length < 2) return false;
  return profile.isNumber || (profile.column.kind === "text" && profile.levels.length <= MOST_LEVELS);
}
