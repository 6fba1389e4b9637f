import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryPath } from "../support/shared.ts";

const root = repositoryPath(".");

describe("equation labels", () => {
  it("every label that a docstring cites from METHODS.md exists in the METHODS.md of its area or the area it names", () => {
    const faults: string[] = [];
    for (const entry of readdirSync(join(root, "lib"), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
      const file = join(entry.parentPath, entry.name);
      const text = readFileSync(file, "utf8");
      for (const match of text.matchAll(
        /(?:lib\/([\w-]+(?:\/[\w-]+)?)\/)?METHODS\.md[^()\n]{0,40}\(([A-Z]+[0-9]+[a-z]?)\)/g,
      )) {
        const label = match[2] ?? "";
        const notes =
          match[1] === undefined ? nearestNotes(entry.parentPath) : join(root, "lib", match[1], "METHODS.md");
        if (notes === null || !existsSync(notes) || !readFileSync(notes, "utf8").includes(`(${label})`)) {
          faults.push(`${relative(root, file)} cites (${label})`);
        }
      }
    }
    expect(faults).toEqual([]);
  });

  it("no method notes hold the marks of an unfinished merge", () => {
    const marked = readdirSync(join(root, "lib"), { recursive: true, withFileTypes: true }).flatMap((entry) => {
      const file = join(entry.parentPath, entry.name);
      const isMarked = entry.name === "METHODS.md" && /^(<{7}|>{7}|(> ){7})/m.test(readFileSync(file, "utf8"));
      return isMarked ? [relative(root, file)] : [];
    });
    expect(marked).toEqual([]);
  });
});

function nearestNotes(folder: string): string | null {
  for (let at = folder; at.length >= join(root, "lib").length; at = join(at, "..")) {
    const notes = join(at, "METHODS.md");
    if (existsSync(notes)) return notes;
  }
  return null;
}
