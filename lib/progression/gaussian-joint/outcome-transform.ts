import { z } from "zod";

/** Scale on which the values of one endpoint, baseline included, are taken to be jointly normal. */
export const outcomeTransformSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("identity") }),
  /** w = asinh((y − centre)/scale): logarithmic far from the centre, on either side. */
  z.object({ kind: z.literal("inverse-sinh"), centre: z.number(), scale: z.number().positive() }),
  /** w = ln((y − lower)/(upper − y)); both limits lie a little outside the admissible values. */
  z.object({ kind: z.literal("logit"), lower: z.number(), upper: z.number() }),
]);
export type OutcomeTransform = z.infer<typeof outcomeTransformSchema>;

export const IDENTITY: OutcomeTransform = { kind: "identity" };

/** A value outside the limits of a logit stands at this part of the range inside them. */
const EDGE = 1e-3;

/**
 * Value on the working scale. METHODS.md, equation (P25).
 *
 * @param transform - Of the endpoint.
 * @param value - Analysis scale; NaN stays NaN.
 */
export function toWorking(transform: OutcomeTransform, value: number): number {
  switch (transform.kind) {
    case "identity":
      return value;
    case "inverse-sinh":
      return Math.asinh((value - transform.centre) / transform.scale);
    case "logit": {
      const { lower, upper } = transform;
      const edge = EDGE * (upper - lower);
      const inside = Math.min(upper - edge, Math.max(lower + edge, value));
      return Math.log((inside - lower) / (upper - inside));
    }
  }
}

/** Inverse of {@link toWorking}. */
export function fromWorking(transform: OutcomeTransform, value: number): number {
  switch (transform.kind) {
    case "identity":
      return value;
    case "inverse-sinh":
      return transform.centre + transform.scale * Math.sinh(value);
    case "logit":
      return transform.lower + (transform.upper - transform.lower) / (1 + Math.exp(-value));
  }
}

/**
 * ln |dw/dy|: what a density on the working scale is multiplied by to be one on the analysis scale.
 *
 * @param transform - Of the endpoint.
 * @param value - Analysis scale.
 */
export function logSlope(transform: OutcomeTransform, value: number): number {
  switch (transform.kind) {
    case "identity":
      return 0;
    case "inverse-sinh":
      return -0.5 * Math.log(transform.scale ** 2 + (value - transform.centre) ** 2);
    case "logit": {
      const { lower, upper } = transform;
      const edge = EDGE * (upper - lower);
      const inside = Math.min(upper - edge, Math.max(lower + edge, value));
      return Math.log((upper - lower) / ((inside - lower) * (upper - inside)));
    }
  }
}
