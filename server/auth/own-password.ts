import { ServiceError } from "../services/errors.ts";
import type { Actor } from "./actor.ts";

/** Refuses everything to a person whose password somebody else knows: it was given, not chosen. */
export function assertOwnPassword(actor: Actor): void {
  if (actor.kind === "user" && actor.temporaryPassword) {
    throw new ServiceError(
      "FORBIDDEN",
      "Your password was given to you by an administrator, who knows it. Choose your own first: reload the page, and it asks for one.",
    );
  }
}
