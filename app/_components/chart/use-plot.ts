"use client";
import type { ECharts } from "echarts/core";
import { type RefObject, useEffect, useRef } from "react";
import { chartOption } from "../../../lib/reporting/chart-option.ts";
import type { ChartSpecification } from "../../../lib/reporting/chart-specification.ts";

/** Below this width type and margins shrink. */
const compactBelow = 480;

/**
 * Draws a specification into an element as SVG, follows its width and its changes, and frees it at the end. `onPick` hears
 * the data of a mark that is clicked.
 */
export function usePlot(specification: ChartSpecification, shown: boolean, onPick?: (value: unknown) => void) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const latest = useRef({ specification, onPick });

  useEffect(() => {
    latest.current = { specification, onPick };
  });

  useEffect(() => {
    const target = element.current;
    if (target === null || !shown) return;
    let ended = false;
    let observer: ResizeObserver | undefined;
    // Text is measured while drawing, so the font must be there.
    void Promise.all([import("./echarts-kit.ts"), document.fonts.ready]).then(([{ init }]) => {
      if (ended) return;
      const drawn = init(target, undefined, { renderer: "svg" });
      chart.current = drawn;
      drawn.on("click", (event) => latest.current.onPick?.(event.value));
      let drawnWidth = target.clientWidth;
      draw(drawn, latest.current.specification, target);
      observer = new ResizeObserver(() => {
        if (target.clientWidth === drawnWidth) return;
        drawnWidth = target.clientWidth;
        drawn.resize();
        draw(drawn, latest.current.specification, target);
      });
      observer.observe(target);
    });
    return () => {
      ended = true;
      observer?.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, [shown]);

  useEffect(() => {
    if (chart.current === null || element.current === null) return;
    chart.current.resize();
    draw(chart.current, specification, element.current);
  }, [specification]);

  return { element, chart } as { element: RefObject<HTMLDivElement | null>; chart: RefObject<ECharts | null> };
}

/** The page prints title and description itself, so the drawing carries neither. */
function draw(chart: ECharts, specification: ChartSpecification, target: HTMLElement) {
  const fontFamily = getComputedStyle(target).fontFamily;
  const width = target.clientWidth;
  const option = chartOption(specification, { fontFamily, compact: width < compactBelow, title: false, width });
  chart.setOption({ ...option, aria: { enabled: false } }, true);
}
