import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { repositoryPath } from "./shared.ts";

const axeSource = readFileSync(repositoryPath("node_modules/axe-core/axe.min.js"), "utf8");

interface AxeFinding {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[] }[];
}

/** What axe-core calls serious or critical on the page as it stands, one line a rule. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const findings = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(root: Document, options: object): Promise<unknown> } };
    return (await axe.run(document, { resultTypes: ["violations"] })) as { violations: unknown };
  });
  return (findings.violations as readonly AxeFinding[])
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}, ${nodes.length} places, first ${nodes[0]?.target.join(" ")}`);
}

const LONGEST_WALK = 2_000;
/** An embedded PDF has stops of its own, during which the page sees the same element focused. */
const MOST_STOPS_INSIDE = 40;

/**
 * Presses Tab from the top of the page until focus has gone round, and names every button, link and field that it never
 * came to. Radio buttons of one group share one stop, as do tabs; what is hidden, disabled or folded away does not count.
 */
export async function keyboardMisses(page: Page): Promise<string[]> {
  await page.evaluate(() => {
    window.scrollTo(0, 0);
    (document.activeElement as HTMLElement | null)?.blur();
    const reached = new Set<Element>();
    Object.assign(window, { understudyReached: reached });
  });
  let repeats = 0;
  for (let step = 0; step < LONGEST_WALK && repeats < MOST_STOPS_INSIDE; step++) {
    await page.keyboard.press("Tab");
    const isNew = await page.evaluate(() => {
      const { understudyReached: reached } = window as unknown as { understudyReached: Set<Element> };
      const active = document.activeElement;
      if (active === null || active === document.body || reached.has(active)) return false;
      reached.add(active);
      return true;
    });
    repeats = isNew ? 0 : repeats + 1;
  }
  return page.evaluate(() => {
    const { understudyReached: reached } = window as unknown as { understudyReached: Set<Element> };
    const visible = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true, opacityProperty: false }) &&
      element.getClientRects().length > 0 &&
      element.closest("[inert], [aria-hidden='true']") === null;
    const sameGroup = (radio: HTMLInputElement) =>
      [...reached].some(
        (other) => other instanceof HTMLInputElement && other.type === "radio" && other.name === radio.name,
      );
    const sameList = (tab: Element) =>
      [...reached].some(
        (other) => other.role === "tab" && other.closest("[role='tablist']") === tab.closest("[role='tablist']"),
      );
    const wanted =
      "a[href], button:not(:disabled), input:not(:disabled):not([type='hidden']), select:not(:disabled), textarea:not(:disabled)";
    return [...document.querySelectorAll(wanted)]
      .filter(visible)
      .filter((element) => !reached.has(element))
      .filter((element) => !(element instanceof HTMLInputElement && element.type === "radio" && sameGroup(element)))
      .filter((element) => !(element.role === "tab" && sameList(element)))
      .map(
        (element) =>
          `not reached by Tab: ${element.tagName.toLowerCase()} ${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 60)}`,
      );
  });
}
