import { ENGINE_VERSION } from "../../engine-version.ts";
import { DomainError, invalidInput } from "../../errors/domain-error.ts";
import { canonicalJson } from "../../numerics/canonical-json.ts";
import { parseFrozenModel } from "../frozen-model.ts";
import type { TrainedModel } from "../model-document.ts";
import { planHash } from "./federation-plan.ts";
import { type FederationReport, federationReportSchema, reportHash } from "./federation-report.ts";

/**
 * Reads the model and the report that the last combination of a federation wrote, and refuses them where either was changed,
 * where they do not belong together, or where they are of another version of the program.
 *
 * @param modelInput - Parsed JSON of the model.
 * @param reportInput - Parsed JSON of the report.
 * @throws DomainError INVALID_INPUT naming the field that does not match; UNSUPPORTED_COMBINATION for another version.
 */
export function verifyFederatedModel(
  modelInput: unknown,
  reportInput: unknown,
): { readonly model: TrainedModel; readonly report: FederationReport } {
  const model = parseFrozenModel(modelInput);
  if (model.format !== "understudy-model/3" || model.federation === undefined) {
    throw invalidInput(
      "model.federation",
      "absent",
      "must be there: the model was trained on one data set, not by a federation",
      "Give the model that `understudy federate combine` wrote.",
    );
  }
  const report = parseReport(reportInput);
  if (reportHash(reportInput as object) !== report.hash) {
    throw invalidInput(
      "report.hash",
      short(report.hash),
      `must be the SHA-256 of the report's canonical content, ${short(reportHash(reportInput as object))}`,
      "The report was changed after it was written; use the original file.",
    );
  }
  const { federation } = model;
  const same = (argument: string, given: string, wanted: string, what: string) => {
    if (given === wanted) return;
    throw invalidInput(
      argument,
      short(given),
      `must be that of ${what}, ${short(wanted)}`,
      "Give the model and the report of one and the same combination.",
    );
  };
  same("report.modelHash", report.modelHash, model.hash, "the model");
  same("report.record", canonicalJson(report.record), canonicalJson(federation), "the model's federation");
  same("report.plan", planHash(report.plan), federation.planHash, "the plan that the model names");
  for (const [what, version] of [
    ["model", model.engineVersion],
    ["report", report.engineVersion],
    ["plan", report.plan.engineVersion],
  ] as const) {
    if (version === ENGINE_VERSION) continue;
    throw new DomainError("UNSUPPORTED_COMBINATION", {
      argument: `${what}.engineVersion`,
      received: version,
      requirement: `must be that of this program, ${ENGINE_VERSION}`,
      hint: "Combine the answers again with this version; plan and answers are all it needs.",
    });
  }
  return { model, report };
}

function parseReport(input: unknown): FederationReport {
  const parsed = federationReportSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const format = typeof input === "object" && input !== null && "format" in input ? String(input.format) : "none";
  const older = format.startsWith("understudy-federation-report/") && format !== "understudy-federation-report/2";
  const [issue] = parsed.error.issues;
  throw invalidInput(
    older ? "report.format" : `report.${issue?.path.join(".") || "format"}`,
    older ? format : (issue?.message ?? "not a report"),
    'must be a federation report of format "understudy-federation-report/2"',
    older
      ? "The file is of another version of the program; combine the answers again."
      : "Give the file that `understudy federate combine --report` wrote.",
  );
}

function short(text: string): string {
  return text.length > 20 ? `${text.slice(0, 16)}…` : text;
}
