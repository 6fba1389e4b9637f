import {
  isConstantNode,
  isOperatorNode,
  isParenthesisNode,
  isRelationalNode,
  isSymbolNode,
  type MathNode,
  parse,
} from "mathjs/number";
import type { Comparison, EligibilityRule } from "./eligibility-rule.ts";
import { listed } from "./sentence.ts";

export type EligibilityParse =
  | { readonly ok: true; readonly rule: EligibilityRule }
  | { readonly ok: false; readonly message: string };

/** Longest expression accepted. */
const LENGTH_LIMIT = 2000;
const FORMS =
  'Allowed are column names, numbers, texts in quotation marks, == != < <= > >=, between … and …, in (…), is missing, + - * /, and, or, not, and parentheses, e.g. 16 <= mmse <= 26 and sex == "F".';

/** Refusal while parsing; becomes the message of the result. */
class EligibilityFault extends Error {}

/**
 * Parses an eligibility expression such as `16 <= MMSE <= 26 and SEX == "F"` without ever evaluating it: the text is cut
 * into tokens, every word must be a keyword or a column of the data, mathjs arranges the tokens by precedence (`parse`
 * only), and the tree is copied form by form into an `EligibilityRule`. Whatever has no form there is refused.
 *
 * Names are matched with regard to case first, then without. A name with blanks or other signs is written in backticks.
 *
 * @param columns - Names that may be used.
 */
export function parseEligibility(text: string, columns: readonly string[]): EligibilityParse {
  try {
    if (text.trim() === "") throw new EligibilityFault("The eligibility expression is empty.");
    if (text.length > LENGTH_LIMIT)
      throw new EligibilityFault(
        `The eligibility expression has ${text.length} characters; at most ${LENGTH_LIMIT} are allowed.`,
      );
    const names: string[] = [];
    const tokens = rewritePhrases(tokenise(text, columns, names));
    const rule = convert(parseTokens(tokens), names);
    requireCondition(rule);
    return { ok: true, rule };
  } catch (error) {
    if (error instanceof EligibilityFault) return { ok: false, message: error.message };
    throw error;
  }
}

const KEYWORDS = new Set(["and", "or", "not", "between", "in", "is", "missing"]);
const TOKEN =
  /\s*(?:("[^"\\]*"|'[^'\\]*')|`([^`]+)`|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_.]*)|(==|!=|<=|>=|<>|[<>()+\-*/,]|=))/y;

/** Tokens ready for mathjs: every column is `c0`, `c1`, … with its name kept in `names`. */
function tokenise(text: string, columns: readonly string[], names: string[]): string[] {
  const tokens: string[] = [];
  const unknown: string[] = [];
  const trimmed = text.trimEnd();
  let position = 0;
  while (position < trimmed.length) {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(trimmed);
    if (match === null) {
      const rest = trimmed.slice(position).trimStart();
      throw new EligibilityFault(`The eligibility expression cannot be read at "${rest.slice(0, 20)}". ${FORMS}`);
    }
    const [, quoted, backtick, number, word, sign] = match;
    position = TOKEN.lastIndex;
    if (quoted !== undefined) tokens.push(JSON.stringify(quoted.slice(1, -1)));
    else if (number !== undefined) tokens.push(number);
    else if (sign === "=") throw new EligibilityFault('A single = does not compare. Write == for "equal to".');
    else if (sign !== undefined) tokens.push(sign === "<>" ? "!=" : sign);
    else {
      const name = backtick ?? word ?? "";
      const column = findName(name, columns);
      if (column !== null) tokens.push(`c${nameIndex(names, column)}`);
      else if (backtick === undefined && KEYWORDS.has(name.toLowerCase())) tokens.push(name.toLowerCase());
      else unknown.push(name);
    }
  }
  if (unknown.length > 0) {
    throw new EligibilityFault(
      `The data have no column named ${listed(unknown.map((name) => `"${name}"`))}. Columns are: ${listed(columns, 30)}. Texts must stand in quotation marks.`,
    );
  }
  return tokens;
}

function findName(name: string, columns: readonly string[]): string | null {
  if (columns.includes(name)) return name;
  const folded = columns.filter((column) => column.toUpperCase() === name.toUpperCase());
  return folded.length === 1 && !KEYWORDS.has(name.toLowerCase()) ? (folded[0] ?? null) : null;
}

function nameIndex(names: string[], name: string): number {
  const index = names.indexOf(name);
  return index >= 0 ? index : names.push(name) - 1;
}

const isOperand = (token: string | undefined): token is string => token !== undefined && /^(c\d+$|"|[\d.])/.test(token);

/** Rewrites `x between a and b`, `x in (a, b)` and `x is [not] missing` into plain comparisons. */
function rewritePhrases(tokens: readonly string[]): string[] {
  const output: string[] = [];
  let position = 0;
  const take = () => tokens[position++];
  const takeOperand = (phrase: string): string => {
    const sign = tokens[position] === "-" ? (take() ?? "") : "";
    const operand = take();
    if (!isOperand(operand))
      throw new EligibilityFault(`After "${phrase}" a column name, a number or a text must follow.`);
    return `${sign}${operand}`;
  };
  while (position < tokens.length) {
    const token = take() ?? "";
    const negated = token === "not" && (tokens[position] === "between" || tokens[position] === "in");
    const phrase = negated ? (take() ?? "") : token;
    if (phrase !== "between" && phrase !== "in" && phrase !== "is") {
      output.push(token);
      continue;
    }
    const subject = output.pop();
    if (!isOperand(subject)) throw new EligibilityFault(`Before "${phrase}" a column name must stand.`);
    if (phrase === "between") {
      const low = takeOperand("between");
      if (take() !== "and")
        throw new EligibilityFault('"between" needs two values joined by "and", e.g. age between 50 and 85.');
      const high = takeOperand("and");
      output.push(...(negated ? ["not"] : []), "(", low, "<=", subject, "<=", high, ")");
    } else if (phrase === "in") {
      if (take() !== "(") throw new EligibilityFault('"in" needs a list in parentheses, e.g. sex in ("F", "M").');
      const choices = [takeOperand("in (")];
      while (tokens[position] === ",") {
        take();
        choices.push(takeOperand(","));
      }
      if (take() !== ")") throw new EligibilityFault('The list after "in" is not closed by a parenthesis.');
      const either = choices.flatMap((choice, index) => [
        ...(index === 0 ? [] : ["or"]),
        "(",
        subject,
        "==",
        choice,
        ")",
      ]);
      output.push(...(negated ? ["not"] : []), "(", ...either, ")");
    } else {
      const isNegated = tokens[position] === "not";
      if (isNegated) take();
      if (take() !== "missing" || !/^c\d+$/.test(subject))
        throw new EligibilityFault('"is" is only known in "column is missing" and "column is not missing".');
      output.push(...(isNegated ? ["not"] : []), `m${subject}`);
    }
  }
  if (output.includes(",")) throw new EligibilityFault(`A comma may stand only in the list after "in". ${FORMS}`);
  return output;
}

function parseTokens(tokens: readonly string[]): MathNode {
  try {
    return parse(tokens.join(" "));
  } catch (error) {
    if (error instanceof RangeError) throw new EligibilityFault("The eligibility expression is nested too deeply.");
    throw new EligibilityFault(`The eligibility expression is incomplete or its parentheses do not match. ${FORMS}`);
  }
}

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  equal: "==",
  unequal: "!=",
  smaller: "<",
  smallerEq: "<=",
  larger: ">",
  largerEq: ">=",
};
const ARITHMETIC = { add: "+", subtract: "-", multiply: "*", divide: "/" } as const;

function convert(node: MathNode, names: readonly string[]): EligibilityRule {
  const next = (child: MathNode) => convert(child, names);
  if (isParenthesisNode(node)) return next(node.content);
  if (isConstantNode(node)) {
    const value: unknown = node.value;
    if (typeof value === "number") return { kind: "constant", value };
    if (typeof value === "string") return { kind: "constant", value };
  } else if (isSymbolNode(node)) {
    const match = /^(m?)c(\d+)$/.exec(node.name);
    const name = match === null ? undefined : names[Number(match[2])];
    if (name !== undefined) return { kind: match?.[1] === "m" ? "missing" : "column", name };
  } else if (isRelationalNode(node)) {
    return { kind: "comparison", operators: node.conditionals.map(comparison), operands: node.params.map(next) };
  } else if (isOperatorNode(node) && !("implicit" in node && node.implicit === true)) {
    return convertOperator(node.fn, node.args.map(next));
  }
  throw new EligibilityFault(
    `The eligibility expression is not understood near "${node.toString().slice(0, 40)}". ${FORMS}`,
  );
}

function convertOperator(operation: string, operands: readonly EligibilityRule[]): EligibilityRule {
  const [left, right] = operands;
  if (left !== undefined && right === undefined) {
    if (operation === "not") return { kind: "not", operand: left };
    if (operation === "unaryMinus") return { kind: "negative", operand: left };
    if (operation === "unaryPlus") return left;
  }
  if (left !== undefined && right !== undefined) {
    if (operation === "and" || operation === "or") return { kind: operation, left, right };
    const operator = COMPARISONS[operation];
    if (operator !== undefined) return { kind: "comparison", operators: [operator], operands };
    for (const [name, sign] of Object.entries(ARITHMETIC))
      if (name === operation) return { kind: "arithmetic", operator: sign, left, right };
  }
  throw new EligibilityFault(`The operation "${operation}" is not allowed in an eligibility expression. ${FORMS}`);
}

/** "not age > 5" would bind as "(not age) > 5". */
const NOT_NEEDS_PARENTHESES = 'After "not" a condition in parentheses must follow, e.g. not (age > 85).';

/** Refuses what cannot be true or false, e.g. a bare column. */
function requireCondition(rule: EligibilityRule): void {
  switch (rule.kind) {
    case "missing":
      break;
    case "not":
      if (!isCondition(rule.operand)) throw new EligibilityFault(NOT_NEEDS_PARENTHESES);
      requireCondition(rule.operand);
      break;
    case "and":
    case "or":
      requireCondition(rule.left);
      requireCondition(rule.right);
      break;
    case "comparison":
      if (rule.operands.some((operand) => operand.kind === "not")) throw new EligibilityFault(NOT_NEEDS_PARENTHESES);
      rule.operands.forEach(requireValue);
      break;
    case "constant":
    case "column":
    case "negative":
    case "arithmetic":
      throw new EligibilityFault(`The eligibility expression must be a condition that is true or false. ${FORMS}`);
  }
}

/** Refuses a condition where a value must stand, at any depth. */
function requireValue(rule: EligibilityRule): void {
  if (isCondition(rule))
    throw new EligibilityFault(`A comparison needs values on both sides, not conditions. ${FORMS}`);
  if (rule.kind === "negative") requireValue(rule.operand);
  if (rule.kind === "arithmetic") {
    requireValue(rule.left);
    requireValue(rule.right);
  }
}

function isCondition(rule: EligibilityRule): boolean {
  return ["missing", "not", "and", "or", "comparison"].includes(rule.kind);
}

function comparison(conditional: string): Comparison {
  const operator = COMPARISONS[conditional];
  if (operator === undefined) throw new EligibilityFault(`The comparison "${conditional}" is not known. ${FORMS}`);
  return operator;
}
