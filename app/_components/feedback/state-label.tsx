import {
  IconAlertTriangle,
  IconCheck,
  IconCircle,
  IconCircleDashed,
  IconLoader2,
  IconLock,
  IconPencil,
  IconX,
} from "@tabler/icons-react";
import classes from "./feedback.module.css";

/** Every state the program shows in one word; icon and word differ, so colour is never alone. */
const states = {
  empty: { icon: IconCircleDashed, tone: "plain", word: "empty" },
  draft: { icon: IconPencil, tone: "plain", word: "draft" },
  queued: { icon: IconCircle, tone: "active", word: "queued" },
  running: { icon: IconLoader2, tone: "active", word: "running" },
  done: { icon: IconCheck, tone: "good", word: "done" },
  "out-of-date": { icon: IconAlertTriangle, tone: "warning", word: "out of date" },
  locked: { icon: IconLock, tone: "good", word: "locked" },
  frozen: { icon: IconLock, tone: "good", word: "plan frozen" },
  signed: { icon: IconLock, tone: "good", word: "signed" },
  failed: { icon: IconX, tone: "failure", word: "failed" },
  cancelled: { icon: IconX, tone: "plain", word: "cancelled" },
  pass: { icon: IconCheck, tone: "good", word: "pass" },
  fail: { icon: IconX, tone: "failure", word: "fail" },
  open: { icon: IconCircle, tone: "warning", word: "open" },
  "out-of-support": { icon: IconAlertTriangle, tone: "warning", word: "out of support" },
  "not-applicable": { icon: IconCircleDashed, tone: "plain", word: "not applicable" },
} as const;

export type StateName = keyof typeof states;

export function StateLabel(props: { state: StateName; detail?: string; iconOnly?: boolean }) {
  const { icon: Icon, tone, word } = states[props.state];
  const text = props.detail === undefined || props.detail === "" ? word : `${word} · ${props.detail}`;
  return (
    <span className={classes.state} data-tone={tone} title={props.iconOnly === true ? text : undefined}>
      <Icon size={13} stroke={2.2} aria-hidden />
      {props.iconOnly === true ? <span className="sr-only">{text}</span> : text}
    </span>
  );
}
