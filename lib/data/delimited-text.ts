export type Delimiter = "," | ";" | "\t" | "|";

export const delimiters: readonly Delimiter[] = [",", ";", "\t", "|"];

/** The separator's name in a sentence. */
export function delimiterName(delimiter: Delimiter): string {
  switch (delimiter) {
    case ",":
      return "comma";
    case ";":
      return "semicolon";
    case "\t":
      return "tab";
    case "|":
      return "vertical bar";
  }
}

export interface DelimitedRecord {
  /** 1-based line on which the record begins. */
  readonly line: number;
  readonly fields: readonly string[];
}

export interface DelimitedText {
  readonly records: readonly DelimitedRecord[];
  /** Line of a quotation mark that is never closed; null when all are. */
  readonly unclosedQuoteLine: number | null;
}

/**
 * Splits delimited text into records (RFC 4180): fields may be quoted with ", a quoted field may hold separators, line
 * breaks and "" for a quotation mark; lines end with LF, CRLF or CR. Records that consist of nothing are left out.
 *
 * @param limit - Stop after this many records; for a first look.
 */
export function splitDelimitedText(
  text: string,
  delimiter: Delimiter,
  limit = Number.POSITIVE_INFINITY,
): DelimitedText {
  const records: DelimitedRecord[] = [];
  let unclosedQuoteLine: number | null = null;
  let position = text.startsWith("\uFEFF") ? 1 : 0;
  let line = 1;
  while (position < text.length && records.length < limit) {
    const fields: string[] = [];
    const recordLine = line;
    let quotedAny = false;
    for (;;) {
      let field = "";
      if (text[position] === '"') {
        quotedAny = true;
        const openedOn = line;
        position++;
        for (;;) {
          const close = text.indexOf('"', position);
          const chunk = text.slice(position, close < 0 ? text.length : close);
          line += countLineBreaks(chunk);
          field += chunk;
          if (close < 0) {
            unclosedQuoteLine = openedOn;
            position = text.length;
            break;
          }
          position = close + 1;
          if (text[position] !== '"') break;
          field += '"';
          position++;
        }
      }
      const end = endOfField(text, position, delimiter);
      // Whatever follows a closing quotation mark up to the separator belongs to the field as it stands.
      field += text.slice(position, end);
      fields.push(field);
      position = end;
      if (text[position] === delimiter) {
        position++;
        continue;
      }
      if (position < text.length) {
        position += text[position] === "\r" && text[position + 1] === "\n" ? 2 : 1;
        line++;
      }
      break;
    }
    if (fields.length > 1 || quotedAny || fields[0]?.trim() !== "") records.push({ line: recordLine, fields });
  }
  return { records, unclosedQuoteLine };
}

function endOfField(text: string, from: number, delimiter: Delimiter): number {
  let end = from;
  while (end < text.length) {
    const character = text[end];
    if (character === delimiter || character === "\n" || character === "\r") break;
    end++;
  }
  return end;
}

function countLineBreaks(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}

/** Records looked at to recognise the separator. */
const SAMPLE_RECORDS = 100;

/**
 * The separator that splits the header into more than one name and most records into the same number of fields; null
 * when no separator splits the header.
 */
export function detectDelimiter(text: string): Delimiter | null {
  let best: { delimiter: Delimiter; agreement: number; columns: number } | null = null;
  for (const delimiter of delimiters) {
    const { records } = splitDelimitedText(text, delimiter, SAMPLE_RECORDS);
    const columns = records[0]?.fields.length ?? 0;
    if (columns < 2) continue;
    const agreement = records.filter((record) => record.fields.length === columns).length / records.length;
    const isBetter =
      best === null || agreement > best.agreement || (agreement === best.agreement && columns > best.columns);
    if (isBetter) best = { delimiter, agreement, columns };
  }
  return best?.delimiter ?? null;
}
