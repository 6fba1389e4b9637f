interface Named {
  readonly id: string;
  readonly name: string;
}

/** An id made from a name that none of the others has. */
export function freshSlug(name: string, others: readonly Named[]): string {
  const stem =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 48) || "entry";
  return firstFree(stem, (count) => `${stem}-${count}`, new Set(others.map(({ id }) => id)));
}

/** The name of a copy. */
export function freshName(name: string, others: readonly Named[]): string {
  const stem = name.slice(0, 68);
  return firstFree(`${stem} (copy)`, (count) => `${stem} (copy ${count})`, new Set(others.map((other) => other.name)));
}

function firstFree(first: string, numbered: (count: number) => string, taken: ReadonlySet<string>): string {
  let candidate = first;
  for (let count = 2; taken.has(candidate); count++) candidate = numbered(count);
  return candidate;
}
