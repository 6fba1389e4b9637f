import type { EChartsOption } from "echarts";
import type { ChartSurroundings } from "../chart-option.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { INK } from "../theme.ts";

export interface ChartType {
  readonly axis: number;
  readonly label: number;
  readonly title: number;
}

/** Type sizes in pixels; in the PDF one pixel is printed as about 0.75 pt or more. */
export function chartType(surroundings: ChartSurroundings): ChartType {
  return surroundings.compact ? { axis: 11, label: 10.5, title: 12.5 } : { axis: 12, label: 11.5, title: 14 };
}

/** Title, fonts, ground and the description for screen readers. */
export function chartFrame(specification: ChartSpecification, surroundings: ChartSurroundings): EChartsOption {
  const type = chartType(surroundings);
  return {
    animation: false,
    backgroundColor: INK.ground,
    textStyle: { fontFamily: surroundings.fontFamily, fontSize: type.axis, color: INK.text },
    title: {
      show: surroundings.title !== false,
      text: specification.title,
      left: 0,
      top: 0,
      padding: 0,
      textStyle: { fontSize: type.title, fontWeight: 600, color: INK.text, overflow: "truncate" },
    },
    aria: {
      enabled: true,
      label: { enabled: true, description: `${specification.title}. ${specification.description}` },
    },
  };
}

/** Pixels taken by the title line. */
export function titleHeight(surroundings: ChartSurroundings): number {
  return surroundings.title === false ? 4 : chartType(surroundings).title + 12;
}

/** Estimate of the width of a text, em widths of a sans serif. */
export function textWidth(text: string, fontSize: number): number {
  return text.length * fontSize * 0.56;
}

/** A text with its words wrapped at a width; lines end in a line feed. */
export function wrapped(text: string, width: number, fontSize: number): string {
  let lines = "";
  let used = 0;
  for (const word of text.split(" ")) {
    const length = textWidth(word, fontSize);
    const space = used === 0 ? 0 : textWidth(" ", fontSize) / 2;
    if (used > 0 && used + space + length > width) {
      lines += `\n${word}`;
      used = length;
    } else {
      lines += used === 0 ? word : ` ${word}`;
      used += space + length;
    }
  }
  return lines;
}

/** Lines a text takes when its words wrap at a width. */
export function wrappedLines(text: string, width: number, fontSize: number): number {
  return wrapped(text, width, fontSize).split("\n").length;
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
