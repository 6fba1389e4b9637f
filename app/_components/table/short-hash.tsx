"use client";
import { CopyButton, Tooltip } from "@mantine/core";
import classes from "./short-hash.module.css";

/** The first twelve digits of a hash; a click copies all of them. */
export function ShortHash(props: { value: string }) {
  return (
    <CopyButton value={props.value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : `${props.value} (click to copy)`} maw={560}>
          <button type="button" className={classes.hash} onClick={copy}>
            {props.value.slice(0, 12)}…<span className="sr-only"> copy the whole hash</span>
          </button>
        </Tooltip>
      )}
    </CopyButton>
  );
}
