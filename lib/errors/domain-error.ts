/** Closed set of reasons for which the engine refuses an input or cannot answer. */
export type DomainErrorCode =
  | "INVALID_INPUT"
  | "INSUFFICIENT_DATA"
  | "NOT_ESTIMABLE"
  | "NOT_CONVERGED"
  | "UNSUPPORTED_COMBINATION";

export interface DomainErrorDetail {
  /** Dotted path of the argument at fault; a form marks this field. */
  readonly argument: string;
  /** What was given; never a patient-level record. */
  readonly received: string | number | boolean | null | readonly number[];
  /** What is required, in the field's words. */
  readonly requirement: string;
  /** What the user can do next. */
  readonly hint?: string;
}

/** Thrown for inadmissible input; the message reads: argument requirement; received value. Hint. */
export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly code: DomainErrorCode;
  readonly detail: DomainErrorDetail;

  constructor(code: DomainErrorCode, detail: DomainErrorDetail) {
    super(describeDomainError(detail));
    this.code = code;
    this.detail = detail;
  }
}

/** One sentence (plus hint) from a detail. */
export function describeDomainError(detail: DomainErrorDetail): string {
  const received = Array.isArray(detail.received) ? `[${detail.received.join(", ")}]` : String(detail.received);
  const sentence = `${detail.argument} ${detail.requirement}; received ${received}.`;
  return detail.hint === undefined ? sentence : `${sentence} ${detail.hint}`;
}

/** Shorthand for the most frequent refusal. */
export function invalidInput(
  argument: string,
  received: DomainErrorDetail["received"],
  requirement: string,
  hint?: string,
): DomainError {
  return new DomainError(
    "INVALID_INPUT",
    hint === undefined ? { argument, received, requirement } : { argument, received, requirement, hint },
  );
}
