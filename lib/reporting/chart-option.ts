import type { EChartsOption } from "echarts";
import { cartesianOption } from "./chart-option/cartesian-option.ts";
import { heatMapOption } from "./chart-option/heat-map-option.ts";
import type { ChartSpecification } from "./chart-specification.ts";

/** What the surroundings decide about a chart; everything else is in the specification. */
export interface ChartSurroundings {
  readonly fontFamily: string;
  /** Smaller type and tighter margins for panels below about 420 pixels. */
  readonly compact: boolean;
  /** False where a caption outside the drawing already prints the title. Default true. */
  readonly title?: boolean;
  /** Width of the drawing in pixels, for the number of rows of the legend. Default 620. */
  readonly width?: number;
}

/**
 * ECharts option of a chart, the same for the page and for the PDF.
 *
 * Needs these ECharts parts registered where the library is tree-shaken: LineChart, ScatterChart, CustomChart,
 * HeatmapChart, GridComponent, TitleComponent, TooltipComponent, LegendComponent, VisualMapComponent, AriaComponent.
 *
 * @param specification - The chart.
 * @param surroundings - Font, size class, and whether the title is drawn.
 * @returns Option object without animation; functions inside are pure.
 */
export function chartOption(specification: ChartSpecification, surroundings: ChartSurroundings): EChartsOption {
  switch (specification.kind) {
    case "cartesian":
      return cartesianOption(specification, surroundings);
    case "heat-map":
      return heatMapOption(specification, surroundings);
  }
}
