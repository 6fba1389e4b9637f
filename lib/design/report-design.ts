import type { ResultTable } from "../analysis/analysis-report.ts";
import { normalUpperTail } from "../numerics/normal.ts";
import { powerInWords } from "../power/power-sweep.ts";
import { designProgram } from "./design-program.ts";
import type { DesignReport } from "./design-report.ts";
import type { DesignSpec } from "./design-spec.ts";
import { boundaryWords, futilityWords } from "./design-words.ts";
import { futilityScales } from "./futility-scale.ts";
import { boundsOfDesign, type GroupSequentialDesign, powerCounted } from "./group-sequential-design.ts";
import { powerOfDesign } from "./power-of-design.ts";
import { diagnosticsOf, errorInWords } from "./report-sequential-size.ts";
import { designRows, designsTable, type OneDesignSpec, rDesigns } from "./several-designs.ts";
import { designsOf } from "./solve-sequential.ts";

/**
 * A group sequential design with its bounds on all scales, its behaviour under several truths and programs that repeat it.
 *
 * @param spec - Design (`designSpecSchema`).
 * @returns Report: efficacy and futility bounds, stopping probabilities, power and expected information (and size).
 * @throws DomainError as `designGroupSequential`, naming the field.
 * @remarks METHODS.md eq. (G1)–(G12), (G20)–(G22), (G28)–(G30).
 */
export function reportDesign(spec: DesignSpec): DesignReport {
  const rows = designRows(spec);
  const designFor = designsOf(spec);
  const [first] = rows;
  const report = reportOneDesign(first, designFor(first.oneSidedAlpha, first.power));
  if (rows.length === 1) return report;
  const designs = rows.map((row) => ({ row, design: designFor(row.oneSidedAlpha, row.power) }));
  return {
    ...report,
    answer: `First of ${rows.length} designs: ${report.answer}`,
    tables: [designsTable(designs), ...report.tables],
    diagnostics: diagnosticsOf(designs.map(({ design }) => design)),
    code: { ...report.code, r: `${report.code.r}\n${rDesigns(spec, rows)}` },
  };
}

function reportOneDesign(spec: OneDesignSpec, design: GroupSequentialDesign): DesignReport {
  const analyses = spec.informationFractions.length;
  const sided = spec.sides === "one-sided" ? "one-sided" : "symmetric two-sided";
  const truths = spec.truths.map((share) => ({
    share,
    behaviour: powerOfDesign(boundsOfDesign(design), share * design.drift),
  }));
  return {
    method: `Group sequential design, ${analyses} ${analyses === 1 ? "analysis" : "analyses"}, ${sided}; ${boundaryWords(spec.efficacy)}; ${futilityWords(spec.futility)}`,
    answer: answer(spec, design),
    tables: [
      boundsTable(spec, design, "efficacy"),
      boundsTable(spec, design, "futility"),
      errorTable(design),
      ...probabilityTables(design, truths),
      behaviourTable(spec, design, truths),
    ].filter((table) => table.rows.length > 0),
    conventionNote: conventionNote(spec),
    diagnostics: [...design.diagnostics],
    code: designProgram(design.spec, spec.truths),
  };
}

function conventionNote({ sides, futility, powerCounts }: OneDesignSpec): string {
  if (sides === "one-sided")
    return "Power follows the futility rule, binding or not, as in rpact and gsDesign; the type I error ignores a non-binding rule.";
  const counted =
    powerCounts === "either-direction"
      ? "Power counts rejections in either direction, as rpact does with twoSidedPower = TRUE; unless told otherwise rpact and gsDesign count those in the direction of benefit."
      : "Power counts rejections in the direction of benefit, as gsDesign does and rpact unless twoSidedPower = TRUE.";
  const overlap =
    futility.kind !== "beta-spending"
      ? ""
      : futility.overlap === "carry"
        ? " Type II error of an analysis that is too early for a futility stop is spent at the next (rpact: betaAdjustment = FALSE; SAS: BETAOVERLAP=NOADJUST)."
        : " Type II error of an analysis that is too early for a futility stop is taken out and the rest of the spending function stretched (rpact: betaAdjustment = TRUE; SAS: BETAOVERLAP=ADJUST).";
  const spent =
    futility.kind === "none" || powerCounts === "either-direction"
      ? ""
      : " Inner bounds spend the probability of no rejection at all, as in rpact; the power, which leaves out rejections in favour of control, is met by the size.";
  return `The error is one-sided here; rpact and SAS state the two-sided total for two-sided tests. ${counted}${overlap}${spent}`;
}

type Truth = { readonly share: number; readonly behaviour: ReturnType<typeof powerOfDesign> };

function answer(spec: OneDesignSpec, design: GroupSequentialDesign): string {
  const final = design.looks.at(-1)!;
  const size =
    spec.fixedSize === undefined
      ? `The maximum information is ${design.inflationFactor.toFixed(4)} times that of a single analysis`
      : `The maximum size is ${Math.ceil(spec.fixedSize * design.inflationFactor - 1e-9)} instead of ${spec.fixedSize} with a single analysis (inflation factor ${design.inflationFactor.toFixed(4)})`;
  const expected = (100 * design.expectedInformation.underDesignEffect).toFixed(1);
  return `${size}, for ${powerInWords(design.power)} power at ${errorInWords(spec, spec.oneSidedAlpha)}; expected under the design effect: ${expected} % of a single analysis. The final efficacy bound is Z = ${final.efficacyZ!.toFixed(4)}.`;
}

const number = (title: string, unit = "") => ({ title, unit, kind: "number" as const });
const share = (title: string) => ({ title, unit: "", kind: "proportion" as const });

/** Bounds of one kind on every scale. */
function boundsTable(spec: OneDesignSpec, design: GroupSequentialDesign, which: "efficacy" | "futility"): ResultTable {
  const last = design.looks.length - 1;
  const finalBound = design.looks[last]!.efficacyZ!;
  const effect = spec.designEffect;
  const rows = design.looks.flatMap((look, k) => {
    const z = which === "efficacy" ? look.efficacyZ : look.futilityZ;
    if (z === null)
      return which === "efficacy"
        ? [[k + 1, look.informationFraction, ...size(spec, design, k), ...blank(effect)]]
        : [];
    const interim = k < last ? futilityScales(z, look.informationFraction, finalBound, design.drift) : null;
    const effectShare = z / (design.drift * Math.sqrt(look.informationFraction));
    return [
      [
        k + 1,
        look.informationFraction,
        ...size(spec, design, k),
        z,
        which === "efficacy" ? look.efficacyNominalP : normalUpperTail(z),
        effectShare,
        ...(effect === undefined ? [] : [effectShare * effect]),
        interim?.conditionalPowerDesignEffect ?? null,
        interim?.conditionalPowerTrend ?? null,
        interim?.predictivePowerFlatPrior ?? null,
      ],
    ];
  });
  const efficacy = which === "efficacy";
  return {
    id: `${which}-bounds`,
    title: efficacy ? "Efficacy bounds" : "Futility bounds",
    columns: [
      { title: "Analysis", unit: "", kind: "count" },
      share("Information fraction"),
      ...(spec.fixedSize === undefined ? [] : [number("Size")]),
      number("Z"),
      { title: "One-sided p-value", unit: "", kind: "p-value" },
      number("Estimate / design effect"),
      ...(effect === undefined ? [] : [number("Estimate")]),
      share("Conditional power, design effect"),
      share("Conditional power, trend"),
      share("Predictive power, flat prior"),
    ],
    rows,
    note: efficacy
      ? "Reject when Z reaches the bound. Powers are those of success at the final analysis given a result exactly on the bound."
      : design.spec.sides === "symmetric-two-sided"
        ? "Stop when |Z| is below the bound. Powers are those of success, in the direction of benefit, at the final analysis given a result exactly on the bound."
        : "Stop when Z is at or below the bound. Powers are those of success at the final analysis given a result exactly on the bound.",
  };
}

const size = (spec: OneDesignSpec, design: GroupSequentialDesign, k: number) =>
  spec.fixedSize === undefined
    ? []
    : [Math.ceil(spec.fixedSize * design.inflationFactor * design.looks[k]!.informationFraction - 1e-9)];

const blank = (effect: number | undefined) => Array.from({ length: effect === undefined ? 6 : 7 }, () => null);

function errorTable(design: GroupSequentialDesign): ResultTable {
  return {
    id: "error-spent",
    title: "Error spent",
    columns: [
      { title: "Analysis", unit: "", kind: "count" },
      number("Type I error spent, cumulative"),
      number(withoutSuccess(design)),
    ],
    rows: design.looks.map((look) => [look.analysis, look.alphaSpent, look.futilityUnderDesignEffect]),
    note: "The type I error is that on the side of benefit; non-binding futility is ignored in it.",
  };
}

function withoutSuccess({ spec }: GroupSequentialDesign): string {
  if (spec.sides === "one-sided" || spec.sides === undefined)
    return "P(no success) under the design effect, cumulative";
  return spec.futility.kind === "none"
    ? "P(rejection in favour of control) under the design effect, cumulative"
    : "P(end without rejection) under the design effect, cumulative";
}

function probabilityTables(design: GroupSequentialDesign, truths: readonly Truth[]): ResultTable[] {
  const twoSided = design.spec.sides === "symmetric-two-sided";
  const table = (
    id: string,
    title: string,
    values: (truth: Truth) => readonly number[],
    note: string,
  ): ResultTable => ({
    id,
    title,
    columns: [
      { title: "Analysis", unit: "", kind: "count" },
      ...truths.map((truth) => share(`Truth ${truth.share} × design effect`)),
    ],
    rows: design.looks.map((look, k) => [look.analysis, ...truths.map((truth) => values(truth)[k]!)]),
    note,
  });
  return [
    table("efficacy-probability", "Probability of stopping for efficacy", (truth) => truth.behaviour.efficacy, ""),
    table(
      "futility-probability",
      twoSided ? "Probability of stopping in favour of control" : "Probability of stopping without success",
      (truth) => truth.behaviour.futility,
      twoSided ? "" : "At the final analysis: ending without rejection.",
    ),
    ...(twoSided && design.spec.futility.kind !== "none"
      ? [
          table(
            "acceptance-probability",
            "Probability of stopping between the inner bounds",
            (truth) => truth.behaviour.acceptance,
            "At the final analysis: ending without rejection.",
          ),
        ]
      : []),
  ];
}

function behaviourTable(spec: OneDesignSpec, design: GroupSequentialDesign, truths: readonly Truth[]): ResultTable {
  const expected = (truth: Truth) => design.inflationFactor * truth.behaviour.expectedInformationFraction;
  return {
    id: "operating-characteristics",
    title: "Power and expected information",
    columns: [
      number("Truth / design effect"),
      share("P(success)"),
      share("Expected information / maximum"),
      number("Expected information / single analysis"),
      ...(spec.fixedSize === undefined ? [] : [number("Expected size")]),
    ],
    rows: truths.map((truth) => [
      truth.share,
      powerCounted(design.spec, truth.behaviour),
      truth.behaviour.expectedInformationFraction,
      expected(truth),
      ...(spec.fixedSize === undefined ? [] : [spec.fixedSize * expected(truth)]),
    ]),
    note: "The futility rule is followed.",
  };
}
