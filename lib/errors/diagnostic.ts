import { z } from "zod";

/** A caveat that did not stop the answer and travels with it onto the screen and into the report. */
export const diagnosticSchema = z.object({
  /** Stable kebab-case code, e.g. "few-patients". */
  code: z.string(),
  severity: z.enum(["information", "warning", "critical"]),
  /** The whole sentence the user reads, with the figures in it. */
  message: z.string(),
  /** What the caveat concerns, e.g. "logBilirubin @ year2"; empty when it concerns the whole result. */
  concerns: z.string(),
});

export type Diagnostic = z.infer<typeof diagnosticSchema>;

export function diagnostic(severity: Diagnostic["severity"], code: string, message: string, concerns = ""): Diagnostic {
  return { code, severity, message, concerns };
}
