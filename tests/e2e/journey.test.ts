import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MappingSpec, mappingSpecSchema } from "../../lib/data/mapping-spec.ts";
import { frozenModelSchema } from "../../lib/progression/model-document.ts";
import { consoleErrors, openBrowser } from "../support/browser.ts";
import {
  chooseDataFile,
  confirmImport,
  createStudy,
  downloaded,
  expectQuiet,
  giveReason,
  goTo,
  section,
  signIn,
} from "../support/browser-steps.ts";
import { readJson, understudy } from "../support/command-line.ts";
import { readZip } from "../support/read-zip.ts";
import { type RunningApp, removeFolder, startApp, temporaryFolder } from "../support/running-app.ts";
import { repositoryPath, sharedPath } from "../support/shared.ts";

const TRAINING = "Training the progression model";
const LONG = 240_000;

/** Everything a person does, from the printed password to the signed PDF, in a real browser. */
describe("from a historical file to a signed dossier", () => {
  const work = temporaryFolder();
  let app: RunningApp;
  let browser: BrowserContext;
  let page: Page;
  let errors: string[] = [];
  let historyMapping: MappingSpec;

  beforeAll(async () => {
    app = await startApp({ dataFolder: join(work, "data"), environment: { UNDERSTUDY_SAMPLES: "0" } });
    browser = await openBrowser();
    browser.setDefaultTimeout(30_000);
    page = await browser.newPage();
    errors = consoleErrors(page);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    removeFolder(work);
  });

  it("refuses a wrong password in words and opens with the printed one", async () => {
    await page.goto(app.address);
    await page.getByLabel("E-mail").fill(app.email);
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("E-mail or password is wrong").waitFor();
    // The browser itself reports the refused request.
    expectQuiet(errors, /status of 401/);
    await signIn(page, app);
    await page.getByRole("heading", { level: 1, name: "Studies" }).waitFor();
    await page.getByText("No study yet").waitFor();
    expectQuiet(errors);
  });

  it("creates a study and freezes its plan", async () => {
    await createStudy(page, {
      title: "PBC from its own file",
      indication: "Primary biliary cholangitis",
      endpoint: "log bilirubin",
      unit: "log mg/dL",
      logScale: true,
      visits: [
        ["6 months", 183],
        ["1 year", 365],
        ["2 years", 731],
      ],
      experimental: "D-penicillamine",
    });
    await page.getByRole("button", { name: "Freeze the plan" }).click();
    await giveReason(page, "Before any outcome of the trial is read", "Freeze the plan");
    await page.getByText(/frozen \d{4}-\d\d-\d\d/).waitFor();
    expectQuiet(errors);
  });

  it("imports the history from a SAS transport file through the form", async () => {
    await chooseDataFile(page, repositoryPath("tests/fixtures/pbc-xpt/pbcseq.xpt"));
    await page.getByLabel("Name of the data set").fill("PBC history");
    await page.getByLabel("Name of the one study").fill("Mayo PBC, first 200");
    const arms = section(page, "Arms");
    await arms.getByLabel("Arms are known").selectOption("pooled-control");
    await arms.getByLabel("Why every patient counts as control").fill("The trial found no effect of treatment.");
    const events = section(page, "Baseline, events and follow-up");
    await events.getByRole("button", { name: "Add an event" }).click();
    await events.getByLabel("Event", { exact: true }).fill("death");
    await events.getByLabel("Column with its day").selectOption("FUTIME");
    await events.getByLabel("It happened when").selectOption("STATUS");
    const values = events.getByLabel("is one of").first();
    await values.fill("2");
    await values.press("Enter");
    const covariates = section(page, "Baseline characteristics");
    await covariates.getByRole("button", { name: "Add a characteristic" }).click();
    await covariates.getByLabel("Column").last().selectOption("ALBUMIN");
    await section(page, "Rows and patients that count").getByLabel("Eligibility").fill("ID <= 200");
    const mapping = await downloaded(page, () => page.getByRole("button", { name: "Download the mapping" }).click());
    historyMapping = mappingSpecSchema.parse(JSON.parse(mapping.bytes.toString("utf8")));
    expect(historyMapping.endpoints.map(({ source }) => source)).toEqual(["BILI"]);
    await confirmImport(page, 200, "History of the design");
    await page.getByRole("heading", { level: 1, name: "PBC history" }).waitFor();
    expectQuiet(errors);
  });

  it("imports the enrolled trial with a mapping from a file", async () => {
    await chooseDataFile(page, repositoryPath("tests/fixtures/pbc-xpt/pbcseq.xpt"));
    const arms = { experimental: "D-penicillamine", control: "Placebo" };
    const enrolled: MappingSpec = {
      ...historyMapping,
      name: "PBC enrolled",
      role: "enrolled",
      study: { kind: "constant", value: "Mayo PBC, from 201" },
      include: "ID > 200",
      arm: {
        kind: "column",
        column: "TRT",
        arms: [
          { value: "1", arm: { id: "experimental", label: arms.experimental, role: "experimental" } },
          { value: "0", arm: { id: "control", label: arms.control, role: "control" } },
        ],
      },
    };
    await page.getByLabel("Mapping file").setInputFiles({
      name: "enrolled.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(enrolled)),
    });
    await expect.poll(() => page.getByLabel("Role", { exact: true }).first().inputValue()).toBe("enrolled");
    await confirmImport(page, 112, "Patients who get twins");
    expectQuiet(errors);
  });

  it("trains: shows progress, stops when told to, then runs to the end", async () => {
    await goTo(page, "Model");
    await page.getByRole("button", { name: "Train a model" }).first().click();
    const drawer = page.getByRole("dialog", { name: "Train a progression model" });
    await drawer.getByRole("button", { name: "Advanced" }).click();
    await drawer.getByLabel("Repetitions").fill("20");
    await drawer.getByLabel("Bootstrap replicates").fill("20000");
    await drawer.getByRole("button", { name: "Train on 200 patients" }).click();
    await page
      .getByRole("progressbar", { name: new RegExp(TRAINING) })
      .first()
      .waitFor();
    await page
      .getByRole("button", { name: `Cancel: ${TRAINING}` })
      .first()
      .click();
    await page.getByText("The training was cancelled").waitFor({ timeout: LONG });

    await page.getByRole("button", { name: "Train a model" }).first().click();
    await drawer.getByRole("button", { name: "Train on 200 patients" }).click();
    await page.getByText("SHA-256 of the model").waitFor({ timeout: LONG });
    await page
      .getByText(/Out of fold, compared with/)
      .first()
      .waitFor();
    expectQuiet(errors);
  });

  it("gives the same model as the command line", async () => {
    const file = await downloaded(page, () => page.getByRole("button", { name: /Download the frozen model/ }).click());
    const model = frozenModelSchema.parse(JSON.parse(file.bytes.toString("utf8")));
    const path = (name: string) => join(work, name);
    writeFileSync(path("mapping.json"), JSON.stringify(historyMapping));
    writeFileSync(path("training.json"), JSON.stringify(model.training));
    await understudy(
      ...["train", repositoryPath("tests/fixtures/pbc-xpt/pbcseq.xpt"), "--mapping", path("mapping.json")],
      ...["--spec", path("training.json"), "--name", model.name, "--out", path("model.json")],
    );
    const own = frozenModelSchema.parse(readJson(path("model.json")));
    expect(own.hash).toBe(model.hash);
    expect(own).toEqual(model);
  });

  it("shows the twins and one of them", async () => {
    await goTo(page, "Twins");
    await page.getByRole("button", { name: "Generate twins for 112 patients" }).click();
    const patients = page.getByRole("group", { name: "Patients of the trial" });
    await patients.waitFor({ timeout: LONG });
    await patients.getByRole("link", { name: "203", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Patient 203" }).waitFor();
    await page.getByRole("heading", { name: "Nearest historical patients" }).waitFor();
    await page.getByText("Off: the figures show the twin, from baseline only.").waitFor();
    await page.getByRole("link", { name: "Next patient: 204" }).click();
    await page.getByRole("heading", { level: 1, name: "Patient 204" }).waitFor();
    expectQuiet(errors);
  });

  it("sizes the control arm", async () => {
    await goTo(page, "Sizing");
    const effect = page.getByRole("textbox", { name: /^Effect/ });
    await effect.fill("-0.35");
    await page.getByRole("textbox", { name: /^Power/ }).fill("0.8");
    await expect.poll(() => new URL(page.url()).searchParams.get("power")).toBe("0.8");
    await page.getByText(/ANCOVA needs \d[\d,]* evaluable patients/).waitFor();
    const twinTotal = page.getByRole("group", { name: "Sample size by analysis" }).getByRole("button").last();
    await twinTotal.click();
    await page.getByRole("button", { name: /^Show R code: N total/ }).click();
    await page.getByText("# Sizes of three analyses by the exact noncentral t distribution").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("textbox", { name: /^Margin/ }).fill("0.1");
    await expect.poll(() => new URL(page.url()).searchParams.get("margin")).toBe("0.1");
    await page.getByLabel("Hypothesis").selectOption("non-inferiority");
    await page.getByRole("textbox", { name: /^Non-inferiority margin/ }).waitFor();
    await page.getByText(/is not worse than control by 0\.1 or more/).waitFor();
    await page.getByLabel("Hypothesis").selectOption("superiority");
    await page.getByRole("textbox", { name: /^Margin/ }).fill("0");
    await page.getByRole("heading", { name: "A run-in instead of patients" }).waitFor();
    await page.getByRole("button", { name: "Save this sizing" }).click();
    const dialog = page.getByRole("dialog", { name: "Save this sizing" });
    await dialog.getByLabel("Name").fill("80 % power");
    await dialog.getByRole("button", { name: "Save the sizing" }).click();
    await page.getByRole("link", { name: "80 % power", exact: true }).waitFor();
    expectQuiet(errors);
  });

  it("simulates", async () => {
    await goTo(page, "Simulations");
    await page.getByRole("button", { name: "Run a simulation" }).first().click();
    const drawer = page.getByRole("dialog");
    await drawer.getByLabel("Replicates per cell").fill("60");
    await drawer.getByRole("button", { name: /^Simulate \d+ cells × 60/ }).click();
    const runs = page.getByRole("group", { name: "Runs of the study" });
    await expect.poll(() => runs.textContent(), { timeout: LONG }).toContain("done");
    await page
      .getByRole("button", { name: /^Open .* in / })
      .first()
      .click();
    await page
      .getByRole("heading", { name: /example trial/i })
      .first()
      .waitFor();
    expectQuiet(errors);
  });

  it("builds, checks, locks and signs the dossier", async () => {
    await goTo(page, "Dossier");
    await page.getByRole("button", { name: "Build the dossier" }).first().click();
    await giveReason(page, "First version for review", "Build the dossier");
    await page.getByRole("link", { name: "Download the PDF" }).waitFor({ timeout: LONG });
    await page.getByRole("button", { name: "Lock version 1" }).click();
    const lock = page.getByRole("dialog");
    await lock.getByLabel("Reason").fill("Ready for signature");
    await lock.getByLabel(/^Password/).fill(app.password);
    await lock.getByRole("button", { name: /^Lock as / }).click();
    await page.getByRole("progressbar", { name: /^Locking the dossier: \d+ %/ }).waitFor();
    await page.getByRole("button", { name: "Sign version 1" }).waitFor({ timeout: LONG });
    expectQuiet(errors);
    await page.getByRole("button", { name: "Sign version 1" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(/^Password/).fill("not the password");
    await dialog.getByRole("button", { name: /^Sign as / }).click();
    await expect
      .poll(() => dialog.textContent(), { timeout: 30_000 })
      .toMatch(/not your password|password is not right/i);
    // The browser itself reports the refused request.
    expectQuiet(errors, /status of 40\d/);
    await dialog.getByLabel(/^Password/).fill(app.password);
    await dialog.getByRole("button", { name: /^Sign as / }).click();
    await dialog.waitFor({ state: "hidden", timeout: LONG });
    const signatures = page.getByRole("group", { name: "Signatures" });
    await expect.poll(() => signatures.textContent()).toContain("First administrator");
    expectQuiet(errors);
  });

  it("hands out a PDF that stands on its own, and the record whose hash it prints", async () => {
    const pdf = await downloaded(page, () => page.getByRole("link", { name: "Download the PDF" }).click());
    const results = await downloaded(page, () => page.getByRole("link", { name: "results.json" }).click());
    const hash = createHash("sha256").update(results.bytes).digest("hex");
    const text = execFileSync("pdftotext", ["-layout", pdf.path, "-"], { encoding: "utf8" });
    expect(text.replace(/\s+/g, "")).toContain(hash);
    expect(text).toContain("First administrator");
    expect(spawnSync("qpdf", ["--check", pdf.path]).status).toBe(0);
    const pages = /^Pages:\s+(\d+)$/m.exec(execFileSync("pdfinfo", [pdf.path], { encoding: "utf8" }))?.[1];
    expect(Number(pages)).toBeGreaterThanOrEqual(15);
    const fonts = execFileSync("pdffonts", [pdf.path], { encoding: "utf8" }).trimEnd().split("\n").slice(2);
    expect(fonts.length).toBeGreaterThan(0);
    // Columns from the right: object, generation, unicode map, subset, embedded.
    for (const font of fonts) expect(font.trim().split(/\s+/).at(-5)).toBe("yes");
    expect(execFileSync("pdfdetach", ["-list", pdf.path], { encoding: "utf8" })).toMatch(/^0 /);
    const zip = await downloaded(page, () =>
      page.getByRole("link", { name: "Download the folder (ZIP)" }).first().click(),
    );
    const folder = join(work, "dossier");
    for (const [name, bytes] of readZip(zip.bytes)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    const [manifest = ""] = [...readZip(zip.bytes).keys()].filter((name) => name.endsWith("manifest.json"));
    await understudy("verify", dirname(join(folder, manifest)));
    expectQuiet(errors);
  });

  it("shows the audit trail with its chain verified", async () => {
    await goTo(page, "Audit");
    await page.getByText(/^Chain verified up to event \d+/).waitFor();
    for (const action of ["dataset.import", "model.freeze", "simulation.finish", "dossier.sign"]) {
      await page.getByRole("cell", { name: action }).first().waitFor();
    }
    expectQuiet(errors);
  });

  it("imports and trains on the CDISC pilot's transport file, which maps itself", async (context) => {
    const file = sharedPath("data/cdisc_pilot/adadas_actot_v5.xpt");
    if (file === null) return context.skip();
    await page.goto(`${app.address}/studies`);
    await createStudy(page, {
      title: "CDISC pilot",
      indication: "Alzheimer's disease",
      endpoint: "ADAS-Cog 11 total",
      unit: "points",
      logScale: false,
      visits: [
        ["Week 8", 56],
        ["Week 16", 112],
        ["Week 24", 168],
      ],
      experimental: "Xanomeline",
    });
    await chooseDataFile(page, file);
    const adsl = sharedPath("data/cdisc_pilot/adsl.csv");
    if (adsl === null) throw new Error("the pilot's ADSL is missing");
    await section(page, "Patient-level file").getByLabel("Patient-level file").setInputFiles(adsl);
    await page.getByRole("heading", { name: "First rows of the patient-level file" }).waitFor();
    await page.getByRole("button", { name: "Replace the patient-level file" }).waitFor();
    await page.getByLabel("Name of the data set").fill("Pilot placebo");
    await section(page, "Rows and patients that count").getByLabel("Eligibility").fill("SITEID < 710");
    await page.getByRole("button", { name: /^Check [\d,]+ rows with this mapping$/ }).click();
    await page.getByRole("button", { name: /^Import \d+ patients$/ }).click();
    await giveReason(page, "Placebo patients as history", "Import the data set");
    await page.getByRole("heading", { level: 1, name: "Pilot placebo" }).waitFor();
    await page.getByText("SHA-256 of the patient-level file").waitFor();
    await goTo(page, "Model");
    await page.getByRole("button", { name: "Train a model" }).first().click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Train on \d+ patients$/ })
      .click();
    await page.getByText("SHA-256 of the model").waitFor({ timeout: LONG });
    expectQuiet(errors);
  });

  it("ends the session on the server when its person signs out", async () => {
    const cookies = await browser.cookies();
    const kept = { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; ") };
    const who = async () => (await fetch(`${app.address}/api/auth/session`, { headers: kept })).json();
    expect(await who()).toMatchObject({ actor: { email: app.email } });
    await page.getByRole("button", { name: /^Account: / }).click();
    await page.getByRole("menuitem", { name: /^Sign out/ }).click();
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    expect(await who()).toMatchObject({ actor: null });
  });
});
