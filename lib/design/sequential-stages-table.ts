import type { ResultTable } from "../analysis/analysis-report.ts";
import type { Settings } from "../power/power-sweep.ts";
import type { GroupSequentialDesign } from "./group-sequential-design.ts";
import type { SequentialEndpoint } from "./report-sequential-size.ts";
import type { SequentialOperation } from "./sequential-size.ts";

const up = (size: number) => Math.ceil(size * (1 - 1e-10));

/** One line an analysis: subjects, bounds on both scales, probabilities to stop under the effect. */
export function sequentialStagesTable(
  design: GroupSequentialDesign,
  endpoint: SequentialEndpoint,
  s: Settings,
  total: number,
  operation: SequentialOperation,
): ResultTable {
  const ratio = s.ratio!;
  return {
    id: "stages",
    title: "Analyses",
    columns: [
      { title: "Analysis", unit: "", kind: "count" },
      { title: "Information", unit: "", kind: "proportion" },
      { title: "Experimental", unit: "subjects", kind: "count" },
      { title: "Control", unit: "subjects", kind: "count" },
      { title: "Efficacy bound", unit: "Z", kind: "number" },
      { title: `${endpoint.effectLabel} at efficacy`, unit: "", kind: "number" },
      { title: "Futility bound", unit: "Z", kind: "number" },
      { title: `${endpoint.effectLabel} at futility`, unit: "", kind: "number" },
      { title: "Rejects here", unit: "", kind: "proportion" },
      { title: "Stops for futility here", unit: "", kind: "proportion" },
    ],
    rows: design.looks.map((look, k) => {
      const subjects = look.informationFraction * total;
      const effectAt = (z: number | null) => (z === null ? null : endpoint.effectAtBound(s, z, subjects));
      return [
        look.analysis,
        look.informationFraction,
        up((subjects * ratio) / (1 + ratio)),
        up(subjects / (1 + ratio)),
        look.efficacyZ,
        effectAt(look.efficacyZ),
        look.futilityZ,
        effectAt(look.futilityZ),
        operation.rejectPerStage[k]!,
        operation.futilityPerStage[k] ?? null,
      ];
    }),
    note: "First row of inputs; probabilities under the effect given.",
  };
}
