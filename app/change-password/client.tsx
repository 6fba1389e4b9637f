"use client";
import { Button } from "@mantine/core";
import { signOut } from "next-auth/react";
import { ChangePasswordForm } from "../_components/shell/change-password-form.tsx";
import { Mark } from "../_components/shell/mark.tsx";
import { renewSession } from "../_lib/session-renewal.ts";

export function ChooseOwnPassword(props: { name: string; email: string }) {
  return (
    <div className="sign-in-column">
      <h1>
        <Mark /> Choose your password
      </h1>
      <p>
        {props.name}, your password was given to you by an administrator, who knows it. Nothing can be read, changed or
        signed with it: replace it by one that only you know.
      </p>
      <ChangePasswordForm
        email={props.email}
        currentLabel="Password you were given"
        action="Set the password and continue"
        onChanged={() => window.location.assign("/studies")}
      />
      <Button
        variant="subtle"
        mt="sm"
        fullWidth
        onClick={() => void renewSession(() => signOut({ callbackUrl: "/sign-in" }))}
      >
        Sign out
      </Button>
    </div>
  );
}
