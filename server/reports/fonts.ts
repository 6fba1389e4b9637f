import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { codePointText } from "../../lib/reporting/code-point-text.ts";
import { readTrueType, type TrueTypeFont } from "./true-type.ts";

/** Families of the printed dossier: one for text, one that has nearly every sign, one for code and hashes. */
export type FontFamily = "Liberation Sans" | "DejaVu Sans Condensed" | "DejaVu Sans Mono";
export type FontStyle = "normal" | "bold" | "italics" | "bolditalics";

const require = createRequire(import.meta.url);
const liberation = join(dirname(require.resolve("pdfjs-dist/package.json")), "standard_fonts");
const dejaVu = join(dirname(require.resolve("dejavu-fonts-ttf/package.json")), "ttf");

/** Files of every family and style; all are embedded (subset) in the PDF, their licences allow it. */
export const FONT_FILES: Readonly<Record<FontFamily, Readonly<Record<FontStyle, string>>>> = {
  "Liberation Sans": {
    normal: join(liberation, "LiberationSans-Regular.ttf"),
    bold: join(liberation, "LiberationSans-Bold.ttf"),
    italics: join(liberation, "LiberationSans-Italic.ttf"),
    bolditalics: join(liberation, "LiberationSans-BoldItalic.ttf"),
  },
  "DejaVu Sans Condensed": {
    normal: join(dejaVu, "DejaVuSansCondensed.ttf"),
    bold: join(dejaVu, "DejaVuSansCondensed-Bold.ttf"),
    italics: join(dejaVu, "DejaVuSansCondensed-Oblique.ttf"),
    bolditalics: join(dejaVu, "DejaVuSansCondensed-BoldOblique.ttf"),
  },
  "DejaVu Sans Mono": {
    normal: join(dejaVu, "DejaVuSansMono.ttf"),
    bold: join(dejaVu, "DejaVuSansMono-Bold.ttf"),
    italics: join(dejaVu, "DejaVuSansMono-Oblique.ttf"),
    bolditalics: join(dejaVu, "DejaVuSansMono-BoldOblique.ttf"),
  },
};

export const TEXT_FONT: FontFamily = "Liberation Sans";
export const FALLBACK_FONT: FontFamily = "DejaVu Sans Condensed";
export const CODE_FONT: FontFamily = "DejaVu Sans Mono";

const opened = new Map<string, TrueTypeFont>();

function openFont(family: FontFamily, style: FontStyle): TrueTypeFont {
  const path = FONT_FILES[family][style];
  const known = opened.get(path);
  if (known !== undefined) return known;
  const font = readTrueType(new Uint8Array(readFileSync(path)));
  opened.set(path, font);
  return font;
}

/** Whether a family can print a character (white space counts as printable). */
export function canPrint(family: FontFamily, character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0x20 || openFont(family, "normal").glyphOf(code) > 0;
}

/**
 * A text with its signs that no embedded font has (Chinese, Arabic, emoji) replaced by their code points, [U+4E2D]: an empty box
 * would say nothing and could not be extracted.
 */
export function printable(text: string): string {
  return [...text]
    .map((character) =>
      canPrint(TEXT_FONT, character) || canPrint(FALLBACK_FONT, character) ? character : codePointText(character),
    )
    .join("");
}

/**
 * Splits a text into runs of the text font and of the fallback that has the signs the text font lacks (subscripts, ✓, ∈).
 * A combining mark stays with the character it modifies.
 */
export function fontRuns(text: string): { text: string; font: FontFamily }[] {
  const runs: { text: string; font: FontFamily }[] = [];
  for (const cluster of printable(text).match(/\P{M}\p{M}*|\p{M}+/gu) ?? []) {
    const font = [...cluster].every((character) => canPrint(TEXT_FONT, character)) ? TEXT_FONT : FALLBACK_FONT;
    const last = runs.at(-1);
    if (last?.font === font) last.text += cluster;
    else runs.push({ text: cluster, font });
  }
  return runs;
}

/** Width of a text in the units of the font size; a sign the font lacks counts as one em, as wide signs are. */
export function measureText(text: string, family: FontFamily, style: FontStyle, size: number): number {
  const font = openFont(family, style);
  let advance = 0;
  for (const character of text) {
    const glyph = font.glyphOf(character.codePointAt(0) ?? 0);
    advance += glyph === 0 ? font.unitsPerEm : font.advanceOf(glyph);
  }
  return (advance / font.unitsPerEm) * size;
}
