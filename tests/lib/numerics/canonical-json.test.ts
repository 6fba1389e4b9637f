import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "../../../lib/errors/domain-error.ts";
import { canonicalJson } from "../../../lib/numerics/canonical-json.ts";

describe("canonicalJson", () => {
  it("gives the example of RFC 8785 §3.2.2–3.2.3", () => {
    const value = {
      numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it("sorts keys by UTF-16 code unit (RFC 8785 §3.2.3)", () => {
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
    expect(Object.keys(JSON.parse(canonicalJson(value)) as object).length).toBe(7);
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it("does not depend on the order in which keys were written, and loses nothing", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(canonicalJson(reverseKeys(value))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: 1 },
    );
  });

  it("writes negative zero as 0", () => {
    expect(canonicalJson(-0)).toBe("0");
  });

  it.each([
    [{ a: [1, { b: Number.NaN }] }, "a[1].b"],
    [{ a: Number.POSITIVE_INFINITY }, "a"],
    [{ a: undefined }, "a"],
    [[1, undefined], "[1]"],
    [undefined, "document"],
    [{ when: new Date(0) }, "when"],
    [{ column: new Float64Array(2) }, "column"],
    [{ f: () => 1 }, "f"],
    [{ n: 1n }, "n"],
    [{ s: "\ud800" }, "s"],
  ])("refuses what JSON cannot carry, with its path (case %#)", (value, path) => {
    try {
      canonicalJson(value);
    } catch (error) {
      expect(error).toBeInstanceOf(DomainError);
      expect((error as DomainError).detail.argument).toBe(path);
      return;
    }
    throw new Error("was accepted");
  });
});

function reverseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reverseKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reverseKeys(item)]),
  );
}
