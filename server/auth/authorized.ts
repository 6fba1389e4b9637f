import { ServiceError } from "../services/errors.ts";
import type { Actor } from "./actor.ts";
import { type Permission, permissionSchema, permissions, type Role, roleMay } from "./permissions.ts";

declare const proof: unique symbol;

/** A value together with the proof that the actor may do `P` with it; only `authorize` makes one. */
export type Authorized<T, P extends Permission> = T & { readonly [proof]: P };

const wording: Record<Permission, string> = {
  "study.create": "create studies",
  "study.write": "change the study",
  "data.import": "import data",
  "model.train": "train models or generate twins",
  "simulation.run": "run simulations",
  "analysis.write": "plan or run analyses",
  "design.write": "change designs, scenarios or sizings",
  "job.cancel": "cancel jobs",
  "dossier.build": "build dossiers",
  "dossier.sign": "sign dossiers",
  "dossier.lock": "lock dossiers",
  "checklist.attest": "answer checklist points",
  "members.manage": "manage members",
};

/** Refuses unless the actor's role has the permission; the program itself may do everything in its workspace. */
export function assertMay(actor: Actor, permission: Permission): void {
  const refusal = actor.kind === "system" ? null : refusalOf(actor.role, permission);
  if (refusal !== null) throw new ServiceError("FORBIDDEN", refusal);
}

/** What a role may do beyond reading, in the words in which it would be refused. */
export function abilitiesOf(role: Role): string[] {
  return permissionSchema.options
    .filter((permission) => roleMay(role, permission))
    .map((permission) => wording[permission]);
}

/** Why a role may not do something, in a sentence for the person; null where it may. */
export function refusalOf(role: Role, permission: Permission): string | null {
  if (roleMay(role, permission)) return null;
  return `Your role (${role}) cannot ${wording[permission]}; this needs: ${permissions[permission].join(", ")}.`;
}

export function authorize<T, P extends Permission>(actor: Actor, permission: P, value: T): Authorized<T, P> {
  assertMay(actor, permission);
  return value as Authorized<T, P>;
}
