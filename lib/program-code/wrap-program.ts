/**
 * A program with lines no longer than a printed page takes, where the language allows a break: in R after a comma or a
 * binary operator (the statement goes on), in SAS at any blank; never inside a string. Comments of R are filled.
 *
 * @param width - Longest line wanted; a string that is longer stays whole.
 */
export function wrapProgram(text: string, language: "R" | "SAS", width: number): string {
  return text
    .split("\n")
    .flatMap((line) => wrapLine(line, language, width))
    .join("\n");
}

function wrapLine(line: string, language: "R" | "SAS", width: number): string[] {
  const indent = /^\s*/.exec(line)?.[0] ?? "";
  const comment = language === "R" && line.trimStart().startsWith("#");
  const head = comment ? `${indent}# ` : `${indent}  `;
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const start = lines.length === 0 ? indent.length : head.length;
    const cut = comment ? rest.lastIndexOf(" ", width) : lastBreak(rest, language, width, start);
    const after = rest.slice(cut).trimStart();
    if (cut <= start || after === "") break;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = head + after;
  }
  return [...lines, rest];
}

/** Where a line may be cut: after the last break that fits, or after the first one beyond; 0 where there is none. */
function lastBreak(line: string, language: "R" | "SAS", width: number, indent: number): number {
  let quote: string | null = null;
  let found = 0;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (quote !== null) {
      if (language === "R" && character === "\\") i++;
      else if (character === quote) quote = null;
    } else if (character === '"' || character === "'" || (language === "R" && character === "`")) quote = character;
    else if (language === "R" && character === "#") return found;
    else if (i > indent && breaksAfter(line, i, language)) {
      if (i + 1 > width && found > 0) return found;
      found = i + 1;
      if (found > width) return found;
    }
  }
  return found;
}

function breaksAfter(line: string, i: number, language: "R" | "SAS"): boolean {
  if (language === "SAS") return line[i] === " ";
  if (line[i] === ",") return true;
  return (
    line[i] === " " &&
    /(\s(\+|-|\*|\/|\||&|&&|\|\||==|<|>|<=|>=|<-|=|~)|%[^%\s]*%)$/.test(line.slice(Math.max(0, i - 12), i))
  );
}
