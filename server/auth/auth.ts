import { getServerSession } from "next-auth";
import type { Actor } from "./actor.ts";
import { authOptions } from "./auth-options.ts";

export type SignedIn = Actor & { kind: "user" };

/** The signed-in member of this request, or null. The only door to the authentication library. */
export async function auth(): Promise<SignedIn | null> {
  const session = await getServerSession(authOptions());
  return session?.actor ?? null;
}
