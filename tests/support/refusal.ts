import { ZodError } from "zod";
import { DomainError } from "../../lib/errors/domain-error.ts";

export interface Refusal {
  readonly argument: string;
  readonly message: string;
}

/** How an input is refused: by its schema, or by the method; null when it is not. */
export function refusalOf(make: () => unknown): Refusal | null {
  try {
    make();
    return null;
  } catch (error) {
    if (error instanceof DomainError) return { argument: error.detail.argument, message: error.message };
    if (error instanceof ZodError) {
      const [issue] = error.issues;
      return { argument: issue?.path.join(".") ?? "", message: issue?.message ?? "" };
    }
    throw error;
  }
}
