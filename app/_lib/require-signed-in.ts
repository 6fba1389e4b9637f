import "server-only";
import { redirect } from "next/navigation";
import { auth } from "../../server/auth/auth.ts";

/** Sends anyone without a valid session to sign in; the query client sends them back to where they were. */
export async function requireSignedIn(callbackUrl: string): Promise<void> {
  if ((await auth()) === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent(callbackUrl)}`);
}
