import { z } from "zod";

const common = {
  id: z.string().regex(/^[A-Za-z][A-Za-z0-9_.]{0,39}$/, "letters, digits, _ and .; starts with a letter; at most 40"),
  label: z.string().min(1).max(120),
};

/** A baseline characteristic measured before or at time zero. Values: number, level text, or null when missing. */
export const covariateSchema = z.discriminatedUnion("type", [
  z.object({ ...common, type: z.literal("continuous"), unit: z.string().max(40) }),
  z.object({ ...common, type: z.literal("categorical"), levels: z.array(z.string()).min(1) }),
]);

export type Covariate = z.infer<typeof covariateSchema>;
