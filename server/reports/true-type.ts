/** What layout needs to know of a TrueType font: which characters it has and how wide they are. */
export interface TrueTypeFont {
  readonly unitsPerEm: number;
  /** Glyph number of a code point, 0 when the font lacks it. */
  glyphOf(codePoint: number): number;
  /** Advance width of a glyph in font units. */
  advanceOf(glyph: number): number;
}

/**
 * Reads the character map and the horizontal metrics of a TrueType file.
 *
 * @param bytes - Whole file.
 * @throws Error when the file is not a TrueType font with a Unicode character map of format 4 or 12.
 *
 * Source: OpenType specification, tables `head`, `hhea`, `hmtx`, `cmap`.
 */
export function readTrueType(bytes: Uint8Array): TrueTypeFont {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = new Map<string, number>();
  for (let t = 0; t < view.getUint16(4); t++) {
    const record = 12 + 16 * t;
    const tag = String.fromCharCode(...bytes.subarray(record, record + 4));
    tables.set(tag, view.getUint32(record + 8));
  }
  const table = (tag: string): number => {
    const offset = tables.get(tag);
    if (offset === undefined) throw new Error(`The font file has no table "${tag}"`);
    return offset;
  };
  const metrics = view.getUint16(table("hhea") + 34);
  const hmtx = table("hmtx");
  const glyphOf = characterMap(view, table("cmap"));
  return {
    unitsPerEm: view.getUint16(table("head") + 18),
    glyphOf,
    advanceOf: (glyph) => view.getUint16(hmtx + 4 * Math.min(glyph, metrics - 1)),
  };
}

/** The map with the widest coverage: full Unicode (format 12) before the basic plane (format 4). */
function characterMap(view: DataView, cmap: number): (codePoint: number) => number {
  const offsets = Array.from({ length: view.getUint16(cmap + 2) }, (_, i) => cmap + view.getUint32(cmap + 8 + 8 * i));
  const full = offsets.find((offset) => view.getUint16(offset) === 12);
  if (full !== undefined) return (codePoint) => segmentedCoverage(view, full, codePoint);
  const basic = offsets.find((offset) => view.getUint16(offset) === 4);
  if (basic === undefined) throw new Error("The font file has no Unicode character map");
  return (codePoint) => segmentMapping(view, basic, codePoint);
}

function segmentedCoverage(view: DataView, at: number, codePoint: number): number {
  let low = 0;
  let high = view.getUint32(at + 12) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const group = at + 16 + 12 * middle;
    if (codePoint < view.getUint32(group)) high = middle - 1;
    else if (codePoint > view.getUint32(group + 4)) low = middle + 1;
    else return view.getUint32(group + 8) + codePoint - view.getUint32(group);
  }
  return 0;
}

function segmentMapping(view: DataView, at: number, codePoint: number): number {
  if (codePoint > 0xffff) return 0;
  const doubled = view.getUint16(at + 6);
  const ends = at + 14;
  const starts = ends + doubled + 2;
  for (let i = 0; i < doubled; i += 2) {
    if (codePoint > view.getUint16(ends + i)) continue;
    const start = view.getUint16(starts + i);
    if (codePoint < start) return 0;
    const delta = view.getUint16(starts + doubled + i);
    const rangeAt = starts + 2 * doubled + i;
    const range = view.getUint16(rangeAt);
    if (range === 0) return (codePoint + delta) & 0xffff;
    const glyph = view.getUint16(rangeAt + range + 2 * (codePoint - start));
    return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
  }
  return 0;
}
