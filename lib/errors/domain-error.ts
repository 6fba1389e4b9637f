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

/**
 * Does a computation whose refusals name columns or matrices, and lets them name the fields that a user knows.
 *
 * @param fields - Field of the specification by the first part of the argument that a refusal names; others stay.
 */
export function namingFields<T>(fields: Readonly<Record<string, string>>, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const field = fields[error.detail.argument.split(".")[0]!];
    throw field === undefined ? error : new DomainError(error.code, { ...error.detail, argument: field });
  }
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
