/** Pictures of pages by a headless Chromium. */
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** Program of Debian's package chromium. */
const program = "/usr/bin/chromium";

/** Takes the picture of a page, into a file. */
export type Photographer = (html: string, file: string) => Promise<void>;

/**
 * Starts Chromium with a new profile, and ends it when `work` is done. It has no network to reach, and runs without its
 * sandbox, which root cannot have: the pages are our own and have no scripts.
 * @throws Error if Chromium is not installed
 */
export async function withBrowser(width: number, work: (take: Photographer) => Promise<void>): Promise<void> {
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
      offline: true,
      // The picture is as high as the page, and at least as high as this.
      viewport: { width, height: 100 },
    });
    try {
      const tab = await browser.newPage();
      await work(async (html, file) => {
        await tab.setContent(html);
        await tab.screenshot({ path: file, fullPage: true });
      });
    } finally {
      await browser.close();
    }
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}
