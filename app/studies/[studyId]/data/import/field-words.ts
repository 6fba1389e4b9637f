const parts: Readonly<Record<string, string>> = {
  patient: "Patient",
  study: "Study",
  site: "Site",
  layout: "Layout of the file",
  time: "Time of a row",
  endpoints: "Endpoint",
  visits: "Planned visit",
  arm: "Arm",
  baseline: "Baseline",
  covariates: "Characteristic",
  events: "Event",
  include: "Eligibility",
  name: "Name of the data set",
};

/**
 * A field of the mapping document as the form calls it.
 *
 * @param path - Dotted, e.g. "covariates.0.unit".
 * @returns E.g. "Characteristic 1, unit".
 */
export function fieldWords(path: string): string {
  const [first = "", ...rest] = path.split(".");
  const [head, ...details] = rest;
  const place = head !== undefined && /^\d+$/.test(head) ? ` ${Number(head) + 1}` : "";
  const tail = (place === "" ? rest : details)
    .filter((part) => part !== "column" && part !== "endpoint")
    .map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : part.replace(/([A-Z])/g, " $1").toLowerCase()));
  return [`${parts[first] ?? first}${place}`, ...tail].join(", ");
}

interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What a field of the mapping still needs, e.g. "Endpoint 1: choose its column." */
export function neededWords(issue: Issue): string {
  const path = issue.path.map(String);
  const last = path.at(-1);
  if (last === "source") return `${fieldWords(path.slice(0, -1).join("."))}: choose its column or parameter.`;
  if (last === "column") return `${fieldWords(path.join("."))}: choose its column.`;
  if (path[0] === "arm" && last === "reason") return "Arm: say in a sentence why every patient counts as control.";
  const field = fieldWords(path.join("."));
  return issue.code === "too_small" || issue.code === "invalid_type"
    ? `${field}: fill it in.`
    : `${field}: ${issue.message}.`;
}
