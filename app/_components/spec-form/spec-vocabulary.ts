/** Names that a specification may use, by what a field asks for. */
export interface SpecVocabulary {
  readonly endpoints: readonly SpecOption[];
  readonly visits: readonly SpecOption[];
  readonly covariates: readonly SpecOption[];
  readonly arms: readonly SpecOption[];
  readonly eventKinds: readonly SpecOption[];
  /** Chosen where a new specification asks for one endpoint or visit. */
  readonly primary: { readonly endpoint: string; readonly visit: string };
}

export interface SpecOption {
  readonly value: string;
  readonly label: string;
}

/** What the name of a field asks for; null when it asks for free text. */
export function optionsFor(key: string, vocabulary: SpecVocabulary | null): readonly SpecOption[] | null {
  if (vocabulary === null) return null;
  if (/endpoint/i.test(key)) return vocabulary.endpoints;
  if (/covariate|^strat|factor|exposure|cluster|weights/i.test(key)) return vocabulary.covariates;
  if (/visit|averageOver/i.test(key)) return vocabulary.visits;
  if (/event|reason/i.test(key)) return vocabulary.eventKinds;
  if (/\barm|arms?$|reference/i.test(key)) return vocabulary.arms;
  return null;
}

/** What a new specification starts with in a field that has no default. */
export function firstChoice(key: string, vocabulary: SpecVocabulary | null): string {
  if (vocabulary === null) return "";
  if (/endpoint/i.test(key)) return vocabulary.primary.endpoint;
  if (/visit/i.test(key)) return vocabulary.primary.visit;
  return optionsFor(key, vocabulary)?.[0]?.value ?? "";
}
