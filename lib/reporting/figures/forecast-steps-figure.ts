import type { FrozenModel } from "../../progression/model-document.ts";
import type { ForecastSteps } from "../../twins/forecast-steps.ts";
import type { ChartSpecification } from "../chart-specification.ts";
import { decimalsForScale, formatFixed } from "../format-number.ts";
import { endpointUnit, placeLabel, visitLabel } from "./figure-labels.ts";

/** Position of the 80 % band among the levels of twins. */
const BAND = 1;

/** Forecast of the primary outcome from baseline only and after each visit, with its 80 % band. */
export function forecastStepsFigure(
  forecast: ForecastSteps,
  model: Pick<FrozenModel, "endpoints" | "visits">,
  patientLabel: string,
): ChartSpecification {
  const { steps } = forecast;
  const decimals = decimalsForScale(steps[0]?.standardDeviation ?? 1);
  return {
    kind: "cartesian",
    title: `${patientLabel}: what each visit changed`,
    description: `Forecast of ${placeLabel(model, forecast)} with its 80 % band, from baseline only and after each visit. Only the first is the twin.`,
    x: {
      title: placeLabel(model, forecast),
      unit: endpointUnit(model, forecast.endpointId),
      scale: { kind: "linear", minimum: null, maximum: null },
    },
    y: {
      title: "",
      unit: "",
      scale: {
        kind: "category",
        categories: steps.map(({ visitId }) =>
          visitId === null ? "Baseline only" : `and ${visitLabel(model, visitId)}`,
        ),
      },
    },
    layers: [
      { type: "rule", name: "twin", role: "neutral", axis: "x", at: steps[0]?.mean ?? 0 },
      ...(["twin", "warning"] as const).map((role) => ({
        type: "intervals" as const,
        name: role === "twin" ? "twin" : "updated forecast",
        role,
        orientation: "horizontal" as const,
        items: steps.flatMap((step, at) =>
          (step.visitId === null) === (role === "twin")
            ? [
                {
                  at,
                  value: step.mean,
                  lower: step.bands[BAND]?.lower ?? step.mean,
                  upper: step.bands[BAND]?.upper ?? step.mean,
                  label: formatFixed(step.mean, decimals),
                },
              ]
            : [],
        ),
      })),
    ],
  };
}
