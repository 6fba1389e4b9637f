import { z } from "zod";
import { memberRoles } from "../../drizzle/schema/auth.ts";

export const roleSchema = z.enum(memberRoles);
export type Role = z.infer<typeof roleSchema>;

const everyone: readonly Role[] = memberRoles;

/** Who may do what. Reading inside one's workspace needs no permission. */
export const permissions = {
  "study.create": ["sponsor", "statistician", "admin"],
  "study.write": ["statistician", "admin"],
  "data.import": ["statistician", "admin"],
  "model.train": ["statistician", "admin"],
  "simulation.run": ["statistician", "admin"],
  "analysis.write": ["statistician", "admin"],
  "design.write": ["sponsor", "statistician", "admin"],
  "job.cancel": ["sponsor", "statistician", "regulatory", "admin"],
  "dossier.build": ["statistician", "regulatory", "admin"],
  "dossier.sign": everyone,
  /** The point itself names the role that may answer it. */
  "checklist.attest": everyone,
  "dossier.lock": everyone,
  "members.manage": ["admin"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;

export const permissionSchema = z.enum(Object.keys(permissions) as [Permission, ...Permission[]]);

export function roleMay(role: Role, permission: Permission): boolean {
  return (permissions[permission] as readonly Role[]).includes(role);
}
