"use client";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTRPC } from "../../_lib/trpc.ts";
import classes from "./frame.module.css";
import { Frame } from "./frame.tsx";

/** The shell of pages that belong to the workspace, not to one study. */
export function WorkspaceFrame(props: { title: string; children: ReactNode }) {
  const trpc = useTRPC();
  const me = useQuery(trpc.session.me.queryOptions());
  return (
    <Frame
      where={
        <div className={classes.trail}>
          {me.data !== undefined && <span className={classes.workspace}>{me.data.workspaceName} ▸</span>}
          <span className={classes.study}>{props.title}</span>
        </div>
      }
    >
      {props.children}
    </Frame>
  );
}
