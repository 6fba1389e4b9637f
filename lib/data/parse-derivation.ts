import type { Endpoint } from "../trial/endpoint.ts";
import { outcomeType } from "../trial/outcome-type.ts";
import type { EligibilityRule, NamedFunction } from "./eligibility-rule.ts";
import {
  ExpressionFault,
  type ExpressionLanguage,
  type ExpressionParse,
  parseExpression,
  requireCondition,
  requireValue,
} from "./parse-expression.ts";

const FUNCTIONS: readonly { readonly name: NamedFunction; readonly least: number; readonly most: number }[] = [
  { name: "min", least: 1, most: 50 },
  { name: "max", least: 1, most: 50 },
  { name: "abs", least: 1, most: 1 },
  { name: "sqrt", least: 1, most: 1 },
  { name: "log", least: 1, most: 1 },
  { name: "exp", least: 1, most: 1 },
  { name: "round", least: 1, most: 1 },
];

const LANGUAGE: ExpressionLanguage = {
  subject: "expression of a derived endpoint",
  forms:
    "Allowed are endpoints (their value at the visit as measured, levels coded from 0), endpoint.baseline, numbers, == != < <= > >=, between … and …, in (…), is missing, + - * /, and, or, not, parentheses, atLeast(n, condition, condition, …), if(condition, value, value), min, max, abs, sqrt, log, exp, round, e.g. tender <= 0.8 * tender.baseline and atLeast(1, pain <= 0.8 * pain.baseline, crp <= 0.8 * crp.baseline).",
  unknown: (names, known) => `There is no endpoint named ${names}. Names are: ${known}.`,
  functions: [
    { name: "atLeast", rule: atLeast },
    { name: "if", rule: choice },
    ...FUNCTIONS.map(({ name, least, most }) => ({
      name,
      rule: (operands: readonly EligibilityRule[], language: ExpressionLanguage): EligibilityRule => {
        if (operands.length < least || operands.length > most)
          throw new ExpressionFault(
            `${name} takes ${least === most ? "one value" : "one or more values"}; it was given ${operands.length}. ${language.forms}`,
          );
        return { kind: "function", name, operands };
      },
    })),
  ],
};

/**
 * Parses the expression of a derived endpoint, such as an ACR20-like response, without ever evaluating it, as `parseExpression`.
 *
 * @param text - Expression over endpoint ids and id.baseline, values as measured.
 * @param endpoints - Ids that may be used.
 * @param endpoint - Derived: a condition gives a binary one, a value any other.
 */
export function parseDerivation(text: string, endpoints: readonly string[], endpoint: Endpoint): ExpressionParse {
  const names = endpoints.flatMap((id) => [id, `${id}.baseline`]);
  return parseExpression(text, names, LANGUAGE, (rule) => {
    if (outcomeType(endpoint) === "binary") requireCondition(rule, LANGUAGE);
    else requireValue(rule, LANGUAGE);
  });
}

function atLeast([count, ...conditions]: readonly EligibilityRule[], language: ExpressionLanguage): EligibilityRule {
  const needed = count?.kind === "constant" ? count.value : null;
  if (typeof needed !== "number" || !Number.isInteger(needed) || needed < 1 || needed > conditions.length)
    throw new ExpressionFault(
      `atLeast needs a whole number, at least 1 and at most the number of conditions that follow (${conditions.length}). ${language.forms}`,
    );
  for (const condition of conditions) requireCondition(condition, language);
  return { kind: "at-least", count: needed, conditions };
}

function choice(operands: readonly EligibilityRule[], language: ExpressionLanguage): EligibilityRule {
  const [condition, left, right] = operands;
  if (condition === undefined || left === undefined || right === undefined || operands.length > 3)
    throw new ExpressionFault(
      `if takes a condition and two values; it was given ${operands.length} parts. ${language.forms}`,
    );
  return { kind: "if", condition, left, right };
}
