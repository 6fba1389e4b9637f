import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sizeControlArm } from "../../../lib/sizing/size-control-arm.ts";
import { sizingProgram } from "../../../lib/sizing/sizing-program.ts";
import { rProgramBatch } from "../../support/run-r-program.ts";
import { sizingSpecArbitrary } from "./sizing-arbitraries.ts";

/** R's noncentral t is accurate to about this; a power is printed with 15 digits. */
const POWER_TOLERANCE = 1e-7;

const plans = fc.sample(sizingSpecArbitrary, { numRuns: 12, seed: 77 }).map((spec) => sizeControlArm(spec));

describe("the R program of a sizing", () => {
  const program = rProgramBatch(
    plans.map((result) => () => ({
      program: sizingProgram(result).r,
      packages: [],
      files: {},
      returns: ["sizes"],
      result,
    })),
  );
  test.each(plans.map((_, index) => index))("gives sizes, power and enrolment of plan %i", (index) => {
    const { result, frames } = program(index);
    if (frames === null) return;
    const { sizes } = frames;
    expect(sizes!.experimental).toEqual(result.rows.map((row) => row.experimental));
    expect(sizes!.control).toEqual(result.rows.map((row) => row.control));
    expect(sizes!.enrolled).toEqual(result.rows.map((row) => row.enrolled.total));
    result.rows.forEach((row, k) => {
      expect(Math.abs(Number(sizes!.power![k]) - row.power)).toBeLessThan(POWER_TOLERANCE);
      expect(Math.abs(Number(sizes!.power_at_zero![k]) - row.powerAtZeroRSquared)).toBeLessThan(POWER_TOLERANCE);
    });
  });
});
