import type { ReactNode } from "react";
import classes from "./feedback.module.css";

/** One sentence on what goes here and the one button that starts it. */
export function EmptyState(props: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <p className={classes.emptyTitle}>{props.title}</p>
      {typeof props.children === "string" ? <p>{props.children}</p> : props.children}
      {props.action}
    </div>
  );
}
