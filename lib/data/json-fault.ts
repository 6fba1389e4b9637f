/** Where a text stops being JSON: at its end (cut off), or at a character that must not stand there. */
export type JsonFault = { readonly kind: "cut-off" | "unexpected"; readonly line: number; readonly character: number };

const TOKEN =
  /[ \t\r\n]+|"[^"\\\p{Cc}]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\p{Cc}]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:]/uy;

/** What may come next. */
type Expectation = "value" | "value-or-close" | "key" | "key-or-close" | "colon" | "comma-or-close" | "end";

/**
 * Finds the first fault of a text that `JSON.parse` has refused (RFC 8259). Used only to tell the user where to look.
 */
export function findJsonFault(text: string): JsonFault {
  const stack: ("object" | "array")[] = [];
  let expected: Expectation = "value";
  let position = 0;
  while (position < text.length) {
    TOKEN.lastIndex = position;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return faultAt(text, isUnfinished(text, position) ? text.length : position);
    if (token.trim() !== "") {
      const next = advance(expected, token, stack);
      if (next === null) return faultAt(text, position);
      expected = next;
    }
    position += token.length;
  }
  return faultAt(text, text.length);
}

function advance(expected: Expectation, token: string, stack: ("object" | "array")[]): Expectation | null {
  const afterValue = (): Expectation => (stack.length === 0 ? "end" : "comma-or-close");
  const isValueExpected = expected === "value" || expected === "value-or-close";
  switch (token) {
    case "{":
      if (!isValueExpected) return null;
      stack.push("object");
      return "key-or-close";
    case "[":
      if (!isValueExpected) return null;
      stack.push("array");
      return "value-or-close";
    case "}":
      if (stack.at(-1) !== "object" || (expected !== "key-or-close" && expected !== "comma-or-close")) return null;
      stack.pop();
      return afterValue();
    case "]":
      if (stack.at(-1) !== "array" || (expected !== "value-or-close" && expected !== "comma-or-close")) return null;
      stack.pop();
      return afterValue();
    case ",":
      if (expected !== "comma-or-close") return null;
      return stack.at(-1) === "object" ? "key" : "value";
    case ":":
      return expected === "colon" ? "value" : null;
    default:
      if (token.startsWith('"') && (expected === "key" || expected === "key-or-close")) return "colon";
      return isValueExpected ? afterValue() : null;
  }
}

/** A string, number or word that the end of the text interrupts. */
function isUnfinished(text: string, position: number): boolean {
  const rest = text.slice(position);
  if (rest.startsWith('"')) return /^"[^"\\\p{Cc}]*(?:\\.[^"\\\p{Cc}]*)*\\?$/u.test(rest);
  return rest === "-" || ["true", "false", "null"].some((word) => word.startsWith(rest));
}

function faultAt(text: string, position: number): JsonFault {
  const end = text.trimEnd().length;
  const kind = position >= end ? "cut-off" : "unexpected";
  const before = text.slice(0, Math.min(position, end));
  return { kind, line: before.split("\n").length, character: before.length - before.lastIndexOf("\n") };
}
