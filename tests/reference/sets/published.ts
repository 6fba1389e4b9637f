import { z } from "zod";
import type { ImputationStrategy } from "../../../lib/analysis/missing-data/imputation-strategy.ts";
import { normalDensity, normalUpperQuantile } from "../../../lib/numerics/normal.ts";
import type { ReferenceCase } from "../runner/reference-file.ts";
import type { ReferenceLeaf, ReferenceSet } from "../runner/reference-set.ts";
import { UnknownCaseError } from "../runner/unknown-case-error.ts";
import { completeCaseMmrm, IMPUTATIONS, imputedEffect } from "./published-imputation.ts";
import {
  drugTrial,
  fevListings,
  geMacro,
  lungLogRank,
  margins,
  mayoModel,
  pbcLogRank,
  sleepstudy,
} from "./published-models.ts";
import { pilotGlucose, pilotTable } from "./published-pilot.ts";
import { pilotRepeatedMeasures, pilotWeek24 } from "./published-pilot-mixed.ts";

/** How the numbers of one publication are computed from its data, and how many decimals it prints. */
interface Publication {
  readonly id: RegExp;
  readonly compute: (item: ReferenceCase) => unknown;
  /** Decimals printed where trailing zeros hide them in the file; null for those of the number itself. */
  readonly decimals?: (path: string) => number | null;
  /** Deviation allowed for numbers that came from random draws. */
  readonly monteCarlo?: (leaf: ReferenceLeaf) => number | null;
}

const PILOT_DECIMALS = (path: string) => {
  if (/^p_/.test(path)) return 3;
  return /\.se$/.test(path) ? 2 : 1;
};

const PUBLICATIONS: readonly Publication[] = [
  { id: /table 14-3\.01|pilot 3 primary/, compute: () => pilotTable(24, "adas"), decimals: PILOT_DECIMALS },
  { id: /table 14-3\.02/, compute: () => pilotTable(24, "cibic"), decimals: PILOT_DECIMALS },
  { id: /table 14-3\.05/, compute: () => pilotTable(16, "adas"), decimals: PILOT_DECIMALS },
  { id: /table 14-3\.11/, compute: pilotRepeatedMeasures, decimals: PILOT_DECIMALS },
  {
    id: /14-3\.11 correct week-24/,
    compute: pilotWeek24,
    decimals: (path) => (path.startsWith("se_") ? 2 : 4),
  },
  {
    id: /glucose week 20/,
    compute: pilotGlucose,
    decimals: (path) => (path.startsWith("n_") ? 0 : path === "p" ? 3 : path === "rmse" ? null : 2),
  },
  { id: /complete-case MMRM week 7/, compute: completeCaseMmrm, decimals: (path) => (path === "p" ? 4 : 3) },
  { id: /reference-based MI/, compute: imputedRows, monteCarlo: imputedTolerance },
  { id: /rbmi quickstart/, compute: quickstart, monteCarlo: quickstartTolerance },
  { id: /Margins macro trial01/, compute: margins },
  { id: /Ge macro trial01/, compute: geMacro },
  { id: /pbc Mayo/, compute: mayoModel },
  { id: /pbc D-penicillamine/, compute: pbcLogRank },
  { id: /lung log-rank/, compute: lungLogRank },
  { id: /sleepstudy/, compute: sleepstudy },
  { id: /CAMIS ANCOVA drug_trial/, compute: drugTrial },
  { id: /SAS PROC MIXED on fev_data/, compute: fevListings, decimals: () => 1 },
];

function publicationOf(item: ReferenceCase): Publication {
  const found = PUBLICATIONS.find(({ id }) => id.test(item.id));
  if (found === undefined) throw new UnknownCaseError(`no method for the publication ${item.id}`);
  return found;
}

/** Numbers printed in tables, listings and vignettes, computed again from their data. */
export const publishedSet: ReferenceSet = {
  files: /^published/,
  evaluate: (item) => publicationOf(item).compute(item),
  tolerance: (leaf) => {
    const publication = publicationOf(leaf.item);
    const drawn = publication.monteCarlo?.(leaf);
    if (drawn !== undefined && drawn !== null) return drawn;
    const decimals = publication.decimals?.(leaf.path) ?? decimalsOf(leaf.expected);
    // The last bits of the printed number must not decide about a tie.
    return 0.5 * 10 ** -decimals * (1 + 1e-9);
  },
  notCompared: [
    { path: /^title$/, reason: "title of the table" },
    { path: /^\d+\.(method|M)$/, reason: "what the row is of, not a result" },
  ],
};

function decimalsOf(value: number): number {
  const [digits = "", exponent = "0"] = String(value).split("e");
  return (digits.split(".")[1]?.length ?? 0) - Number(exponent);
}

const rowsSchema = z.array(z.object({ method: z.enum(["MAR", "JR", "CR", "CIR", "LMCF"]), M: z.number() }));

function imputedRows(item: ReferenceCase) {
  const rows = rowsSchema.parse(item.values);
  const byStrategy = new Map<ImputationStrategy, ReturnType<typeof imputedEffect>>();
  return rows.map(({ method }) => {
    const computed = byStrategy.get(method) ?? imputedEffect(method, true);
    byStrategy.set(method, computed);
    const { estimate, standardError, interval, twoSidedPValue } = computed.inference;
    return { est: estimate, se: standardError, ci: [interval.lower, interval.upper], p: twoSidedPValue };
  });
}

/** The vignette's treatment effect is placebo minus drug. */
function quickstart() {
  const { estimate, interval, twoSidedPValue } = imputedEffect("JR", false).inference;
  return { diff_week7_placebo_minus_drug: -estimate, ci: [-interval.upper, -interval.lower], p: twoSidedPValue };
}

/** Variance between imputations of the effect in this trial, as computed here, for the Monte Carlo error of printed numbers. */
const BETWEEN: Readonly<Record<ImputationStrategy, number>> = {
  MAR: 0.177,
  JR: 0.163,
  CR: 0.141,
  CIR: 0.163,
  LMCF: 0.163,
};

/** Four Monte Carlo standard errors of printed minus computed, and half a unit of the last digit. */
function monteCarloTolerance(
  quantity: string,
  strategy: ImputationStrategy,
  imputations: number,
  se: number,
  p: number,
  decimals: number,
): number {
  const between = BETWEEN[strategy];
  const runs = 1 / imputations + 1 / IMPUTATIONS;
  const ofEstimate = Math.sqrt(between * runs);
  const ofSe = (between * Math.sqrt(2 * runs)) / (2 * se);
  const t = normalUpperQuantile(p / 2);
  const spread: Readonly<Record<string, number>> = {
    est: ofEstimate,
    se: ofSe,
    ci: Math.hypot(ofEstimate, 1.98 * ofSe),
    p: 2 * normalDensity(t) * Math.hypot(ofEstimate / se, (t * ofSe) / se),
  };
  return 4 * (spread[quantity] ?? 0) + 0.5 * 10 ** -decimals;
}

function imputedTolerance({ path, item, expectedAt }: ReferenceLeaf): number {
  const [row = "0", quantity = ""] = path.split(".");
  const printed = (name: string) => Number(expectedAt(`${row}.${name}`));
  const { method, M } = rowsSchema.parse(item.values)[Number(row)]!;
  return monteCarloTolerance(quantity, method, M, printed("se"), printed("p"), quantity === "p" ? 4 : 3);
}

const QUICKSTART_IMPUTATIONS = 150;

function quickstartTolerance({ path, expectedAt }: ReferenceLeaf): number {
  const [lower, upper] = [Number(expectedAt("ci.0")), Number(expectedAt("ci.1"))];
  const quantity = path === "p" ? "p" : path.startsWith("ci") ? "ci" : "est";
  return monteCarloTolerance(
    quantity,
    "JR",
    QUICKSTART_IMPUTATIONS,
    (upper - lower) / (2 * 1.98),
    Number(expectedAt("p")),
    3,
  );
}
