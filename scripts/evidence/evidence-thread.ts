import { EVIDENCE_PARTS, rounded } from "./evidence-parts.ts";

export interface EvidenceTask {
  readonly part: string;
  readonly port: MessagePort;
}

/** Computes one part in a thread; progress goes through the port. */
export default function evaluatePart({ part, port }: EvidenceTask): unknown {
  const found = EVIDENCE_PARTS.find(({ id }) => id === part);
  if (found === undefined) throw new Error(`no such part: ${part}`);
  const result = found.evaluate((fraction, message) => port.postMessage({ fraction, message }));
  port.close();
  return rounded(result);
}
