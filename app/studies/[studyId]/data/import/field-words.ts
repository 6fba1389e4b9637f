const parts: Readonly<Record<string, string>> = {
  patient: "Patient",
  study: "Study",
  site: "Site",
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
