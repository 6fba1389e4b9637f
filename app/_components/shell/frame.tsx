"use client";
import { AppShell, Burger } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { type ReactNode, useEffect } from "react";
import { ConnectionNotice } from "./connection-notice.tsx";
import classes from "./frame.module.css";
import { Mark } from "./mark.tsx";
import { UserMenu } from "./user-menu.tsx";

interface FrameProps {
  /** Workspace ▸ study and what stands beside it. */
  readonly where: ReactNode;
  readonly right?: ReactNode;
  readonly path?: ReactNode;
  readonly band?: ReactNode;
  readonly children: ReactNode;
}

/** The shell of every signed-in page: header, the study's path where there is one, main. */
export function Frame(props: FrameProps) {
  const [pathOpen, { toggle, close }] = useDisclosure(false);
  const pathname = usePathname();
  const hasPath = props.path !== undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: arriving on a page closes the folded menu
  useEffect(close, [pathname, close]);

  return (
    <>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <AppShell
        header={{ height: 56 }}
        {...(hasPath ? { navbar: { width: 212, breakpoint: "sm", collapsed: { mobile: !pathOpen } } } : {})}
        padding={0}
        transitionDuration={0}
      >
        <AppShell.Header>
          <div className={classes.header}>
            {hasPath && (
              <Burger
                opened={pathOpen}
                onClick={toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label={pathOpen ? "Close the study's path" : "Open the study's path"}
                aria-expanded={pathOpen}
              />
            )}
            <Link href="/studies" className={classes.mark} aria-label="Understudy: all studies">
              <Mark />
              <span className={classes.markText}>Understudy</span>
            </Link>
            <div className={classes.where}>{props.where}</div>
            <div className={classes.right}>
              {props.right}
              <UserMenu />
            </div>
          </div>
        </AppShell.Header>
        {hasPath && (
          <AppShell.Navbar style={{ overflowY: "auto" }} aria-label="Path of the study" component="nav">
            {props.path}
          </AppShell.Navbar>
        )}
        <AppShell.Main id="main" tabIndex={-1} style={{ outline: "none" }}>
          {props.band}
          <div className={classes.main}>
            <ConnectionNotice />
            {props.children}
          </div>
        </AppShell.Main>
      </AppShell>
    </>
  );
}
