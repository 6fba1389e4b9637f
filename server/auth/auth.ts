import { getServerSession } from "next-auth";
import { ServiceError } from "../services/errors.ts";
import type { Actor } from "./actor.ts";
import { authOptions } from "./auth-options.ts";
import { assertOwnPassword } from "./own-password.ts";

export type SignedIn = Actor & { kind: "user" };

/** The signed-in member of this request, or null. The only door to the authentication library. */
export async function auth(): Promise<SignedIn | null> {
  const session = await getServerSession(authOptions());
  return session?.actor ?? null;
}

/** The member behind a request for a file: signed in, with a password of their own. */
export async function requestingMember(): Promise<SignedIn> {
  const actor = await auth();
  if (actor === null) throw new ServiceError("UNAUTHENTICATED", "Please sign in.");
  assertOwnPassword(actor);
  return actor;
}
