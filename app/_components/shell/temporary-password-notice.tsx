"use client";
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../_lib/trpc.ts";
import { useUrlState } from "../../_lib/url-state.ts";
import { Notice } from "../feedback/notice.tsx";

/** Reminds a person who still uses the password they were given. */
export function TemporaryPasswordNotice() {
  const trpc = useTRPC();
  const me = useQuery(trpc.session.me.queryOptions());
  const { write } = useUrlState();
  if (me.data?.temporaryPassword !== true) return null;
  return (
    <Notice
      tone="warning"
      action={<Button onClick={() => write({ account: "password" }, "push")}>Choose a password</Button>}
    >
      You are signed in with a temporary password. Choose your own before anybody else uses this one.
    </Notice>
  );
}
