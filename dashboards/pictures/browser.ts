/** Pages in a headless Chromium, and their pictures. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";

/** Program of Debian's package chromium. */
const program = "/usr/bin/chromium";

/** Takes the picture of a page, into a file. */
export type Photographer = (html: string, file: string) => Promise<void>;

/** Starts Chromium for pictures of pages of that width, and ends it when `work` is done. */
export const withBrowser = (width: number, work: (take: Photographer) => Promise<void>): Promise<void> =>
  // The picture is as high as the page, and at least as high as this.
  withTab({ width, height: 100 }, (tab) =>
    work(async (html, file) => {
      await tab.setContent(html);
      await tab.screenshot({ path: file, fullPage: true });
    }),
  );

/**
 * Opens a tab of Chromium with a new profile, and ends it when `work` is done. It runs without its sandbox, which root
 * cannot have: the pages are our own.
 * @param viewport size in pixels
 * @param offline false for a page of a server. Default: it has no network to reach
 * @throws Error if Chromium is not installed
 */
export async function withTab(
  viewport: { readonly width: number; readonly height: number },
  work: (tab: Page) => Promise<void>,
  offline = true,
): Promise<void> {
  if (!existsSync(program)) throw new Error(`${program} is missing: install Debian's package chromium`);
  const profile = await mkdtemp(join(tmpdir(), "runsheet-chromium-"));
  try {
    const browser = await chromium.launchPersistentContext(profile, {
      executablePath: program,
      headless: true,
      args: [
        ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
        ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
      ],
      offline,
      viewport,
    });
    try {
      await work(await browser.newPage());
    } finally {
      await browser.close();
    }
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}
