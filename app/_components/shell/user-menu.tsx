"use client";
import { ActionIcon, Menu } from "@mantine/core";
import { IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { renewSession } from "../../_lib/session-renewal.ts";
import { useTRPC } from "../../_lib/trpc.ts";
import { useUrlState } from "../../_lib/url-state.ts";
import { ChangePasswordModal } from "./change-password-modal.tsx";
import classes from "./frame.module.css";

/** Who is signed in, in which role, and the ways out. */
export function UserMenu() {
  const trpc = useTRPC();
  const me = useQuery(trpc.session.me.queryOptions());
  const { params, write } = useUrlState();

  return (
    <>
      {me.data !== undefined && <span className={classes.role}>{me.data.role}</span>}
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon variant="default" size="md" aria-label={`Account: ${me.data?.name ?? "signed in"}`}>
            <IconUser size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {me.data?.name}
            <br />
            {me.data?.email} · {me.data?.role}
          </Menu.Label>
          {me.data?.role === "admin" && (
            <Menu.Item component={Link} href="/members">
              Members
            </Menu.Item>
          )}
          <Menu.Item onClick={() => write({ account: "password" }, "push")}>Change password</Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={() => void renewSession(() => signOut({ callbackUrl: "/sign-in" }))}>
            Sign out (on every device)
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ChangePasswordModal opened={params.get("account") === "password"} onClose={() => write({ account: null })} />
    </>
  );
}
