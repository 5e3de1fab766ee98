/** Pages of runbooks in Chromium, as people with and without a screen reader meet them. */
import type { Page } from "playwright-core";
import { withTab } from "../../../dashboards/pictures/browser";
import { installed } from "../../../lab/packages";
import { documentOf } from "../../../runbook/content/document";
import { html } from "../../../runbook/render/html";
import { programGraph } from "../../../runbook/source/program";
import { names } from "../../../systems";
import { violations } from "../../support/axe";

const openAll = `document.querySelectorAll("details").forEach((each) => { each.open = true; })`;

const pages = new Map<string, string>();

beforeAll(async () => {
  await installed(["chromium"]);
  const graph = await programGraph("local");
  for (const name of names)
    pages.set(name, await html(documentOf(name, { graph, stack: "local", isDeployed: false }), (address) => address));
});

/** Opens a page with everything unfolded, and returns what the console said. */
async function shown(tab: Page, system: string, width: number, colorScheme: "light" | "dark"): Promise<string[]> {
  const said: string[] = [];
  tab.on("console", (message) => said.push(message.text()));
  tab.on("pageerror", (error) => said.push(error.message));
  tab.on("request", (request) => said.push(`asks for ${request.url()}`));
  await tab.setViewportSize({ width, height: 800 });
  await tab.emulateMedia({ colorScheme });
  await tab.setContent(pages.get(system)!);
  await tab.evaluate(openAll);
  return said;
}

test.each(names.flatMap((name) => (["light", "dark"] as const).map((scheme) => [name, scheme] as const)))(
  "%s in %s has names, order and contrast, at 360 pixels and at 1200",
  (system, scheme) =>
    withTab({ width: 360, height: 800 }, async (tab) => {
      for (const width of [360, 1200]) {
        expect(await shown(tab, system, width, scheme)).toEqual([]);
        expect(await tab.evaluate("document.documentElement.scrollWidth")).toBe(width);
        expect(await violations(tab)).toEqual([]);
      }
    }),
);

test("what axe is to find, it finds: a picture without a name, and pale words", () =>
  withTab({ width: 360, height: 800 }, async (tab) => {
    const text = `<main><h1>T</h1><p style="color:#bbb;background:#fff">These words are too pale.</p><img src="data:,"></main>`;
    await tab.setContent(`<!doctype html><html lang="en"><title>T</title>${text}</html>`);
    expect((await violations(tab)).map((each) => each.split(":")[0])).toEqual(["color-contrast", "image-alt"]);
  }));

test("the light page is light and the dark one dark", () =>
  withTab({ width: 360, height: 800 }, async (tab) => {
    const colours = [];
    for (const scheme of ["light", "dark"] as const) {
      await shown(tab, "prism", 360, scheme);
      colours.push(await tab.evaluate("getComputedStyle(document.body).backgroundColor"));
    }
    expect(colours).toEqual(["rgb(255, 255, 255)", "rgb(20, 23, 27)"]);
  }));

test("the keyboard leads past the parts to the drawing, and from it to a step", () =>
  withTab({ width: 1200, height: 800 }, async (tab) => {
    await shown(tab, "prism", 1200, "light");
    await tab.keyboard.press("Tab");
    expect(await tab.evaluate("document.activeElement.textContent")).toBe("Skip to the steps");
    await tab.keyboard.press("Enter");
    await tab.keyboard.press("Tab");
    expect(await tab.evaluate("document.activeElement.textContent.trim()")).toBe("environment");
    await tab.keyboard.press("Enter");
    expect(await tab.evaluate("location.hash")).toBe("#1-environment-requirements");
  }));

test("a part is opened by the keyboard", () =>
  withTab({ width: 1200, height: 800 }, async (tab) => {
    await tab.setContent(pages.get("prism")!);
    await tab.focus("summary");
    await tab.keyboard.press("Enter");
    expect(await tab.evaluate(`document.querySelector("details").open`)).toBe(true);
  }));

test("screen readers find the parts, and the drawing's description with its steps", () =>
  withTab({ width: 1200, height: 800 }, async (tab) => {
    await tab.setContent(pages.get("prism")!);
    const levelTwo = await tab.getByRole("heading", { level: 2 }).allTextContents();
    expect(levelTwo).toEqual([
      ...["Steps", "If a step fails", "Alerts", "Recovery", "Contacts and escalation", "Left out"],
    ]);
    const drawing = tab.getByRole("group", { name: /^The 12 steps of prism, each after the one above it\./ });
    expect(await drawing.getByRole("link").count()).toBe(12);
    expect(await drawing.getByRole("link", { name: "migrate: Database Migrations" }).count()).toBe(1);
  }));
