import type { ChartRole } from "./chart-specification.ts";

/** How a role is drawn. Colour, dash and marker all differ, so that a greyscale print and a colour-blind eye lose nothing. */
export interface RoleStyle {
  readonly colour: string;
  /** "solid", or lengths of dash and gap in pixels. */
  readonly dash: "solid" | readonly number[];
  readonly marker:
    | "circle"
    | "triangle"
    | "diamond"
    | "rect"
    | "emptyCircle"
    | "emptyDiamond"
    | "emptyTriangle"
    | "emptyRect";
  readonly width: number;
}

/** The one palette of page and paper. Contrast of every colour against white is at least 3 : 1. */
export const ROLE_STYLES: Readonly<Record<ChartRole, RoleStyle>> = {
  control: { colour: "#475569", dash: "solid", marker: "circle", width: 2 },
  experimental: { colour: "#d55e00", dash: "solid", marker: "triangle", width: 2 },
  twin: { colour: "#00796b", dash: [6, 4], marker: "diamond", width: 2 },
  external: { colour: "#7b4ea3", dash: [2, 3], marker: "rect", width: 2 },
  history: { colour: "#8592a6", dash: "solid", marker: "emptyCircle", width: 1 },
  neutral: { colour: "#1f2937", dash: "solid", marker: "emptyRect", width: 1.5 },
  warning: { colour: "#b45309", dash: [8, 3, 2, 3], marker: "emptyTriangle", width: 1.5 },
  failure: { colour: "#b3261e", dash: [4, 2], marker: "emptyDiamond", width: 1.5 },
};

/** Opacity of a band by strength 1 … 3. */
export const BAND_OPACITY: Readonly<Record<1 | 2 | 3, number>> = { 1: 0.12, 2: 0.2, 3: 0.32 };

export const INK = { text: "#111827", muted: "#4b5563", axis: "#6b7280", grid: "#e5e7eb", ground: "#ffffff" } as const;

/** Light to dark, one hue: readable in greyscale as a ramp. */
export const HEAT_RAMP = ["#f3f7f8", "#cfe3e4", "#96c3c5", "#4f979b", "#1d6a70", "#0b444a"] as const;
