import type { Role } from "./permissions.ts";

/** Who acts: a signed-in member, or the program itself on behalf of a workspace. */
export type Actor =
  | {
      readonly kind: "user";
      readonly userId: string;
      readonly name: string;
      readonly email: string;
      readonly role: Role;
      readonly workspaceId: string;
      /** True until the person has replaced the password that somebody gave them. */
      readonly temporaryPassword: boolean;
    }
  | {
      readonly kind: "system";
      /** What is printed, e.g. "Understudy for Ada Lovelace <ada@example.org>". */
      readonly name: string;
      readonly workspaceId: string;
    };

/** Name under which an actor stands in the audit trail and on rows. */
export function actorLabel(actor: Actor): string {
  return actor.kind === "user" ? `${actor.name} <${actor.email}>` : actor.name;
}

export function actorRole(actor: Actor): string {
  return actor.kind === "user" ? actor.role : "system";
}
