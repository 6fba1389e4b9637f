import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiClient, signInByHttp, waitUntil } from "../support/api-client.ts";
import { consoleErrors, openBrowser } from "../support/browser.ts";
import { expectQuiet, signIn } from "../support/browser-steps.ts";
import { keyboardMisses, seriousFindings } from "../support/page-checks.ts";
import { type RunningApp, removeFolder, startApp, temporaryFolder } from "../support/running-app.ts";

const WIDTHS = [1440, 390] as const;
/** Both samples are computed in full first: the pages are looked at as a person finds them. */
const SAMPLES_READY_MS = 1_200_000;
const SCREENSHOTS = process.env.UNDERSTUDY_SCREENSHOTS ?? join(tmpdir(), "understudy-screenshots");

interface Place {
  readonly name: string;
  readonly path: string;
  /** Dialogs are looked at too; the page behind them is not reached by keyboard then. */
  readonly dialog?: true;
}

const PLACES: readonly Place[] = [
  { name: "overview", path: "" },
  { name: "specification", path: "/specification" },
  { name: "specification-sources", path: "/specification?part=sources" },
  { name: "data", path: "/data" },
  { name: "import", path: "/data/import" },
  { name: "data-set", path: "/data/{dataset}" },
  { name: "model", path: "/model" },
  { name: "model-train", path: "/model?train=yes", dialog: true },
  { name: "twins", path: "/twins" },
  { name: "twin", path: "/twins/{patient}" },
  { name: "sizing", path: "/sizing" },
  { name: "sizing-run-in", path: "/sizing?runIn=1&hypothesis=non-inferiority&margin=0.1" },
  { name: "designs", path: "/designs" },
  { name: "simulations", path: "/simulations" },
  { name: "simulation-cell", path: "/simulations?run={run}&design={design}&scenario={scenario}" },
  { name: "simulation-new", path: "/simulations?new=run", dialog: true },
  { name: "analysis", path: "/analysis" },
  { name: "analysis-new", path: "/analysis?edit=new", dialog: true },
  { name: "calculations", path: "/calculations" },
  { name: "dossier", path: "/dossier" },
  { name: "dossier-lock", path: "/dossier?lock=yes", dialog: true },
  { name: "audit", path: "/audit" },
];

describe("every page of both samples", () => {
  const dataFolder = temporaryFolder();
  let app: RunningApp;
  let client: ApiClient;
  let browser: BrowserContext;
  let page: Page;
  let errors: string[] = [];
  let studies: { id: string; dataOrigin: string; parts: Record<string, string> }[] = [];

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    app = await startApp({ dataFolder });
    client = await signInByHttp(app);
    await waitUntil(() => samplesReady(client), SAMPLES_READY_MS);
    studies = await Promise.all((await client.trpc.study.list.query()).map((study) => partsOf(client, study)));
    browser = await openBrowser();
    browser.setDefaultTimeout(60_000);
    page = await browser.newPage();
    errors = consoleErrors(page);
    await signIn(page, app);
  }, SAMPLES_READY_MS + 120_000);
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    removeFolder(dataFolder);
  });

  it("has a finished dossier of each", () => {
    expect(studies.map(({ dataOrigin }) => dataOrigin).sort()).toEqual(["public", "simulated"]);
  });

  for (const width of WIDTHS) {
    describe(`at ${width} px`, () => {
      beforeAll(() => page.setViewportSize({ width, height: width === 390 ? 844 : 900 }));

      it.each([
        ["studies", "/studies"],
        ["studies-new", "/studies?new=study"],
        ["members", "/members"],
        ["password", "/studies?account=password"],
      ])("%s", async (name, path) => {
        await look(`workspace-${name}`, path, width);
      });

      it.each(PLACES)("$name", async ({ name, path, dialog }) => {
        for (const { id, dataOrigin, parts } of studies) {
          const filled = path.replace(/\{(\w+)\}/g, (_, key: string) => parts[key] ?? "");
          await look(`${dataOrigin}-${name}`, `/studies/${id}${filled}`, width, dialog === true);
          const band = page.getByRole("note").filter({ hasText: "SIMULATED" });
          expect(await band.count(), `${dataOrigin}: band SIMULATED`).toBe(dataOrigin === "simulated" ? 1 : 0);
          if (dataOrigin === "simulated") expect(await band.isVisible()).toBe(true);
        }
      });
    });
  }

  it("says what was not found, and where to go", async () => {
    const nobody = "00000000-0000-4000-8000-000000000000";
    const own = `/studies/${studies[0]?.id}`;
    for (const [path, title, action] of [
      [`/studies/${nobody}/model`, "Study not found", "Go to the studies of the workspace"],
      [`${own}/data/${nobody}`, "Data set not found", "Go to the data sets of the study"],
      [`${own}/data/cut-off`, "Data set not found", "Go to the data sets of the study"],
      [`${own}/twins/nobody`, "Patient not found", "Go to the patients who have a twin"],
    ] as const) {
      await page.goto(`${app.address}${path}`);
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      await page.getByRole("link", { name: action }).waitFor();
      expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(0);
    }
    for (const [path, what] of [
      [`model?model=${nobody}`, "a model"],
      [`dossier?version=${nobody}`, "a dossier"],
      [`simulations?run=${nobody}`, "a run"],
      ["simulations?design=gone&scenario=null", "a design"],
      ["simulations?edit=gone", "a scenario"],
      ["designs?edit=gone", "a design"],
      ["designs?left=gone", "a design to compare"],
      ["analysis?edit=gone", "an analysis"],
    ] as const) {
      await page.goto(`${app.address}${own}/${path}`);
      await page.getByText(`The address names ${what} that this study does not have`).waitFor();
      expect(await page.getByRole("dialog").count()).toBe(0);
    }
    // The browser itself reports the refused requests.
    expectQuiet(errors, /status of 40\d/);
  });

  it("switches off what a role may not do, and says why", async () => {
    const email = "sponsor@example.org";
    const { temporaryPassword: password } = await client.trpc.members.add.mutate({
      name: "Sponsor",
      email,
      role: "sponsor",
    });
    const own = await openBrowser();
    const ownPage = await own.newPage();
    const said = consoleErrors(ownPage);
    await ownPage.goto(app.address);
    await ownPage.getByLabel("E-mail").fill(email);
    await ownPage.getByLabel("Password", { exact: true }).fill(password);
    await ownPage.getByRole("button", { name: "Sign in" }).click();
    await ownPage.waitForURL(/\/change-password$/);
    // The given password opens no other page.
    await ownPage.goto(`${app.address}/members`);
    await ownPage.waitForURL(/\/change-password$/);
    await ownPage.screenshot({ path: join(SCREENSHOTS, "change-password.png"), fullPage: true });
    expect(await seriousFindings(ownPage)).toEqual([]);
    const chosen = "a password that only I know";
    await ownPage.getByLabel(/^Password you were given/).fill(password);
    await ownPage
      .getByLabel(/^New password \*?$/)
      .or(ownPage.getByLabel("New password", { exact: true }))
      .first()
      .fill(chosen);
    await ownPage.getByLabel(/^New password again/).fill(chosen);
    await ownPage.getByRole("button", { name: "Set the password and continue" }).click();
    await ownPage.waitForURL(/\/studies$/);
    const study = `${app.address}/studies/${studies[0]?.id}`;
    for (const [path, name, sentence] of [
      ["/studies", "Open a sample", "change the study"],
      ["/members", "Add a member", "manage members"],
      [`${study}/data`, "Import a data set", "import data"],
      [`${study}/model`, "Train a model", "train models or generate twins"],
      [`${study}/twins`, "Generate again", "train models or generate twins"],
      [`${study}/simulations`, "Run a simulation", "run simulations"],
      [`${study}/dossier`, "Build a new version", "build dossiers"],
    ] as const) {
      await ownPage.goto(path.startsWith("http") ? path : `${app.address}${path}`);
      const refused = ownPage.getByRole("button", { name, disabled: true });
      await refused.first().waitFor();
      await refused.first().focus();
      const reason = ownPage.getByRole("tooltip", { name: `Your role (sponsor) cannot ${sentence}` });
      await expect.poll(() => reason.isVisible(), { message: `${name}: reason` }).toBe(true);
      expect(await refused.first().getAttribute("aria-description")).toContain(sentence);
      await ownPage.keyboard.press("Enter");
      expect(await ownPage.getByRole("dialog").count()).toBe(0);
      expect(await seriousFindings(ownPage)).toEqual([]);
    }
    await ownPage.goto(`${study}/designs`);
    await ownPage.getByRole("button", { name: "New design", disabled: false }).waitFor();
    expectQuiet(said);
    await own.close();
  });

  it("the sign-in, at both widths", async () => {
    const stranger = await openBrowser();
    const signInPage = await stranger.newPage();
    const said = consoleErrors(signInPage);
    for (const width of WIDTHS) {
      await signInPage.setViewportSize({ width, height: 844 });
      await signInPage.goto(`${app.address}/sign-in`);
      await signInPage.getByRole("button", { name: "Sign in" }).waitFor();
      await signInPage.screenshot({ path: join(SCREENSHOTS, `sign-in-${width}.png`), fullPage: true });
      expect(await seriousFindings(signInPage)).toEqual([]);
      expect(await overflow(signInPage)).toBeLessThanOrEqual(0);
      expect(await keyboardMisses(signInPage)).toEqual([]);
    }
    expectQuiet(said);
    await stranger.close();
  });

  /** Opens a page, waits until it has stopped loading, and makes every check; all faults of a page are told at once. */
  async function look(name: string, path: string, width: number, dialog = false): Promise<void> {
    await page.goto(`${app.address}${path}`);
    await settled(page);
    await page.screenshot({ path: join(SCREENSHOTS, `${name}-${width}.png`), fullPage: true });
    const faults = [
      ...errors.splice(0).map((line) => `console: ${line}`),
      ...(await seriousFindings(page)),
      ...((await overflow(page)) > 0 ? [`the page is ${await overflow(page)} px wider than the window`] : []),
      ...(dialog || path.includes("?new=") || path.includes("?account=") ? [] : await keyboardMisses(page)),
    ];
    expect(faults, `${name} at ${width} px`).toEqual([]);
  }
});

/** Heading there, nothing loading, figures drawn. */
async function settled(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForFunction(() => document.querySelector("[aria-busy='true']") === null);
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(300);
  await page.waitForFunction(() => document.querySelector("[aria-busy='true']") === null);
}

function overflow(page: Page): Promise<number> {
  return page.evaluate(() => (document.scrollingElement?.scrollWidth ?? 0) - window.innerWidth);
}

async function samplesReady(client: ApiClient): Promise<boolean> {
  const studies = await client.trpc.study.list.query();
  for (const study of studies) {
    const jobs = await client.trpc.job.list.query({ studyId: study.id });
    const failed = jobs.find((job) => job.status === "failed");
    if (failed !== undefined) throw new Error(`${study.title}: ${failed.kind}: ${failed.error}`);
    if (!jobs.some((job) => job.kind === "build-dossier" && job.status === "done")) return false;
  }
  return studies.length === 2;
}

/** What the addresses of a study's pages name. */
async function partsOf(client: ApiClient, study: { id: string; dataOrigin: string }) {
  const studyId = study.id;
  const datasets = await client.trpc.dataset.list.query({ studyId });
  const twins = await client.trpc.twins.get.query({ studyId });
  const [run] = await client.trpc.simulation.list.query({ studyId });
  const [design] = await client.trpc.design.list.query({ studyId });
  const [scenario] = await client.trpc.scenario.list.query({ studyId });
  const parts = {
    dataset: datasets[0]?.id ?? "",
    patient: encodeURIComponent(twins?.document?.rows[0]?.patientId ?? ""),
    run: run?.id ?? "",
    design: design?.id ?? "",
    scenario: scenario?.id ?? "",
  };
  return { id: studyId, dataOrigin: study.dataOrigin, parts };
}
