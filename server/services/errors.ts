/** Closed set of reasons for which a service refuses. */
export type ServiceErrorCode =
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "CONFLICT"
  | "INVALID"
  | "TOO_LARGE"
  | "TOO_MANY_REQUESTS"
  | "UNAVAILABLE";

export interface ServiceErrorDetail {
  /** Dotted path of the input at fault; a form marks this field. */
  readonly argument: string;
  readonly requirement: string;
}

/** A refusal whose message the user may read. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code: ServiceErrorCode;
  readonly detail: ServiceErrorDetail | null;

  constructor(code: ServiceErrorCode, message: string, detail: ServiceErrorDetail | null = null) {
    super(message);
    this.code = code;
    this.detail = detail;
  }
}

/** The same answer whether a thing does not exist or belongs to another workspace. */
export function notFound(what: string): ServiceError {
  return new ServiceError("NOT_FOUND", `There is no such ${what} in this workspace.`);
}
