import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

const EXECUTABLE = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path),
);

/** A fresh headless browser that never reaches for the network by itself. */
export async function openBrowser(viewport = { width: 1440, height: 900 }): Promise<BrowserContext> {
  if (EXECUTABLE === undefined)
    throw new Error("Chromium is not installed; run npm test, which installs it, or: apt-get install chromium");
  return chromium.launchPersistentContext(mkdtempSync(join(tmpdir(), "understudy-browser-")), {
    executablePath: EXECUTABLE,
    headless: true,
    viewport,
    acceptDownloads: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Collects whatever a person should never see in the console. */
export function consoleErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  return errors;
}
