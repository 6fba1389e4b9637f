import type { ReactNode } from "react";
import { unbrokenUnits } from "../../../lib/reporting/unbroken-units.ts";
import classes from "./feedback.module.css";

export type VerdictTone = "good" | "warning" | "failure" | "plain";

/** The sentence that stands above every figure. */
export function Verdict(props: { tone: VerdictTone; word?: string; reasons?: readonly string[]; children: ReactNode }) {
  return (
    <div className={classes.verdict} data-tone={props.tone}>
      {props.word !== undefined && <strong>{props.word}. </strong>}
      {typeof props.children === "string" ? unbrokenUnits(props.children) : props.children}
      {props.reasons !== undefined && props.reasons.length > 0 && (
        <ul style={{ margin: "0.35rem 0 0", paddingLeft: "1.1rem", fontSize: "0.875rem", color: "var(--ink-soft)" }}>
          {props.reasons.map((reason) => (
            <li key={reason}>{unbrokenUnits(reason)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
