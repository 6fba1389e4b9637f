import type { ChecklistPoint } from "./dossier-types.ts";

export type PointStatus = ChecklistPoint["status"];

export const statuses: readonly PointStatus[] = ["fail", "open", "pass", "not-applicable"];

export const statusWords: Readonly<Record<PointStatus, string>> = {
  pass: "pass",
  fail: "fail",
  open: "open",
  "not-applicable": "not applicable",
};

export interface PointGroup {
  readonly section: string;
  readonly points: readonly ChecklistPoint[];
  readonly counts: Readonly<Record<PointStatus, number>>;
}

export function countPoints(points: readonly ChecklistPoint[]): Record<PointStatus, number> {
  const counts = { pass: 0, fail: 0, open: 0, "not-applicable": 0 };
  for (const { status } of points) counts[status] += 1;
  return counts;
}

/** Points by section, sections in the order of the checklist, each with the points to show and the counts of all. */
export function groupPoints(
  points: readonly ChecklistPoint[],
  shown: (point: ChecklistPoint) => boolean,
): PointGroup[] {
  const sections = [...new Set(points.map(({ section }) => section))];
  return sections.map((section) => {
    const all = points.filter((point) => point.section === section);
    return { section, points: all.filter(shown), counts: countPoints(all) };
  });
}

/** "12 pass, 1 open": only what there is. */
export function countsText(counts: Readonly<Record<PointStatus, number>>): string {
  return statuses
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} ${statusWords[status]}`)
    .join(", ");
}
