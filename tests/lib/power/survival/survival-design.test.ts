import { describe, expect, it } from "vitest";
import type { z } from "zod";
import { reportOfPower } from "../../../../lib/calculation/report-of-power.ts";
import { designReportSchema } from "../../../../lib/design/design-report.ts";
import { reportSurvivalDesign } from "../../../../lib/design/report-survival-design.ts";
import { survivalDesignSpecSchema } from "../../../../lib/design/survival-design-spec.ts";
import { hasR, runRProgram } from "../../../support/run-r-program.ts";

type Input = Omit<z.input<typeof survivalDesignSpecSchema>, "method">;
const report = (input: Input) =>
  reportOfPower(
    reportSurvivalDesign(survivalDesignSpecSchema.parse({ method: "group-sequential-survival", ...input })),
  );

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
    "several errors and sizes",
    {
      ...piecewise,
      hazardRatio: [0.65, 0.75],
      oneSidedAlpha: [0.025, 0.01],
      power: [0.8, 0.9],
      informationFractions: [0.5, 1],
    },
  ],
  [
    "power of subjects",
    {
      ...piecewise,
      solveFor: "power",
      hazardRatio: [0.65, 1],
      total: [300, 500],
      ratio: 2,
      informationFractions: [0.5, 1],
    },
  ],
  [
    "power of events",
    {
      ...piecewise,
      solveFor: "power",
      hazardRatio: 0.7,
      events: [120, 250],
      informationFractions: [0.3, 0.6, 1],
      sides: "symmetric-two-sided",
    },
  ],
  [
    "power by Lachin and Foulkes",
    {
      ...piecewise,
      solveFor: "power",
      hazardRatio: 0.7,
      total: 500,
      convention: "lachin-foulkes",
      informationFractions: [0.5, 1],
    },
  ],
  [
    "hazard ratio",
    {
      ...piecewise,
      solveFor: "effect",
      total: [300, 600],
      power: 0.8,
      informationFractions: [0.5, 1],
      efficacy: { family: "pocock" },
    },
  ],
  [
    "hazard ratio above the margin, of events",
    {
      ...piecewise,
      solveFor: "effect",
      events: 200,
      nullHazardRatio: 1.2,
      direction: "greater",
      informationFractions: [0.5, 1],
    },
  ],
  [
    "type I error",
    {
      ...piecewise,
      solveFor: "alpha",
      hazardRatio: 0.75,
      total: 500,
      power: [0.7, 0.9],
      informationFractions: [0.5, 0.75, 1],
    },
  ],
  [
    "duration",
    {
      ...piecewise,
      followUp: undefined,
      solveFor: "duration",
      hazardRatio: 0.65,
      total: [500, 900],
      informationFractions: [0.5, 1],
    },
  ],
  [
    "duration by Lachin and Foulkes",
    {
      ...piecewise,
      followUp: undefined,
      solveFor: "duration",
      hazardRatio: 0.65,
      total: 600,
      convention: "lachin-foulkes",
      informationFractions: [0.5, 1],
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
        reports
          .map(({ code }, k) => `stages_${k} <- local({\n${code.r}\nanswers_${k} <<- answers\nstages\n})`)
          .join("\n"),
        {},
        reports.flatMap((_, k) => [`stages_${k}`, `answers_${k}`]),
      )
    : null;
  cases.forEach(([name], k) => {
    it(name, () => {
      expect(designReportSchema.safeParse(reports[k]).error).toBeUndefined();
      expect(reports[k]!.answer).not.toMatch(/NaN|undefined/);
      const table = (id: string) => reports[k]!.tables.find((each) => each.id === id)!;
      if (found === null) return;
      const stages = found[`stages_${k}`]!;
      const { rows } = table("stages");
      const compare = (column: number, wanted: (number | string)[]) => {
        rows.forEach((row, i) => {
          expect(Math.abs(Number(row[column]) / Number(wanted[i]) - 1)).toBeLessThan(1e-6);
        });
      };
      compare(2, stages.events!);
      compare(3, stages.time!);
      compare(7, stages.hazard_ratio!);
      const answers = found[`answers_${k}`]!;
      const results = table("results");
      const titles: Readonly<Record<string, string>> = {
        unroundedEvents: "Most events, before rounding",
        unrounded: "Most subjects, before rounding",
        duration: "Study duration at most",
        expectedEvents: "Expected events",
        expectedDuration: "Expected duration",
        earlyStop: "Early stop",
        subjects: "Most subjects",
        fixedEvents: "Events of one analysis",
        answer: "",
      };
      for (const [key, title] of Object.entries(titles)) {
        if (answers[key] === undefined) continue;
        const names = results.columns.map((column) => column.title);
        const at = key === "answer" ? names.indexOf("Most events, before rounding") - 1 : names.indexOf(title);
        results.rows.forEach((row, i) => {
          expect(Math.abs(Number(row[at]) / Number(answers[key]![i]) - 1), `${key}, row ${i}`).toBeLessThan(1e-6);
        });
      }
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
      const value = (name: RegExp) =>
        Number(tables.find(({ id }) => id === "expectations")!.rows.find(([title]) => name.test(String(title)))![1]);
      return tables
        .find(({ id }) => id === "stages")!
        .rows.map((row, k) => ({
          events: row[2],
          time: row[3],
          subjects: row[4],
          reject: tables.find(({ id }) => id === "stopping")!.rows[k]![1],
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
