"use client";
import { CopyButton, Tooltip } from "@mantine/core";
import classes from "./short-hash.module.css";

/** The first twelve digits of a hash; a click copies all of them. */
export function ShortHash(props: { value: string }) {
  return (
    <CopyButton value={props.value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : `${props.value} (click to copy)`} maw={560}>
          <button
            type="button"
            className={classes.hash}
            onClick={copy}
            aria-label={`Copy the hash ${props.value.slice(0, 12)}`}
          >
            {props.value.slice(0, 12)}…
          </button>
        </Tooltip>
      )}
    </CopyButton>
  );
}
