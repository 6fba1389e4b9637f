import { type ColumnProfile, findProfile } from "./column-profile.ts";
import type { MappingSpec } from "./mapping-spec.ts";
import { listed } from "./sentence.ts";
import { identifier } from "./suggest-endpoints.ts";
import type { SuggestionNotes } from "./suggestion-notes.ts";

const ARM_NAMES = [
  "TRTP",
  "TRT01P",
  "ARM",
  "ACTARM",
  "TRTA",
  "TRT01A",
  "TRT",
  "TREATMENT",
  "THERAPY",
  /^(trt|treat|arm|therapy|group|drug)/i,
];
const CONTROL =
  /placebo|^pbo?$|^ctr?l$|control|sham|vehicle|standard|^soc$|usual care|no treatment|untreated|comparator/i;
/** Screen failures and patients without treatment are no arm. */
const NOT_AN_ARM = /screen fail|not (treated|assigned|randomi[sz]ed)/i;
const MOST_ARMS = 10;

/** Guesses the arms and which of them is the control; null when no column holds them. */
export function suggestArms(profiles: readonly ColumnProfile[], notes: SuggestionNotes): MappingSpec["arm"] | null {
  const profile = findProfile(
    profiles.filter(
      (each) => each.levels.length <= MOST_ARMS && each.levels.length > 0 && each.isConstantWithinPatient,
    ),
    ARM_NAMES,
  );
  if (profile === null) return null;
  const { name } = profile.column;
  const levels = profile.levels.filter((level) => !NOT_AN_ARM.test(level));
  const isCdisc = /^(TRTP|TRT01P|ARM|ACTARM|TRTA|TRT01A)$/i.test(name);
  notes.because(
    "arm.column",
    name,
    isCdisc ? "CDISC treatment variable." : "Its name says that it holds the treatment.",
  );
  const named = levels.filter((level) => CONTROL.test(level));
  const isCoded = named.length === 0 && levels.includes("0");
  const controls = named.length > 0 ? named : isCoded ? ["0"] : [];
  if (named.length > 0)
    notes.because("arm.arms", name, `${listed(named.map((level) => `"${level}"`))} names a control.`);
  else if (isCoded)
    notes.confirm("arm.arms", `Code 0 of ${name} was taken for the control. Check it, and name the arms.`);
  else
    notes.require(
      "arm.arms",
      `Say which value of ${name} is the control: ${listed(levels.map((level) => `"${level}"`))}.`,
    );
  const ids = new Set<string>();
  return {
    kind: "column",
    column: name,
    arms: levels.map((value) => {
      let id = identifier(/^[^A-Za-z]/.test(value) ? `arm_${value}` : value);
      while (ids.has(id)) id = `${id.slice(0, 38)}_2`;
      ids.add(id);
      return {
        value,
        arm: {
          id,
          label: value.slice(0, 120),
          role: controls.includes(value) ? ("control" as const) : ("experimental" as const),
        },
      };
    }),
  };
}
