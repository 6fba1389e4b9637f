"use client";
import type { ECharts } from "echarts/core";
import { type RefObject, useEffect, useRef } from "react";
import { chartOption } from "../../../lib/reporting/chart-option.ts";
import type { ChartSpecification } from "../../../lib/reporting/chart-specification.ts";

/** Below this width type and margins shrink. */
const compactBelow = 480;

/** Draws a specification into an element as SVG, follows its width, and frees it at the end. */
export function usePlot(specification: ChartSpecification, shown: boolean) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);

  useEffect(() => {
    const target = element.current;
    if (target === null || !shown) return;
    let ended = false;
    let observer: ResizeObserver | undefined;
    void import("./echarts-kit.ts").then(({ init }) => {
      if (ended) return;
      const drawn = init(target, undefined, { renderer: "svg" });
      chart.current = drawn;
      let compact = target.clientWidth < compactBelow;
      drawn.setOption(optionFor(specification, target, compact), true);
      observer = new ResizeObserver(() => {
        drawn.resize();
        if (target.clientWidth < compactBelow === compact) return;
        compact = !compact;
        drawn.setOption(optionFor(specification, target, compact), true);
      });
      observer.observe(target);
    });
    return () => {
      ended = true;
      observer?.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, [specification, shown]);

  return { element, chart } as { element: RefObject<HTMLDivElement | null>; chart: RefObject<ECharts | null> };
}

/** The page prints title and description itself, so the drawing carries neither. */
function optionFor(specification: ChartSpecification, target: HTMLElement, compact: boolean) {
  const fontFamily = getComputedStyle(target).fontFamily;
  return { ...chartOption(specification, { fontFamily, compact, title: false }), aria: { enabled: false } };
}
