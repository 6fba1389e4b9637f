import "server-only";
import { redirect } from "next/navigation";
import { auth } from "../../server/auth/auth.ts";

/**
 * Sends anyone without a valid session to sign in (the query client sends them back to where they were), and a person
 * with a given password to choose their own.
 */
export async function requireSignedIn(callbackUrl: string): Promise<void> {
  const actor = await auth();
  if (actor === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent(callbackUrl)}`);
  if (actor.temporaryPassword) redirect("/change-password");
}
