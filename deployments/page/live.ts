/** Page of the newest run, and those who look at it. */
import type { ServerResponse } from "node:http";
import type { Deployment } from "../deployment";
import { livePage, whole } from "./html";
import { newsOf } from "./news";
import { pageOf, type Page, type PageSource } from "./page";

/** Time after which a line is sent, in milliseconds, so that a lost connection is noticed. */
const signOfLifeMilliseconds = 15_000;

/** Most that is kept for a reader that does not take it, in bytes. A browser then connects again, and gets the whole page. */
const mostWaitingBytes = 8 << 20;

export class Live {
  private page: Page | undefined;
  private deployment: Deployment | undefined;
  private readonly readers = new Set<ServerResponse>();

  /** Number of those who look at the page. */
  get watched(): number {
    return this.readers.size;
  }

  /** Shows what is new. */
  async show(source: PageSource): Promise<void> {
    const page = await pageOf(source);
    const news = this.deployment && newsOf(this.deployment, source.deployment);
    const parts = changed(this.page, page);
    this.page = page;
    this.deployment = source.deployment;
    if (parts.length > 0) this.send(this.readers, { parts, ...(news !== undefined && { news }) });
  }

  /** The page as it is now. */
  html(): string {
    return livePage(this.page!);
  }

  /** Adds one who looks. It gets the whole page first: it may have missed something. */
  add(response: ServerResponse): void {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    this.readers.add(response);
    const alive = setInterval(() => response.write(": \n\n"), signOfLifeMilliseconds);
    response.on("close", () => {
      clearInterval(alive);
      this.readers.delete(response);
    });
    this.send([response], { parts: [["page", whole(this.page!)]] });
  }

  /** Ends all connections. */
  close(): void {
    for (const response of this.readers) response.end();
  }

  private send(readers: Iterable<ServerResponse>, message: object): void {
    const text = `data: ${JSON.stringify(message)}\n\n`;
    for (const response of readers) {
      if (response.writableLength > mostWaitingBytes) response.destroy();
      else response.write(text);
    }
  }
}

/** Parts that differ, each with its id. The whole if other parts are there. */
function changed(before: Page | undefined, { parts, ...page }: Page): (readonly [id: string, html: string])[] {
  const had = new Map(before?.parts.map(({ id, key }) => [id, key]));
  const isSame = parts.filter(({ id }) => !id.startsWith("log-")).every(({ id }) => had.has(id));
  const gone = [...had.keys()].some((id) => !id.startsWith("log-") && !parts.some((part) => part.id === id));
  if (!isSame || gone || before?.title !== page.title) return [["page", whole({ parts, ...page })]];
  return parts.filter(({ id, key }) => had.get(id) !== key).map(({ id, html }) => [id, html]);
}
