/** Live page of a deployment in Chromium, as people with and without a screen reader meet it. */
import type { Page } from "playwright-core";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { withTab } from "../../../dashboards/pictures/browser";
import { projectDirectory } from "../../../engine/project";
import { installed } from "../../../lab/packages";
import { Live } from "../../../deployments/page/live";
import { PageServer } from "../../../deployments/page/server";
import { documentOf } from "../../../runbook/content/document";
import { html } from "../../../runbook/render/html";
import { violations } from "../../support/axe";
import { courseOf, deploymentOf, eventsOf, upTo, type RecordedRun } from "../../support/deployment/recorded";

const run = {
  began: "2026-12-01T10:00:00.000Z",
  by: "Ada Example",
  byFrom: "git" as const,
  commit: "0123456789abcdef",
  clean: true,
};

const migrating = upTo(eventsOf("failed"), "shop-migrate", "begins");
const states: Readonly<Record<string, readonly [RecordedRun, number | undefined]>> = {
  running: ["failed", migrating],
  failed: ["failed", undefined],
  done: ["release", undefined],
};
const log = "ALTER TABLE orders ADD COLUMN note text;\nwaiting for the lock of session 4711 ...";

const graph = courseOf("failed").graph;
const runbook = documentOf("shop", { graph, stack: "test", isDeployed: true, reports: [] });

/** The page with what a test shows on it. */
class Shown {
  readonly live = new Live();
  readonly server = new PageServer(this.live, (system) =>
    system === "shop" ? html(runbook, (address) => address) : Promise.resolve(undefined),
  );
  url = "";

  async show(name: RecordedRun, count?: number): Promise<void> {
    const deployment = deploymentOf(name, count);
    const logs = new Map(deployment.tasks.map(({ job }) => [job, log]));
    await this.live.show({ stack: "test", deployment, run, logs, hasRunbooks: true });
  }
}

let shown: Shown;

beforeAll(() => installed(["chromium"]));
beforeEach(async () => {
  shown = new Shown();
  await shown.show("failed", migrating);
  shown.url = await shown.server.listen(0);
});
afterEach(() => shown.server.close());

/** Opens the page, and returns what the console says. */
async function opened(tab: Page, width = 1200, colorScheme: "light" | "dark" = "light"): Promise<string[]> {
  const said: string[] = [];
  tab.on("console", (message) => said.push(message.text()));
  tab.on("pageerror", (error) => said.push(error.message));
  await tab.setViewportSize({ width, height: 800 });
  await tab.emulateMedia({ colorScheme });
  await tab.goto(shown.url);
  return said;
}

const inTab = (work: (tab: Page) => Promise<void>) => withTab({ width: 1200, height: 800 }, work, false);
const openAll = `document.querySelectorAll("details").forEach((each) => { each.open = true; })`;
const stateOf = (tab: Page, step: string) => tab.locator(`#step-${step} .state`).textContent();

/** Waits until a step has a state on the page. */
const waitFor = (tab: Page, step: string, state: string) =>
  tab.locator(`#step-${step}.${state}`).waitFor({ timeout: 10_000 });

const cases = Object.keys(states).flatMap((state) =>
  (["light", "dark"] as const).flatMap((scheme) => [1200, 360].map((width) => [state, scheme, width] as const)),
);

test.each(cases)("%s, %s, %d pixels: names, contrast, no word of the console", (state, scheme, width) =>
  inTab(async (tab) => {
    await shown.show(...states[state]!);
    const said = await opened(tab, width, scheme);
    await tab.locator("#step-shop-migrate").waitFor();
    await tab.screenshot({ path: pictureOf(`${state}-${scheme}-${width}`), fullPage: true });
    await tab.evaluate(openAll);
    expect(await violations(tab)).toEqual([]);
    expect(await tab.evaluate("document.documentElement.scrollWidth")).toBe(width);
    expect(said).toEqual([]);
  }),
);

const pictures = join(projectDirectory, "reports", "watch");
function pictureOf(name: string): string {
  mkdirSync(pictures, { recursive: true });
  return join(pictures, `${name}.png`);
}

test("steps turn green while the page is open, and it says so politely", () =>
  inTab(async (tab) => {
    const said = await opened(tab);
    await waitFor(tab, "shop-migrate", "running");
    expect(await stateOf(tab, "shop-maintenance-on")).toBe("done");
    await shown.show("release");
    await waitFor(tab, "shop-maintenance-off", "done");
    expect(await tab.getByRole("status").textContent()).toContain("shop, Database Migrations: done.");
    expect(await tab.getByRole("status").textContent()).toMatch(/Succeeded\.$/);
    expect(said).toEqual([]);
  }));

test("the running step counts its seconds, and has the log of its task", () =>
  inTab(async (tab) => {
    await opened(tab);
    const step = tab.locator("#step-shop-migrate");
    expect(await step.locator("h3 .time").textContent()).toMatch(/^\d+ (s|min|h)/);
    expect(await step.locator(".usual").textContent()).toBe("last time at most 3 s");
    expect(await step.getByRole("region", { name: "Log of shop-migrate" }).textContent()).toBe(log);
  }));

test("what failed has its error and its way out", () =>
  inTab(async (tab) => {
    await shown.show("failed");
    await opened(tab);
    const text = await tab.locator("#step-shop-migrate").innerText();
    expect(text).toContain("Error of shop-broken:");
    expect(text).toContain("failed to write YAML file");
    expect(text).toContain("mend the cause, and run up again: it goes on from here");
    expect(text).toContain("left on until maintenance-off is done: maintenance mode");
    expect(await stateOf(tab, "shop-verify")).toBe("not done");
  }));

test("what is open stays open, and the focus stays, when a step is renewed", () =>
  inTab(async (tab) => {
    await opened(tab);
    await tab.focus("#s-drawing-shop");
    await tab.keyboard.press("Enter");
    await shown.show("release");
    await waitFor(tab, "shop-maintenance-off", "done");
    expect(await tab.evaluate("document.getElementById('open-drawing-shop').open")).toBe(true);
    expect(await tab.evaluate("document.activeElement.id")).toBe("s-drawing-shop");
  }));

test("the keyboard leads to the steps, and from the drawing to a step", () =>
  inTab(async (tab) => {
    await opened(tab);
    await tab.keyboard.press("Tab");
    expect(await tab.evaluate("document.activeElement.textContent")).toBe("Skip to the steps");
    await tab.focus("#s-drawing-shop");
    await tab.keyboard.press("Enter");
    await tab.keyboard.press("Tab");
    expect(await tab.evaluate("document.activeElement.getAttribute('aria-label')")).toBe(
      "environment: Environment, unchanged",
    );
    await tab.keyboard.press("Enter");
    expect(await tab.evaluate("location.hash")).toBe("#step-shop-environment");
  }));

test("the runbook of a system is beside the page, with its own style", () =>
  inTab(async (tab) => {
    const said = await opened(tab);
    await tab.getByRole("link", { name: "the runbook of shop" }).click();
    expect(await tab.getByRole("heading", { level: 1 }).textContent()).toBe("Shop: Deployment");
    expect(await tab.evaluate("getComputedStyle(document.querySelector('main')).maxWidth")).toBe("864px");
    expect(said).toEqual([]);
    await tab.goto(new URL("/runbook/nobody", shown.url).href);
    expect(await tab.textContent("body")).toBe("There is no such page.");
  }));

test("the drawing has the colours of the states", () =>
  inTab(async (tab) => {
    await shown.show("failed");
    await opened(tab);
    await tab.click("#s-drawing-shop");
    const colour = (state: string) =>
      tab.evaluate(`getComputedStyle(document.querySelector("#drawing-shop .is-${state} path")).stroke`);
    expect([await colour("done"), await colour("failed")]).toEqual(["rgb(17, 99, 41)", "rgb(164, 14, 38)"]);
    await tab.locator("#drawing-shop").screenshot({ path: pictureOf("drawing") });
  }));

test("nothing turns for those who want no motion", () =>
  inTab(async (tab) => {
    await tab.emulateMedia({ reducedMotion: "reduce" });
    await tab.goto(shown.url);
    const mark = `getComputedStyle(document.querySelector("#step-shop-migrate .mark")).animationName`;
    expect(await tab.evaluate(mark)).toBe("none");
    await tab.emulateMedia({ reducedMotion: "no-preference" });
    expect(await tab.evaluate(mark)).toBe("turn");
  }));

test("the token is in no address that the browser keeps, and no script reads it", () =>
  inTab(async (tab) => {
    await opened(tab);
    expect(new URL(tab.url()).search).toBe("");
    expect(await tab.evaluate("document.cookie")).toBe("");
  }));

test("when the server ends, the page says so", () =>
  inTab(async (tab) => {
    await opened(tab);
    await tab.locator("#step-shop-migrate").waitFor();
    await shown.server.close();
    await tab.getByRole("status").filter({ hasText: "The connection is lost" }).waitFor({ timeout: 10_000 });
    shown.url = await shown.server.listen(0);
  }));
