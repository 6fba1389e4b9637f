"use client";
import { type RefObject, useEffect, useState } from "react";

export interface ScrollEdges {
  readonly left: boolean;
  readonly right: boolean;
  readonly below: boolean;
}

/** Less than this is rounding, not content. */
const SLACK_PX = 2;

/** Beyond which edges of a scrolling element there is more to see. */
export function useScrollEdges(ref: RefObject<HTMLElement | null>): ScrollEdges {
  const [edges, setEdges] = useState<ScrollEdges>({ left: false, right: false, below: false });
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const look = () => {
      const { scrollLeft, scrollTop, clientWidth, clientHeight, scrollWidth, scrollHeight } = element;
      const next = {
        left: scrollLeft > SLACK_PX,
        right: scrollLeft + clientWidth < scrollWidth - SLACK_PX,
        below: scrollTop + clientHeight < scrollHeight - SLACK_PX,
      };
      setEdges((now) => (now.left === next.left && now.right === next.right && now.below === next.below ? now : next));
    };
    look();
    element.addEventListener("scroll", look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild);
    return () => {
      element.removeEventListener("scroll", look);
      observer.disconnect();
    };
  }, [ref]);
  return edges;
}
