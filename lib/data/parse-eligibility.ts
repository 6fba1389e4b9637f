import {
  type ExpressionLanguage,
  type ExpressionParse,
  parseExpression,
  requireCondition,
} from "./parse-expression.ts";

export type EligibilityParse = ExpressionParse;

const LANGUAGE: ExpressionLanguage = {
  subject: "eligibility expression",
  forms:
    'Allowed are column names, numbers, texts in quotation marks, == != < <= > >=, between … and …, in (…), is missing, + - * /, and, or, not, and parentheses, e.g. 16 <= mmse <= 26 and sex == "F".',
  unknown: (names, known) =>
    `The data have no column named ${names}. Columns are: ${known}. Texts must stand in quotation marks.`,
  functions: [],
};

/**
 * Parses an eligibility expression such as `16 <= MMSE <= 26 and SEX == "F"` without ever evaluating it, as `parseExpression`.
 *
 * @param columns - Names that may be used.
 */
export function parseEligibility(text: string, columns: readonly string[]): EligibilityParse {
  return parseExpression(text, columns, LANGUAGE, (rule) => requireCondition(rule, LANGUAGE));
}
