import type { SizingSpec } from "../../../../lib/sizing/sizing-document.ts";

/** The numbers a person may change, in the order of the form. */
export const sizingFields = [
  "effect",
  "standardDeviation",
  "power",
  "oneSidedAlpha",
  "randomizationRatio",
  "margin",
  "dropout",
  "rSquaredAncova",
  "rSquaredWithScore",
  "correlationDeflation",
  "controlSdInflation",
  "covariatesInAncova",
] as const;
export type SizingField = (typeof sizingFields)[number];

export interface FieldText {
  readonly label: string;
  readonly help: string;
  readonly step: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

export const fieldTexts: Readonly<Record<SizingField, FieldText>> = {
  effect: { label: "Effect", help: "Experimental minus control, on the analysis scale; the sign is kept.", step: 0.1 },
  standardDeviation: {
    label: "SD under control",
    help: "SD of the outcome at the visit, analysis scale.",
    step: 0.1,
    minimum: 0,
  },
  power: {
    label: "Power",
    help: "Probability of success if the effect is true.",
    step: 0.05,
    minimum: 0.01,
    maximum: 0.999,
  },
  oneSidedAlpha: {
    label: "One-sided α",
    help: "Type I error, one-sided.",
    step: 0.005,
    minimum: 0.0001,
    maximum: 0.49,
  },
  randomizationRatio: {
    label: "Randomisation ratio",
    help: "Experimental : control; 2 means two treated for each control.",
    step: 0.5,
    minimum: 0.05,
  },
  margin: {
    label: "Margin",
    help: "Benefit that must be exceeded, on the analysis scale; 0 tests for any benefit.",
    step: 0.1,
    minimum: 0,
  },
  dropout: {
    label: "Dropout",
    help: "Proportion of patients without the endpoint at the visit.",
    step: 0.05,
    minimum: 0,
    maximum: 0.95,
  },
  rSquaredAncova: {
    label: "R² of ANCOVA",
    help: "Share of the variance explained by baseline value and strata.",
    step: 0.05,
    minimum: 0,
    maximum: 0.99,
  },
  rSquaredWithScore: {
    label: "R² of ANCOVA + twin score",
    help: "The same analysis with the prognostic score added.",
    step: 0.05,
    minimum: 0,
    maximum: 0.99,
  },
  correlationDeflation: {
    label: "Deflation λ",
    help: "Multiplies the correlation of every adjusted analysis: R² counts as λ²R². 1 trusts the model fully.",
    step: 0.05,
    minimum: 0.05,
    maximum: 1,
  },
  controlSdInflation: {
    label: "Inflation γ",
    help: "Multiplies the control SD in all three analyses. 1 trusts the history fully.",
    step: 0.05,
    minimum: 1,
  },
  covariatesInAncova: {
    label: "Covariates in ANCOVA",
    help: "Degrees of freedom spent on baseline value and strata.",
    step: 1,
    minimum: 0,
  },
};

type Hypothesis = NonNullable<SizingSpec["hypothesis"]>;

export const hypothesisWords: Readonly<Record<Hypothesis, string>> = {
  superiority: "superiority: better than control",
  "non-inferiority": "non-inferiority: not worse by the margin",
};

/** What a margin means depends on what is to be shown. */
export function textOf(field: SizingField, hypothesis: SizingSpec["hypothesis"]): FieldText {
  if (field !== "margin" || hypothesis !== "non-inferiority") return fieldTexts[field];
  return {
    label: "Non-inferiority margin",
    help: "Loss against control that is tolerated, on the analysis scale, above 0; chosen on clinical grounds.",
    step: 0.1,
    minimum: 0,
  };
}

/** Words of the form for the field paths that a refusal names. */
export function namesOfFields(hypothesis: SizingSpec["hypothesis"]): Readonly<Record<string, string>> {
  return Object.fromEntries(sizingFields.map((field) => [`${field}.value`, textOf(field, hypothesis).label]));
}

type Params = { get(key: string): string | null };

/** Visits before randomisation that the address asks for. */
export function runInVisitsOf(params: Params): 0 | 1 | 2 {
  const text = params.get("runIn");
  return text === "1" ? 1 : text === "2" ? 2 : 0;
}

/** The defaults with what the person typed, which stands in the address; a typed value is marked `user`. */
export function withTyped(defaults: SizingSpec, params: Params): SizingSpec {
  const typed: Partial<Record<SizingField, SizingSpec[SizingField]>> = {};
  for (const field of sizingFields) {
    const text = params.get(field);
    const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
    if (Number.isFinite(value)) typed[field] = { value, source: "user", note: "Typed in on the sizing page." };
  }
  // A typed R² has no interval of the model around it.
  const limits = typed.rSquaredWithScore === undefined ? defaults.rSquaredWithScoreLimits : null;
  const hypothesis = params.get("hypothesis") === "non-inferiority" ? "non-inferiority" : defaults.hypothesis;
  return {
    ...defaults,
    ...typed,
    rSquaredWithScoreLimits: limits,
    ...(hypothesis === undefined ? {} : { hypothesis }),
  };
}

/** The inputs a person chose and typed, as the address that shows them again. */
export function addressOf(spec: SizingSpec): string {
  const query = new URLSearchParams(
    sizingFields
      .filter((field) => spec[field].source === "user")
      .map((field): [string, string] => [field, String(spec[field].value)]),
  );
  if (spec.hypothesis === "non-inferiority") query.set("hypothesis", spec.hypothesis);
  if (spec.runIn !== undefined && spec.runIn.visits > 0) query.set("runIn", String(spec.runIn.visits));
  return query.size === 0 ? "" : `?${query}`;
}
