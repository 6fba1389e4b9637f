import * as echarts from "echarts";
import { chartOption } from "../../lib/reporting/chart-option.ts";
import type { ChartSpecification } from "../../lib/reporting/chart-specification.ts";
import { canPrint, FALLBACK_FONT, type FontFamily, measureText, printable, TEXT_FONT } from "./fonts.ts";

/**
 * Draws a chart as SVG, without a browser.
 *
 * @param given - The chart; the page draws the same one.
 * @param size - Width and height in pixels.
 * @returns SVG text, the same for the same input (instance counters of the library are removed).
 */
export function renderChartSvg(given: ChartSpecification, size: { width: number; height: number }): string {
  const specification = JSON.parse(printable(JSON.stringify(given))) as ChartSpecification;
  const fontFamily = printableFamily(specification);
  echarts.setPlatformAPI({
    measureText: (text: string, font?: string) => {
      const pixels = Number(/(\d+(?:\.\d+)?)px/.exec(font ?? "")?.[1] ?? 12);
      const bold = /\b(bold|[6-9]00)\b/.test(font ?? "");
      return { width: measureText(text, fontFamily, bold ? "bold" : "normal", pixels) };
    },
  });
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: size.width, height: size.height });
  try {
    chart.setOption({
      ...chartOption(specification, { fontFamily, compact: true, title: false, width: size.width }),
      aria: { enabled: false },
    });
    return plainSvg(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/** The text font unless a label needs a sign that only the fallback has. */
function printableFamily(specification: ChartSpecification): FontFamily {
  return [...JSON.stringify(specification)].every((character) => canPrint(TEXT_FONT, character))
    ? TEXT_FONT
    : FALLBACK_FONT;
}

/** Removes instance counters, and styles that only matter in a browser. */
function plainSvg(svg: string): string {
  return svg.replace(/zr\d+-/g, "zr-").replace(/<style[\s\S]*?<\/style>/g, "");
}
