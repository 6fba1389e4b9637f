"use client";
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./specification.module.css";

interface EntryListProps {
  readonly count: number;
  readonly noun: string;
  readonly title: (index: number) => string;
  readonly onAdd: () => void;
  readonly onRemove: (index: number) => void;
  readonly children: (index: number) => ReactNode;
  /** Fewest entries that must stay. */
  readonly atLeast?: number;
}

/** A list of things of one kind, each in its own frame, with buttons to add and remove. */
export function EntryList(props: EntryListProps) {
  return (
    <div className={classes.entries}>
      {Array.from({ length: props.count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries are known by their place while they are edited
        <fieldset key={index} className={classes.entry}>
          <legend>{props.title(index)}</legend>
          <div className={classes.grid}>{props.children(index)}</div>
          {props.count > (props.atLeast ?? 0) && (
            <Button
              variant="default"
              mt="sm"
              onClick={() => props.onRemove(index)}
              aria-label={`Remove ${props.noun} ${props.title(index)}`}
            >
              Remove
            </Button>
          )}
        </fieldset>
      ))}
      <div>
        <Button variant="default" onClick={props.onAdd}>
          Add {/^[aeiou]/.test(props.noun) ? "an" : "a"} {props.noun}
        </Button>
      </div>
    </div>
  );
}
