import {
  isConstantNode,
  isFunctionNode,
  isOperatorNode,
  isParenthesisNode,
  isRelationalNode,
  isSymbolNode,
  type MathNode,
  parse,
} from "mathjs/number";
import type { Comparison, EligibilityRule } from "./eligibility-rule.ts";
import { listed } from "./sentence.ts";

/** What an expression may hold, and the words of its refusals. */
export interface ExpressionLanguage {
  /** Name of the expression, with an article "an" before it where one is needed, e.g. "eligibility expression". */
  readonly subject: string;
  /** The sentence that lists what is allowed. */
  readonly forms: string;
  /** The sentence for unknown names. */
  unknown(names: string, known: string): string;
  /** Functions and how a call becomes a rule; none in an eligibility expression. */
  readonly functions: readonly {
    readonly name: string;
    rule(operands: readonly EligibilityRule[], language: ExpressionLanguage): EligibilityRule;
  }[];
}

export type ExpressionParse =
  | { readonly ok: true; readonly rule: EligibilityRule }
  | { readonly ok: false; readonly message: string };

/** Longest expression accepted. */
const LENGTH_LIMIT = 2000;

/** Refusal while parsing; becomes the message of the result. */
export class ExpressionFault extends Error {}

/**
 * Parses an expression without ever evaluating it: the text is cut into tokens, every word must be a keyword, a known function or a
 * known name, mathjs arranges the tokens by precedence (`parse` only), and the tree is copied form by form into an `EligibilityRule`.
 * Whatever has no form there is refused.
 *
 * Names are matched with regard to case first, then without. A name with blanks or other signs is written in backticks.
 *
 * @param text - Expression.
 * @param columns - Names that may be used.
 * @param language - What it may hold.
 * @param check - Refuses a rule that does not give what is needed.
 */
export function parseExpression(
  text: string,
  columns: readonly string[],
  language: ExpressionLanguage,
  check: (rule: EligibilityRule) => void,
): ExpressionParse {
  try {
    if (text.trim() === "") throw new ExpressionFault(`The ${language.subject} is empty.`);
    if (text.length > LENGTH_LIMIT)
      throw new ExpressionFault(
        `The ${language.subject} has ${text.length} characters; at most ${LENGTH_LIMIT} are allowed.`,
      );
    const names: string[] = [];
    const tokens = rewritePhrases(tokenise(text, columns, names, language), language);
    const rule = convert(parseTokens(tokens, language), names, language);
    check(rule);
    return { ok: true, rule };
  } catch (error) {
    if (error instanceof ExpressionFault) return { ok: false, message: error.message };
    throw error;
  }
}

const KEYWORDS = new Set(["and", "or", "not", "between", "in", "is", "missing"]);
const TOKEN =
  /\s*(?:("[^"\\]*"|'[^'\\]*')|`([^`]+)`|(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_.]*)|(==|!=|<=|>=|<>|[<>()+\-*/,]|=))/y;

/** Tokens ready for mathjs: every column is `c0`, `c1`, … with its name kept in `names`. */
function tokenise(text: string, columns: readonly string[], names: string[], language: ExpressionLanguage): string[] {
  const tokens: string[] = [];
  const unknown: string[] = [];
  const trimmed = text.trimEnd();
  let position = 0;
  while (position < trimmed.length) {
    TOKEN.lastIndex = position;
    const match = TOKEN.exec(trimmed);
    if (match === null) {
      const rest = trimmed.slice(position).trimStart();
      throw new ExpressionFault(`The ${language.subject} cannot be read at "${rest.slice(0, 20)}". ${language.forms}`);
    }
    const [, quoted, backtick, number, word, sign] = match;
    position = TOKEN.lastIndex;
    if (quoted !== undefined) tokens.push(JSON.stringify(quoted.slice(1, -1)));
    else if (number !== undefined) tokens.push(number);
    else if (sign === "=") throw new ExpressionFault('A single = does not compare. Write == for "equal to".');
    else if (sign !== undefined) tokens.push(sign === "<>" ? "!=" : sign);
    else {
      const name = backtick ?? word ?? "";
      const column = findName(name, columns);
      if (column !== null) tokens.push(`c${nameIndex(names, column)}`);
      else if (backtick === undefined && KEYWORDS.has(name.toLowerCase())) tokens.push(name.toLowerCase());
      else if (
        backtick === undefined &&
        functionNamed(name, language) !== undefined &&
        followedByParenthesis(trimmed, position)
      )
        tokens.push(functionNamed(name, language) ?? "");
      else unknown.push(name);
    }
  }
  if (unknown.length > 0) {
    throw new ExpressionFault(language.unknown(listed(unknown.map((name) => `"${name}"`)), listed(columns, 30)));
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
function rewritePhrases(tokens: readonly string[], language: ExpressionLanguage): string[] {
  const output: string[] = [];
  let position = 0;
  const take = () => tokens[position++];
  const takeOperand = (phrase: string): string => {
    const sign = tokens[position] === "-" ? (take() ?? "") : "";
    const operand = take();
    if (!isOperand(operand))
      throw new ExpressionFault(`After "${phrase}" a column name, a number or a text must follow.`);
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
    if (!isOperand(subject)) throw new ExpressionFault(`Before "${phrase}" a column name must stand.`);
    if (phrase === "between") {
      const low = takeOperand("between");
      if (take() !== "and")
        throw new ExpressionFault('"between" needs two values joined by "and", e.g. age between 50 and 85.');
      const high = takeOperand("and");
      output.push(...(negated ? ["not"] : []), "(", low, "<=", subject, "<=", high, ")");
    } else if (phrase === "in") {
      if (take() !== "(") throw new ExpressionFault('"in" needs a list in parentheses, e.g. sex in ("F", "M").');
      const choices = [takeOperand("in (")];
      while (tokens[position] === ",") {
        take();
        choices.push(takeOperand(","));
      }
      if (take() !== ")") throw new ExpressionFault('The list after "in" is not closed by a parenthesis.');
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
        throw new ExpressionFault('"is" is only known in "column is missing" and "column is not missing".');
      output.push(...(isNegated ? ["not"] : []), `m${subject}`);
    }
  }
  if (output.includes(",") && language.functions.length === 0)
    throw new ExpressionFault(`A comma may stand only in the list after "in". ${language.forms}`);
  return output;
}

function parseTokens(tokens: readonly string[], language: ExpressionLanguage): MathNode {
  try {
    return parse(tokens.join(" "));
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionFault(`The ${language.subject} is nested too deeply.`);
    throw new ExpressionFault(
      `The ${language.subject} is incomplete or its parentheses do not match. ${language.forms}`,
    );
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

function convert(node: MathNode, names: readonly string[], language: ExpressionLanguage): EligibilityRule {
  const next = (child: MathNode) => convert(child, names, language);
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
    return convertOperator(node.fn, node.args.map(next), language);
  } else if (isFunctionNode(node)) {
    const known = language.functions.find((each) => each.name === node.fn.name);
    if (known !== undefined) return known.rule(node.args.map(next), language);
  }
  throw new ExpressionFault(
    `The ${language.subject} is not understood near "${readable(node, names).slice(0, 60)}". ${language.forms}`,
  );
}

function convertOperator(
  operation: string,
  operands: readonly EligibilityRule[],
  language: ExpressionLanguage,
): EligibilityRule {
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
  throw new ExpressionFault(`The operation "${operation}" is not allowed in an ${language.subject}. ${language.forms}`);
}

/** "not age > 5" would bind as "(not age) > 5". */
const NOT_NEEDS_PARENTHESES = 'After "not" a condition in parentheses must follow, e.g. not (age > 85).';

/** Refuses what cannot be true or false, e.g. a bare column. */
export function requireCondition(rule: EligibilityRule, language: ExpressionLanguage): void {
  switch (rule.kind) {
    case "missing":
      break;
    case "not":
      if (!isCondition(rule.operand)) throw new ExpressionFault(NOT_NEEDS_PARENTHESES);
      requireCondition(rule.operand, language);
      break;
    case "and":
    case "or":
      requireCondition(rule.left, language);
      requireCondition(rule.right, language);
      break;
    case "comparison":
      if (rule.operands.some((operand) => operand.kind === "not")) throw new ExpressionFault(NOT_NEEDS_PARENTHESES);
      for (const operand of rule.operands) requireValue(operand, language);
      break;
    case "at-least":
      for (const condition of rule.conditions) requireCondition(condition, language);
      break;
    case "constant":
    case "column":
    case "negative":
    case "arithmetic":
    case "function":
    case "if":
      throw new ExpressionFault(`The ${language.subject} must be a condition that is true or false. ${language.forms}`);
  }
}

/** Refuses a condition where a value must stand, at any depth. */
export function requireValue(rule: EligibilityRule, language: ExpressionLanguage): void {
  if (isCondition(rule))
    throw new ExpressionFault(`A comparison needs values on both sides, not conditions. ${language.forms}`);
  if (rule.kind === "negative") requireValue(rule.operand, language);
  if (rule.kind === "arithmetic") {
    requireValue(rule.left, language);
    requireValue(rule.right, language);
  }
  if (rule.kind === "function") for (const operand of rule.operands) requireValue(operand, language);
  if (rule.kind === "if") {
    requireCondition(rule.condition, language);
    requireValue(rule.left, language);
    requireValue(rule.right, language);
  }
}

function isCondition(rule: EligibilityRule): boolean {
  return ["missing", "not", "and", "or", "comparison", "at-least"].includes(rule.kind);
}

function comparison(conditional: string): Comparison {
  const operator = COMPARISONS[conditional];
  if (operator === undefined) throw new ExpressionFault(`The comparison "${conditional}" is not known.`);
  return operator;
}

function functionNamed(name: string, { functions }: ExpressionLanguage): string | undefined {
  return functions.find((each) => each.name.toLowerCase() === name.toLowerCase())?.name;
}

function followedByParenthesis(text: string, position: number): boolean {
  return text.slice(position).trimStart().startsWith("(");
}

/** A part of the expression with the names that a person wrote. */
function readable(node: MathNode, names: readonly string[]): string {
  return node.toString().replace(/\bm?c(\d+)\b/g, (whole, index) => names[Number(index)] ?? whole);
}
