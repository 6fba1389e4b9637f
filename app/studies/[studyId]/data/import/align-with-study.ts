import type { MappingSpec } from "../../../../../lib/data/mapping-spec.ts";
import type { Arm } from "../../../../../lib/trial/arm.ts";
import type { Endpoint } from "../../../../../lib/trial/endpoint.ts";
import type { StudySpecification } from "../../../../../lib/trial/study-specification.ts";
import type { PlannedVisit } from "../../../../../lib/trial/visit-schedule.ts";

/**
 * What a file was recognised to hold, in the study's own terms: its endpoints, visits and arms, so that the model finds
 * the primary endpoint again. What cannot be matched is left to the person.
 */
export function alignWithStudy(recognised: Partial<MappingSpec>, study: StudySpecification): Partial<MappingSpec> {
  return {
    ...recognised,
    ...(recognised.endpoints === undefined ? {} : { endpoints: alignEndpoints(recognised.endpoints, study.endpoints) }),
    ...(recognised.visits === undefined ? {} : { visits: study.visits }),
    ...(recognised.time === undefined
      ? {}
      : { time: alignTime(recognised.time, recognised.visits ?? [], study.visits) }),
    ...(recognised.arm === undefined ? {} : { arm: alignArms(recognised.arm, study.arms) }),
  };
}

type MappedEndpoints = MappingSpec["endpoints"];

/** The study's endpoints, each with the recognised source that is named like it; the only one goes to the only one. */
function alignEndpoints(recognised: MappedEndpoints, endpoints: readonly Endpoint[]): MappedEndpoints {
  const free = [...recognised];
  const aligned = endpoints.map((endpoint) => {
    const at = free.findIndex((candidate) => isNamedLike(candidate, endpoint));
    const [found] = at < 0 ? [] : free.splice(at, 1);
    return { endpoint, source: found?.source ?? "" };
  });
  const [only] = aligned;
  const [rest] = free;
  if (aligned.length === 1 && free.length === 1 && only?.source === "" && rest !== undefined) {
    return [{ ...only, source: rest.source }];
  }
  const filled = aligned.filter((entry) => entry.source !== "");
  return filled.length === 0 ? aligned : filled;
}

function isNamedLike(candidate: MappedEndpoints[number], endpoint: Endpoint): boolean {
  const words = [endpoint.id, ...endpoint.label.split(/\s+/)].map(plain).filter((word) => word.length >= 3);
  const names = [candidate.source, candidate.endpoint.id, candidate.endpoint.label].map(plain);
  return names.some((name) => name.length >= 3 && words.some((word) => word.startsWith(name) || name.startsWith(word)));
}

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Values that mean a visit, pointed at the study's visit of the same name or day; the others are to be chosen. */
function alignTime(
  time: MappingSpec["time"],
  recognised: readonly PlannedVisit[],
  visits: readonly PlannedVisit[],
): MappingSpec["time"] {
  if (time.kind === "day") return time;
  const matched = time.visits.map((entry) => {
    const guessed = recognised.find(({ id }) => id === entry.visitId);
    const visit = visits.find(
      ({ id, label, targetDay }) =>
        id === entry.visitId ||
        (guessed !== undefined && (plain(label) === plain(guessed.label) || targetDay === guessed.targetDay)),
    );
    return { value: entry.value, visitId: visit?.id ?? "" };
  });
  const known = matched.filter((entry) => entry.visitId !== "");
  return { ...time, visits: known.length === 0 ? matched : known };
}

/**
 * The study's arms by name. Where the file has one value of a role and the study one arm of it, these two belong together
 * whatever they are called. A value that is none of the study's arms leaves the mapping when another value is the arm of
 * its role, so that two treatments never count as one; otherwise it keeps its own name for a person to place.
 */
export function alignArms(mapping: MappingSpec["arm"], arms: readonly Arm[]): MappingSpec["arm"] {
  const named = (arm: Arm) => arms.find(({ id, label }) => id === arm.id || plain(label) === plain(arm.label));
  const only = (role: Arm["role"]) => {
    const [arm, ...more] = arms.filter((known) => known.role === role);
    return more.length === 0 ? arm : undefined;
  };
  if (mapping.kind === "pooled-control") {
    return { ...mapping, arm: named(mapping.arm) ?? only(mapping.arm.role) ?? mapping.arm };
  }
  const aligned = mapping.arms.flatMap((entry) => {
    const same = named(entry.arm);
    if (same !== undefined) return [{ value: entry.value, arm: same }];
    const others = mapping.arms.filter((other) => other !== entry && other.arm.role === entry.arm.role);
    if (others.length === 0) return [{ value: entry.value, arm: only(entry.arm.role) ?? entry.arm }];
    return others.some(({ arm }) => named(arm) !== undefined) ? [] : [entry];
  });
  return { ...mapping, arms: aligned };
}
