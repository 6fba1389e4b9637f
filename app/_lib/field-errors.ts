import { TRPCClientError } from "@trpc/client";

/** What a failed request says: the sentence, and the fields it marks by their dotted path. */
export interface ReadableFailure {
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** The sentences a person reads for any failed request; nothing internal passes. */
export function readFailure(error: unknown): ReadableFailure {
  if (!(error instanceof TRPCClientError)) {
    return { message: error instanceof Error ? error.message : "The request failed. Try again.", fields: {} };
  }
  const data: unknown = error.data;
  if (data === undefined || data === null) {
    return { message: "The server did not answer. Check that it is running, then try again.", fields: {} };
  }
  return { message: error.message, fields: fieldsOf(data) };
}

/** Whether the server says that there is no such thing; an id that cannot be one names nothing either. */
export function isNotFound(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return false;
  const data: unknown = error.data;
  if (typeof data !== "object" || data === null || !("code" in data)) return false;
  const marked = Object.keys(fieldsOf(data));
  return (
    data.code === "NOT_FOUND" ||
    (data.code === "BAD_REQUEST" && marked.length > 0 && marked.every((field) => field.endsWith("Id")))
  );
}

function fieldsOf(data: unknown): Record<string, string> {
  const fields: Record<string, string> = {};
  if (typeof data !== "object" || data === null || !("detail" in data)) return fields;
  const detail: unknown = data.detail;
  if (typeof detail !== "object" || detail === null || !("fields" in detail) || !Array.isArray(detail.fields))
    return fields;
  for (const field of detail.fields as readonly { argument?: unknown; requirement?: unknown }[]) {
    if (typeof field.argument === "string" && typeof field.requirement === "string") {
      fields[field.argument] = field.requirement;
    }
  }
  return fields;
}
