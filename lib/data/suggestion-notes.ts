/** Why a column was taken for a field of the mapping. */
export interface SuggestionReason {
  /** Dotted path in the mapping, e.g. "patient.column". */
  readonly field: string;
  readonly column: string;
  readonly reason: string;
}

/** What the user has to say or confirm before the mapping can be used. */
export interface SuggestionGap {
  readonly field: string;
  readonly message: string;
  /** True when the mapping cannot be used without it; false when a guess stands there that should be confirmed. */
  readonly isRequired: boolean;
}

export interface SuggestionNotes {
  readonly reasons: SuggestionReason[];
  readonly gaps: SuggestionGap[];
  because(field: string, column: string, reason: string): void;
  require(field: string, message: string): void;
  confirm(field: string, message: string): void;
}

/** Empty notes. */
export function createSuggestionNotes(): SuggestionNotes {
  const reasons: SuggestionReason[] = [];
  const gaps: SuggestionGap[] = [];
  return {
    reasons,
    gaps,
    because: (field, column, reason) => reasons.push({ field, column, reason }),
    require: (field, message) => gaps.push({ field, message, isRequired: true }),
    confirm: (field, message) => gaps.push({ field, message, isRequired: false }),
  };
}
