import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { auth } from "../../server/auth/auth.ts";

/**
 * Sends anyone without a valid session to sign in and back to the address asked for (`proxy.ts` passes it on), and a person
 * with a given password to choose their own.
 *
 * @param otherwise - Where to go after signing in when the address is not known.
 */
export async function requireSignedIn(otherwise: string): Promise<void> {
  const actor = await auth();
  if (actor === null) {
    const callbackUrl = (await headers()).get("x-understudy-path") ?? otherwise;
    redirect(`/sign-in?callbackUrl=${encodeURIComponent(callbackUrl)}`);
  }
  if (actor.temporaryPassword) redirect("/change-password");
}
