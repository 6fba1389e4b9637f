/** A value during evaluation; null is unknown (missing). */
export type EligibilityValue = number | string | boolean | null;

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type Arithmetic = "+" | "-" | "*" | "/";

/** Functions of one or more numbers. */
export type NamedFunction = "min" | "max" | "abs" | "sqrt" | "log" | "exp" | "round";

/** An expression after parsing: nothing but these forms can exist, and only they are evaluated. */
export type EligibilityRule =
  | { readonly kind: "constant"; readonly value: number | string }
  | { readonly kind: "column"; readonly name: string }
  | { readonly kind: "missing"; readonly name: string }
  | { readonly kind: "not"; readonly operand: EligibilityRule }
  | { readonly kind: "and" | "or"; readonly left: EligibilityRule; readonly right: EligibilityRule }
  | { readonly kind: "negative"; readonly operand: EligibilityRule }
  | {
      readonly kind: "arithmetic";
      readonly operator: Arithmetic;
      readonly left: EligibilityRule;
      readonly right: EligibilityRule;
    }
  /** Chain such as 16 <= mmse <= 26: every neighbouring pair must hold. */
  | {
      readonly kind: "comparison";
      readonly operators: readonly Comparison[];
      readonly operands: readonly EligibilityRule[];
    }
  /** True when that many of the conditions hold. */
  | { readonly kind: "at-least"; readonly count: number; readonly conditions: readonly EligibilityRule[] }
  | { readonly kind: "function"; readonly name: NamedFunction; readonly operands: readonly EligibilityRule[] }
  | {
      readonly kind: "if";
      readonly condition: EligibilityRule;
      readonly left: EligibilityRule;
      readonly right: EligibilityRule;
    };

/**
 * Evaluates a rule for one record with three-valued logic (Kleene): a comparison with a missing value is unknown;
 * unknown and false is false, unknown or true is true.
 *
 * @param cellOf - Value of a column in the record; null when missing.
 */
export function evaluateEligibility(
  rule: EligibilityRule,
  cellOf: (column: string) => number | string | null,
): EligibilityValue {
  switch (rule.kind) {
    case "constant":
      return rule.value;
    case "column":
      return cellOf(rule.name);
    case "missing":
      return cellOf(rule.name) === null;
    case "not": {
      const value = asTruth(evaluateEligibility(rule.operand, cellOf));
      return value === null ? null : !value;
    }
    case "and": {
      const left = asTruth(evaluateEligibility(rule.left, cellOf));
      if (left === false) return false;
      const right = asTruth(evaluateEligibility(rule.right, cellOf));
      return right === false ? false : left === null ? null : right;
    }
    case "or": {
      const left = asTruth(evaluateEligibility(rule.left, cellOf));
      if (left === true) return true;
      const right = asTruth(evaluateEligibility(rule.right, cellOf));
      return right === true ? true : left === null ? null : right;
    }
    case "negative": {
      const value = asNumber(evaluateEligibility(rule.operand, cellOf));
      return value === null ? null : -value;
    }
    case "arithmetic":
      return calculate(
        rule.operator,
        asNumber(evaluateEligibility(rule.left, cellOf)),
        asNumber(evaluateEligibility(rule.right, cellOf)),
      );
    case "comparison":
      return compareChain(
        rule.operators,
        rule.operands.map((operand) => evaluateEligibility(operand, cellOf)),
      );
    case "at-least":
      return countAtLeast(
        rule.count,
        rule.conditions.map((condition) => asTruth(evaluateEligibility(condition, cellOf))),
      );
    case "function":
      return applyFunction(
        rule.name,
        rule.operands.map((operand) => asNumber(evaluateEligibility(operand, cellOf))),
      );
    case "if": {
      const [left, right] = [evaluateEligibility(rule.left, cellOf), evaluateEligibility(rule.right, cellOf)];
      const condition = asTruth(evaluateEligibility(rule.condition, cellOf));
      // What does not depend on the unknown is known.
      if (condition === null) return left === right ? left : null;
      return condition ? left : right;
    }
  }
}

/** Decided as soon as the known conditions decide it, whatever the unknown ones are. */
function countAtLeast(needed: number, conditions: readonly (boolean | null)[]): boolean | null {
  const held = conditions.filter((condition) => condition === true).length;
  const unknown = conditions.filter((condition) => condition === null).length;
  if (held >= needed) return true;
  return held + unknown < needed ? false : null;
}

function applyFunction(name: NamedFunction, values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  const [first] = known;
  if (first === undefined || known.length < values.length) return null;
  const result = {
    min: () => Math.min(...known),
    max: () => Math.max(...known),
    abs: () => Math.abs(first),
    sqrt: () => Math.sqrt(first),
    log: () => Math.log(first),
    exp: () => Math.exp(first),
    round: () => Math.round(first),
  }[name]();
  return Number.isFinite(result) ? result : null;
}

function compareChain(operators: readonly Comparison[], values: readonly EligibilityValue[]): boolean | null {
  let result: boolean | null = true;
  for (const [index, operator] of operators.entries()) {
    const pair = compare(operator, values[index] ?? null, values[index + 1] ?? null);
    if (pair === false) return false;
    if (pair === null) result = null;
  }
  return result;
}

/** Texts are compared as texts (ISO dates so in order of time); a text beside a number counts as the number it spells. */
function compare(operator: Comparison, left: EligibilityValue, right: EligibilityValue): boolean | null {
  if (left === null || right === null) return null;
  if (typeof left === "string" && typeof right === "string")
    return holds(operator, left < right ? -1 : left > right ? 1 : 0);
  if (typeof left === "boolean" && typeof right === "boolean") return holds(operator, Number(left) - Number(right));
  const [first, second] = [asNumber(left), asNumber(right)];
  if (first !== null && second !== null) return holds(operator, first - second);
  // A text that spells no number is different from every number, and neither above nor below it.
  if (operator === "==") return false;
  return operator === "!=" ? true : null;
}

function holds(operator: Comparison, order: number): boolean {
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function calculate(operator: Arithmetic, left: number | null, right: number | null): number | null {
  if (left === null || right === null) return null;
  const value = { "+": left + right, "-": left - right, "*": left * right, "/": left / right }[operator];
  return Number.isFinite(value) ? value : null;
}

function asTruth(value: EligibilityValue): boolean | null {
  return typeof value === "boolean" ? value : null;
}

function asNumber(value: EligibilityValue): number | null {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
