/** A reason why the program cannot start or run a command: one sentence for the person at the terminal. */
export class StartupError extends Error {
  override readonly name = "StartupError";
}

/** The sentence for a terminal; unexpected errors keep their stack. */
export function describeStartupError(error: unknown): string {
  if (error instanceof StartupError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
