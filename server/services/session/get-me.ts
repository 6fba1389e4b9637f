import { eq } from "drizzle-orm";
import { member, workspace } from "../../../drizzle/schema/index.ts";
import { refusalOf } from "../../auth/authorized.ts";
import { permissionSchema, type Role } from "../../auth/permissions.ts";
import type { ServiceContext } from "../context.ts";
import { ServiceError } from "../errors.ts";
import type { Me } from "./session-schemas.ts";

export async function getMe(ctx: ServiceContext): Promise<Me> {
  const userId = signedInUser(ctx);
  const [row] = await ctx.db
    .select({ member, workspaceName: workspace.name })
    .from(member)
    .innerJoin(workspace, eq(workspace.id, member.workspaceId))
    .where(eq(member.id, userId));
  if (row === undefined) throw new ServiceError("UNAUTHENTICATED", "Please sign in.");
  return {
    userId,
    name: row.member.name,
    email: row.member.email,
    role: row.member.role,
    refusals: refusalsOf(row.member.role),
    workspaceId: row.member.workspaceId,
    workspaceName: row.workspaceName,
    temporaryPassword: row.member.temporaryPassword,
    storage: ctx.storage,
  };
}

function refusalsOf(role: Role): Me["refusals"] {
  return Object.fromEntries(
    permissionSchema.options.flatMap((permission) => {
      const refusal = refusalOf(role, permission);
      return refusal === null ? [] : [[permission, refusal]];
    }),
  );
}

/** Id of the person who acts; the program itself has no account. */
export function signedInUser(ctx: ServiceContext): string {
  if (ctx.actor.kind === "user") return ctx.actor.userId;
  throw new ServiceError("FORBIDDEN", "Only a signed-in person can do this.");
}
