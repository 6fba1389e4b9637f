import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryPath } from "../support/shared.ts";
import { referenceSets } from "./sets/index.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "reference-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: readonly string[]) {
  const done = spawnSync(process.execPath, [repositoryPath("scripts/reference.ts"), ...args], { encoding: "utf8" });
  return { code: done.status, text: done.stdout + done.stderr };
}

function write(name: string, content: string): void {
  writeFileSync(join(folder, `${name}.json`), content);
}

describe("reference files that show nothing", () => {
  it("fails a file without cases, one that is not JSON, one of another format and one that is not there", () => {
    write("power_means", '{"name":"x","meta":{},"cases":[]}');
    write("lmm", '{"name": broken');
    write("rubin", '{"cases":"x"}');
    const { code, text } = run(folder, "power_means", "lmm", "rubin", "absent");
    expect(code).toBe(1);
    expect(text).toContain("holds no case");
    expect(text).toContain("not JSON");
    expect(text).toContain("not in the format of reference files: name");
    expect(text).toContain("there is no file");
    expect(text).not.toMatch(/\n\s+at |ZodError/);
  });

  it("fails every case of a kind that is not known, in one line each", () => {
    const names = referenceSets.map(({ files }) => files.source.replace(/[^a-z_]/gi, ""));
    const odd = '{"name":"x","meta":{},"cases":[{"id":"odd one","input":{"kind":"other"},"expected":{"x":1}}]}';
    for (const name of names) write(name, odd);
    const { code, text } = run(folder, ...names);
    expect(code).toBe(1);
    const reasons = text.split("\n").filter((line) => line.includes("odd one"));
    expect(reasons).toHaveLength(names.length);
    for (const line of reasons) expect(line).toMatch(/unknown kind of case: |no method is known/);
    expect(text).not.toMatch(/[{}]|"code"/);
  });

  it("says what is wrong with the folder", () => {
    expect(run()).toMatchObject({ code: 2, text: expect.stringContaining("no folder is given") });
    expect(run(join(folder, "absent"))).toMatchObject({ code: 2, text: expect.stringContaining("there is no folder") });
    expect(run(repositoryPath("package.json"))).toMatchObject({ code: 2, text: expect.stringContaining("is a file") });
  });
});
