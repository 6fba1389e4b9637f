import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { auth } from "../../server/auth/auth.ts";
import { ChooseOwnPassword } from "./client.tsx";

export const metadata: Metadata = { title: "Choose your password" };
export const dynamic = "force-dynamic";

/** Where a person with a given password is taken, and stays until they have chosen their own. */
export default async function ChangePasswordPage() {
  const actor = await auth();
  if (actor === null) redirect("/sign-in");
  if (!actor.temporaryPassword) redirect("/studies");
  return (
    <main id="main" className="sign-in">
      <ChooseOwnPassword name={actor.name} email={actor.email} />
    </main>
  );
}
