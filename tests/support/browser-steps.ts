import { readFileSync } from "node:fs";
import type { Download, Locator, Page } from "playwright-core";
import { expect } from "vitest";

/** The steps of a person at the screen, found by role and label as a screen reader would. */

export async function signIn(page: Page, app: { address: string; email: string; password: string }): Promise<void> {
  await page.goto(app.address);
  await page.getByLabel("E-mail").fill(app.email);
  await page.getByLabel("Password", { exact: true }).fill(app.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/studies$/);
}

export interface NewStudy {
  readonly title: string;
  readonly indication: string;
  readonly endpoint: string;
  readonly unit: string;
  readonly logScale: boolean;
  readonly visits: readonly (readonly [label: string, day: number])[];
  readonly experimental: string;
}

/** Fills the five questions of a new study and returns the address of its overview. */
export async function createStudy(page: Page, study: NewStudy): Promise<string> {
  await page.getByRole("button", { name: "New study" }).first().click();
  const drawer = page.getByRole("dialog", { name: "New study" });
  await drawer.getByLabel("1. Name of the study").fill(study.title);
  await drawer.getByLabel("2. Indication").fill(study.indication);
  await drawer.getByRole("textbox", { name: /^Endpoint/ }).fill(study.endpoint);
  await drawer.getByRole("textbox", { name: "Unit" }).fill(study.unit);
  if (study.logScale) await drawer.getByText("analysed as natural log").click();
  for (const [index, [label, day]] of study.visits.entries()) {
    if (index > 0) await drawer.getByRole("button", { name: "Add a visit" }).click();
    await drawer.getByRole("textbox", { name: `Visit ${index + 1}` }).fill(label);
    await drawer.getByLabel("Target day").nth(index).fill(String(day));
  }
  await drawer.getByLabel("Experimental").fill(study.experimental);
  await drawer.getByRole("button", { name: "Create the study" }).click();
  await page.waitForURL(/\/studies\/[0-9a-f-]{36}$/);
  await page.getByRole("heading", { level: 1, name: study.title }).waitFor();
  return page.url();
}

/** Goes to a station of the study's path. */
export async function goTo(page: Page, station: string): Promise<void> {
  const path = page.getByRole("navigation", { name: "Path of the study" });
  await path.getByRole("link", { name: new RegExp(`^${station}`) }).click();
  await page.getByRole("heading", { level: 1, name: station }).waitFor();
}

/** Chooses a file on the import page and waits for its columns. */
export async function chooseDataFile(page: Page, path: string): Promise<void> {
  await goTo(page, "Data");
  await page.getByRole("link", { name: "Import a data set" }).first().click();
  await page.getByLabel("Data file").setInputFiles(path);
  await page.getByRole("heading", { name: "What was recognised, and why" }).waitFor();
}

export function section(page: Page, title: string): Locator {
  return page.getByRole("region", { name: title });
}

/** From the mapping to the stored version. */
export async function confirmImport(page: Page, patients: number, reason: string): Promise<void> {
  await page.getByRole("button", { name: /^Check [\d,]+ rows with this mapping$/ }).click();
  await page.getByRole("button", { name: `Import ${patients} patients` }).click();
  await giveReason(page, reason, "Import the data set");
  await page.waitForURL(/\/data\/[0-9a-f-]{36}/);
}

export async function giveReason(page: Page, reason: string, action: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill(reason);
  await dialog.getByRole("button", { name: action, exact: true }).click();
}

export async function downloaded(page: Page, start: () => Promise<void>): Promise<{ bytes: Buffer; path: string }> {
  const [download] = await Promise.all([page.waitForEvent("download") as Promise<Download>, start()]);
  const path = await download.path();
  return { bytes: readFileSync(path), path };
}

/** Nothing a person should not see has been said since the last look. */
export function expectQuiet(errors: string[], allowed: RegExp | null = null): void {
  const said = errors.splice(0);
  expect(allowed === null ? said : said.filter((line) => !allowed.test(line))).toEqual([]);
}
