import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { calculate } from "../../../lib/calculation/calculate.ts";
import { calculationMethods } from "../../../lib/calculation/calculation-methods.ts";
import { wrapProgram } from "../../../lib/program-code/wrap-program.ts";
import { hasR } from "../../support/run-r-program.ts";

describe("programs for print", () => {
  it("break after commas and operators, never inside a string", () => {
    const line = 'x <- c("one, two", "three"), f(a + b * c, d)';
    expect(wrapProgram(line, "R", 24)).toBe('x <- c("one, two",\n  "three"), f(a + b * c,\n  d)');
    expect(wrapProgram('x <- "a very, very long string"', "R", 10)).toBe('x <-\n  "a very, very long string"');
    expect(wrapProgram("# words of a comment that is long", "R", 20)).toBe("# words of a comment\n# that is long");
    expect(wrapProgram("proc power; twosamplemeans test=diff;", "SAS", 20)).toBe(
      "proc power;\n  twosamplemeans\n  test=diff;",
    );
  });

  it("are the same program: R reads the same expressions", () => {
    if (!hasR([])) return;
    const programs = calculationMethods.map(({ example }) => calculate(example).code.r);
    const pairs = programs.map((text) => [text, wrapProgram(text, "R", 84)] as const);
    for (const [, wrapped] of pairs) for (const row of wrapped.split("\n")) expect(row.length, row).toBeLessThan(110);
    const code = `pairs <- jsonlite_free <- readLines(file("stdin")); n <- length(pairs) / 2
      read <- function(text) parse(text = gsub("\\u0001", "\\n", text), keep.source = FALSE)
      for (k in seq_len(n)) if (!identical(as.list(read(pairs[2 * k - 1])), as.list(read(pairs[2 * k])))) stop(k)`;
    const input = pairs.flat().map((text) => text.replaceAll("\n", "\u0001"));
    const run = spawnSync("Rscript", ["--vanilla", "-e", code], { input: `${input.join("\n")}\n`, encoding: "utf8" });
    expect(run.status).toBe(0);
  });
});
