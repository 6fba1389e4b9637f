import { z } from "zod";

export const armSchema = z.object({
  id: z.string().min(1).max(60),
  label: z.string().min(1).max(120),
  role: z.enum(["control", "experimental"]),
});

export type Arm = z.infer<typeof armSchema>;
