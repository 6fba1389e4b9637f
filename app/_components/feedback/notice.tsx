import { IconAlertTriangle, IconInfoCircle, IconXboxX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./feedback.module.css";

export type NoticeTone = "information" | "warning" | "failure";

const icons = { information: IconInfoCircle, warning: IconAlertTriangle, failure: IconXboxX } as const;

/** A sentence that wants attention; a failure is announced, the rest is read in order. */
export function Notice(props: { tone: NoticeTone; title?: string; children: ReactNode; action?: ReactNode }) {
  const Icon = icons[props.tone];
  return (
    <div className={classes.notice} data-tone={props.tone} {...(props.tone === "failure" ? { role: "alert" } : {})}>
      <Icon size={18} aria-hidden style={{ flex: "none", marginTop: 1 }} />
      <div className={classes.noticeBody}>
        {props.title !== undefined && <p className={classes.noticeTitle}>{props.title}</p>}
        {typeof props.children === "string" ? <p>{props.children}</p> : props.children}
      </div>
      {props.action}
    </div>
  );
}
