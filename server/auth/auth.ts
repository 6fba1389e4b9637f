import { getServerSession } from "next-auth";
import { ServiceError } from "../services/errors.ts";
import type { Actor } from "./actor.ts";
import { authOptions } from "./auth-options.ts";
import type { Role } from "./permissions.ts";

export type SignedIn = Actor & { kind: "user" };

/** The signed-in member of this request, or null. The only door to the authentication library. */
export async function auth(): Promise<SignedIn | null> {
  const session = await getServerSession(authOptions());
  return session?.actor ?? null;
}

/** The signed-in member, who must have one of the roles. */
export async function requireRole(...roles: readonly Role[]): Promise<SignedIn> {
  const actor = await auth();
  if (actor === null) throw new ServiceError("UNAUTHENTICATED", "Please sign in.");
  if (roles.length > 0 && !roles.includes(actor.role)) {
    throw new ServiceError("FORBIDDEN", `Your role (${actor.role}) cannot do this; it needs: ${roles.join(", ")}.`);
  }
  return actor;
}
