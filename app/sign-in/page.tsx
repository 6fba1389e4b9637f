import type { Metadata } from "next";
import { Suspense } from "react";
import { SignInForm } from "./client.tsx";

export const metadata: Metadata = { title: "Sign in" };

export default function SignInPage() {
  return (
    <main id="main" className="sign-in">
      <Suspense>
        <SignInForm />
      </Suspense>
    </main>
  );
}
