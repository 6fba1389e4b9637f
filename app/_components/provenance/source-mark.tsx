import { Tooltip } from "@mantine/core";
import classes from "./provenance.module.css";
import type { InputSource } from "./provenance.ts";

const meanings: Record<InputSource, string> = {
  user: "Typed in by a person.",
  derived: "Computed from the data or the frozen model.",
  default: "The program's default; nobody changed it.",
};

/** Where an input comes from: user, derived or default. */
export function SourceMark(props: { source: InputSource; note?: string }) {
  const text = props.note === undefined || props.note === "" ? meanings[props.source] : props.note;
  return (
    <Tooltip label={text}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the note must be reachable by keyboard */}
      <span className={classes.mark} data-source={props.source} tabIndex={0}>
        {props.source}
        <span className="sr-only">: {text}</span>
      </span>
    </Tooltip>
  );
}
