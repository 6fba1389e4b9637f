"use client";
import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useSearchParams } from "next/navigation";
import { signIn } from "next-auth/react";
import { useEffect, useState } from "react";
import { Notice } from "../_components/feedback/notice.tsx";
import { Mark } from "../_components/shell/mark.tsx";

/** Only paths of this site are followed after signing in. */
function safePath(callbackUrl: string | null): string {
  return callbackUrl !== null && /^\/(?![/\\])/.test(callbackUrl) ? callbackUrl : "/studies";
}

/** Only the two refusals the server words for people are shown; anything else stays in its log. */
function refusal(error: string): string {
  if (error === "CredentialsSignin") return "E-mail or password is wrong. Check both and try again.";
  if (error.startsWith("locked: ")) return `Too many attempts. ${error.slice("locked: ".length)}`;
  return "Signing in is not possible just now. Look at the terminal of the program, then try again.";
}

export function SignInForm() {
  const params = useSearchParams();
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  const form = useForm({
    initialValues: { email: "", password: "" },
    validate: {
      email: (value) => (value.trim() === "" ? "Type your e-mail address" : null),
      password: (value) => (value === "" ? "Type your password" : null),
    },
  });

  async function submit(values: { email: string; password: string }) {
    setBusy(true);
    setFailure(null);
    const answer = await signIn("credentials", { ...values, redirect: false }).catch(() => undefined);
    if (answer?.ok === true && answer.error === null) {
      window.location.assign(safePath(params.get("callbackUrl")));
      return;
    }
    setBusy(false);
    setFailure(
      answer === undefined
        ? "The server did not answer. Check that it is running, then try again."
        : refusal(answer.error ?? "CredentialsSignin"),
    );
  }

  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))} method="post" noValidate>
      <h1>
        <Mark /> Understudy
      </h1>
      <p>Designer for clinical-trial control arms</p>
      <Stack gap="md">
        {failure !== null && <Notice tone="failure">{failure}</Notice>}
        <TextInput
          label="E-mail"
          type="email"
          name="email"
          size="sm"
          autoComplete="username"
          autoFocus
          {...form.getInputProps("email")}
        />
        <PasswordInput
          label="Password"
          name="password"
          size="sm"
          autoComplete="current-password"
          {...form.getInputProps("password")}
        />
        <Button type="submit" size="sm" loading={busy} disabled={!ready}>
          Sign in
        </Button>
      </Stack>
      <p className="sign-in-note">
        The first sign-in is printed in the terminal when the program is started for the first time. Password lost? An
        administrator makes a new one under Members; whoever runs the server with{" "}
        <code>npm run reset-password -- E-MAIL</code>.
      </p>
    </form>
  );
}
