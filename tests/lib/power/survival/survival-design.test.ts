import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { designReportSchema } from "../../../../lib/design/design-report.ts";
import { reportSurvivalDesign } from "../../../../lib/design/report-survival-design.ts";
import { survivalDesignSpecSchema } from "../../../../lib/design/survival-design-spec.ts";
import { hasR, runRProgram } from "../../../support/run-r-program.ts";

type Input = Omit<z.input<typeof survivalDesignSpecSchema>, "method">;
const report = (input: Input) =>
  reportSurvivalDesign(survivalDesignSpecSchema.parse({ method: "group-sequential-survival", ...input }));

const piecewise = {
  controlHazard: { changes: [3, 9], rates: [0.02, 0.06, 0.04] },
  accrual: { durations: [4, 2, 6], rates: [1, 3, 2] },
  followUp: 10,
  dropout: 0.1,
  dropoutTime: 12,
};
const cases: readonly [string, Input][] = [
  [
    "O'Brien-Fleming spending, beta spending",
    {
      ...piecewise,
      hazardRatio: 0.65,
      ratio: 2,
      informationFractions: [0.4, 0.7, 1],
      futility: { kind: "beta-spending", spending: { family: "hwang-shih-decani", gamma: -2 }, binding: false },
    },
  ],
  [
    "Pocock, hazard ratio above 1, Lachin and Foulkes",
    {
      controlMedian: 10,
      accrualDuration: 15,
      followUp: 12,
      hazardRatio: 1.5,
      convention: "lachin-foulkes",
      informationFractions: [0.5, 1],
      efficacy: { family: "pocock" },
    },
  ],
  [
    "two-sided, Freedman",
    {
      controlMedian: 10,
      accrualDuration: 15,
      followUp: 12,
      hazardRatio: 0.7,
      convention: "freedman",
      sides: "symmetric-two-sided",
      informationFractions: [0.5, 0.75, 1],
    },
  ],
];

describe("the R program of a group sequential survival design gives the same numbers", () => {
  const reports = cases.map(([, input]) => report(input));
  const found = hasR([])
    ? runRProgram(
        reports.map(({ code }, k) => `stages_${k} <- local({\n${code.r}\nstages\n})`).join("\n"),
        {},
        reports.map((_, k) => `stages_${k}`),
      )
    : null;
  cases.forEach(([name], k) => {
    it(name, () => {
      expect(designReportSchema.safeParse(reports[k]).error).toBeUndefined();
      if (found === null) return;
      const stages = found[`stages_${k}`]!;
      const { rows } = reports[k]!.tables[0]!;
      const compare = (column: number, wanted: (number | string)[]) => {
        rows.forEach((row, i) => {
          expect(Math.abs(Number(row[column]) / Number(wanted[i]) - 1)).toBeLessThan(1e-6);
        });
      };
      compare(2, stages.events!);
      compare(3, stages.time!);
      compare(7, stages.hazard_ratio!);
    });
  });
});

describe("rpact gives the same design", () => {
  it("piecewise hazards and entry, unequal arms, two-sided too", { timeout: 90_000 }, () => {
    if (!hasR(["rpact"])) return;
    const program = `library(rpact)
answers <- do.call(rbind, lapply(1:2, function(sided) {
  design <- getDesignGroupSequential(kMax = 3, alpha = 0.025 * sided, beta = 0.15, sided = sided, typeOfDesign = "asOF", informationRates = c(0.4, 0.7, 1))
  plan <- getSampleSizeSurvival(design, typeOfComputation = "HsiehFreedman", hazardRatio = 0.65,
    lambda2 = c(0.02, 0.06, 0.04), piecewiseSurvivalTime = c(0, 3, 9), allocationRatioPlanned = 2,
    accrualTime = c(0, 4, 6, 12), accrualIntensity = c(0.1, 0.3, 0.2), followUpTime = 10,
    dropoutRate1 = 0.1, dropoutRate2 = 0.1, dropoutTime = 12)
  data.frame(events = plan$eventsPerStage[, 1], time = plan$analysisTime[, 1], subjects = plan$numberOfSubjects[, 1],
    reject = plan$rejectPerStage[, 1], expected = plan$expectedEventsH1, duration = plan$studyDuration)
}))`;
    const { answers } = runRProgram(program, {}, ["answers"]);
    const ours = (["one-sided", "symmetric-two-sided"] as const).flatMap((sides) => {
      const { tables } = report({
        ...piecewise,
        hazardRatio: 0.65,
        ratio: 2,
        power: 0.85,
        sides,
        convention: "hsieh-freedman",
        informationFractions: [0.4, 0.7, 1],
      });
      const value = (name: RegExp) => Number(tables[2]!.rows.find(([title]) => name.test(String(title)))![1]);
      return tables[0]!.rows.map((row, k) => ({
        events: row[2],
        time: row[3],
        subjects: row[4],
        reject: tables[1]!.rows[k]![1],
        expected: value(/^Events under the design effect/),
        duration: value(/^Duration/),
      }));
    });
    for (const key of ["events", "time", "subjects", "reject", "expected", "duration"] as const)
      ours.forEach((stage, k) => {
        expect(Math.abs(Number(stage[key]) / Number(answers![key]![k]) - 1), `${key} ${k}`).toBeLessThan(2e-5);
      });
  });
});
