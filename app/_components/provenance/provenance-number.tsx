"use client";
import type { ReactNode } from "react";
import { useUrlState } from "../../_lib/url-state.ts";
import classes from "./provenance.module.css";
import type { ProvenanceEntry } from "./provenance.ts";
import { ProvenanceDrawer } from "./provenance-drawer.tsx";

/** A number that tells how it was made: opens the drawer and puts itself into the address. */
export function ProvenanceNumber(props: { entry: ProvenanceEntry; children?: ReactNode }) {
  const { params, write } = useUrlState();
  const opened = params.get("about") === props.entry.id;
  return (
    <>
      <button
        type="button"
        className={classes.trigger}
        aria-haspopup="dialog"
        title="How this number was made"
        onClick={() => write({ about: props.entry.id }, "push")}
      >
        {props.children ?? props.entry.value}
      </button>
      {opened && <ProvenanceDrawer entry={props.entry} opened onClose={() => write({ about: null })} />}
    </>
  );
}
