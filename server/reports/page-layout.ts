/** Geometry and type of the printed dossier in points. FDA: left ≥ 54 (landscape: top), others ≥ 27, body 9–12, tables ≥ 9. */
export const PAGE = {
  margins: { left: 66, top: 76, right: 50, bottom: 62 },
  portrait: { width: 612, height: 792 },
  /** Distance of header and footer from the edge of the page. */
  edge: 30,
} as const;

export const TYPE = { body: 10, table: 9, note: 9, caption: 10, running: 9, code: 9 } as const;

export function innerWidth(wide: boolean): number {
  const width = wide ? PAGE.portrait.height : PAGE.portrait.width;
  return width - PAGE.margins.left - PAGE.margins.right;
}

/** Points per pixel of a chart: the plot fills the text width. */
export const CHART_PIXELS = 620;
