"use client";
import { type ReactNode, useRef } from "react";
import classes from "./scroll-frame.module.css";
import { useScrollEdges } from "./use-scroll-edges.ts";

interface ScrollFrameProps {
  /** Name of the region, read out when it is reached. */
  readonly label: string;
  readonly maxHeight?: string | undefined;
  /** As wide as its content instead of the page. */
  readonly narrow?: boolean;
  readonly children: ReactNode;
}

/** Content that scrolls inside itself, by keyboard too; a shaded edge shows where there is more. */
export function ScrollFrame(props: ScrollFrameProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const more = useScrollEdges(scroller);
  return (
    <div
      className={classes.frame}
      data-narrow={props.narrow === true}
      data-more-left={more.left}
      data-more-right={more.right}
      data-more-below={more.below}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields, this groups a table and its scrolling */}
      <div
        ref={scroller}
        role="group"
        className={classes.scroller}
        aria-label={props.label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
        tabIndex={0}
        style={{ maxHeight: props.maxHeight }}
      >
        {props.children}
      </div>
    </div>
  );
}
