import { normalUpperTail } from "../../numerics/normal.ts";
import { boundaryFigure } from "../../reporting/figures/boundary-figure.ts";
import {
  formatCount,
  formatFixed,
  formatInput,
  formatPercent,
  formatPValue,
  MISSING,
} from "../../reporting/format-number.ts";
import type { ReportBlock } from "../../reporting/report-document.ts";
import type { DossierContext } from "../dossier-context.ts";
import { ASSURANCE_PRIOR_SD_SHARE, assurance, interimPower } from "../interim-power.ts";
import { columns, heading, paragraph, see, table } from "../prose.ts";
import { efficacyText, futilityText } from "./plan.ts";

/** Stopping boundaries on the z and p scale, conditional and predictive power, assurance. */
export function boundaryBlocks(context: DossierContext): ReportBlock[] {
  const { designs, record } = context;
  const sequential = designs.filter((design) => design.lookFractions.length > 1);
  const looksOf = (designId: string) => record.simulation.cells.find((cell) => cell.designId === designId)?.looks ?? [];
  const shown = sequential[0];
  return [
    heading(2, "simulation-boundaries", "Stopping boundaries"),
    shown === undefined
      ? paragraph`No design has an interim look; the critical values of the single tests stand in ${see("table-boundaries")}.`
      : paragraph`Boundaries stand in ${see("table-boundaries")}; ${see("figure-boundaries")} draws those of "${shown.name}". A z bound becomes the t value with the same tail probability at the degrees of freedom of the look (M9). With non-binding futility the efficacy bounds are computed as if there were no futility rule, so that the type I error holds when the rule is ignored.`,
    table({
      id: "table-boundaries",
      title: "Boundaries by design and look",
      population: "",
      columns: columns(
        "Design",
        ">Look",
        ">Information|fraction",
        ">Patients|at the look",
        ">Efficacy|z",
        ">Efficacy|p, one-sided",
        ">Futility|z",
        "Rules",
      ),
      rows: designs.flatMap((design) =>
        looksOf(design.id).map((look, index) => [
          index === 0 ? design.name : "″",
          String(look.look),
          formatFixed(look.informationFraction, 3),
          formatCount(look.cohort),
          look.efficacyBound === null ? MISSING : formatFixed(look.efficacyBound, 3),
          look.efficacyBound === null ? MISSING : formatPValue(normalUpperTail(look.efficacyBound)),
          look.futilityBound === null ? MISSING : formatFixed(look.futilityBound, 3),
          index === 0 ? `${efficacyText(design)}; futility ${futilityText(design)}` : "″",
        ]),
      ),
      notes: [
        `″: as above. ${MISSING}: no such bound at this look. z in the direction of benefit; p: nominal one-sided p-value of the efficacy bound.`,
      ],
    }),
    ...(shown === undefined
      ? []
      : [
          {
            kind: "figure" as const,
            id: "figure-boundaries",
            title: `Stopping boundaries of "${shown.name}"`,
            population: "",
            chart: boundaryFigure(shown.name, looksOf(shown.id)),
            notes: ["z scale in the direction of benefit."],
          },
        ]),
    ...interimBlocks(context),
    ...assuranceBlocks(context),
  ];
}

function interimBlocks(context: DossierContext): ReportBlock[] {
  const powers = context.designs.flatMap((design) => {
    const power = interimPower(context, design);
    return power === null ? [] : [{ design, power }];
  });
  if (powers.length === 0) return [];
  return [
    heading(3, "simulation-interim", "Conditional and predictive power at the first look"),
    paragraph`${see("table-interim")} gives the conditional power under the planned effect of ${formatInput(context.record.sizing.spec.effect.value)} and under the observed trend, and the predictive power with a flat prior, for some values of the interim statistic. They follow from the canonical joint distribution (G13–G18) with the bounds above and are meant for the discussion of a futility rule.`,
    table({
      id: "table-interim",
      title: "Conditional and predictive power at the first interim look",
      population: "",
      columns: columns(
        "Design",
        ">Interim z",
        ">Conditional power,|planned effect",
        ">Conditional power,|observed trend",
        ">Predictive power,|flat prior",
      ),
      rows: powers.flatMap(({ design, power }) =>
        power.rows.map((row) => [
          design.name,
          formatFixed(row.z, 1),
          formatFixed(row.plannedEffect, 3),
          formatFixed(row.trend, 3),
          formatFixed(row.predictive, 3),
        ]),
      ),
      notes: [
        powers
          .map(
            ({ design, power }) =>
              `${design.name}: look at fraction ${formatFixed(power.informationFraction, 3)}, expected z at the end ${formatFixed(power.plannedDrift, 2)} under the planned effect.`,
          )
          .join(" "),
      ],
    }),
  ];
}

function assuranceBlocks(context: DossierContext): ReportBlock[] {
  const rows = context.designs.flatMap((design) => {
    const value = assurance(context, design);
    return value === null ? [] : [[design.name, formatPercent(value)]];
  });
  const effect = context.record.sizing.spec.effect.value;
  return [
    heading(3, "simulation-assurance", "Assurance"),
    paragraph`Power holds at one effect. ${see("table-assurance")} averages it over a prior of the effect: normal with the planned effect ${formatInput(effect)} as mean and ${formatPercent(ASSURANCE_PRIOR_SD_SHARE, 0)} of its size as SD. The prior is a default of the program and is to be replaced by the sponsor's own.`,
    table({
      id: "table-assurance",
      title: "Assurance: power averaged over the stated prior",
      population: "",
      columns: columns("Design", ">Assurance"),
      rows,
      notes: ["Futility rules are followed. Effect and SD as in the sample size, discounts included."],
    }),
  ];
}
