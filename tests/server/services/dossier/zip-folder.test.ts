import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { zipFolder } from "../../../../server/services/dossier/zip-folder.ts";

const entries = [
  { name: "results.json", bytes: new TextEncoder().encode('{"µ": 1}') },
  { name: "empty.txt", bytes: new Uint8Array() },
];
const modified = new Date("2026-05-06T07:08:10Z");

it("the same files make the same archive", () => {
  expect(zipFolder("folder", entries, modified)).toEqual(zipFolder("folder", entries, modified));
});

it("an archive is read by another program (Python's zipfile), checksums included", () => {
  if (spawnSync("python3", ["--version"]).status !== 0) return console.warn("SKIPPED: python3 is not installed");
  const folder = mkdtempSync(join(tmpdir(), "understudy-zip-"));
  const path = join(folder, "dossier.zip");
  writeFileSync(path, zipFolder("dossier-v1", entries, modified));
  const script = `
import zipfile, sys
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print([(i.filename, i.file_size, i.date_time) for i in archive.infolist()], archive.read("dossier-v1/results.json").decode())
`;
  const read = execFileSync("python3", ["-c", script, path], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(read.trim()).toBe(
    `[('dossier-v1/results.json', 9, (2026, 5, 6, 7, 8, 10)), ('dossier-v1/empty.txt', 0, (2026, 5, 6, 7, 8, 10))] {"µ": 1}`,
  );
});
