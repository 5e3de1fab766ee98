/** Live page of the runs of a stack. */
import { relative } from "node:path";
import type { Kubectl } from "../../drills/kubectl";
import { projectDirectory } from "../../engine/project";
import type { Resource } from "../../runbook/source/graph";
import { logsOf } from "../logs";
import { Live } from "../page/live";
import { PageServer } from "../page/server";
import type { Logs } from "../page/step";
import type { Place } from "../place";
import { Session, type ReadGraph } from "../session";

const pollMilliseconds = 300;
const logsMilliseconds = 2000;

export interface WatchArgs {
  readonly place: Place;
  /** 0 for a free one. */
  readonly port: number;
  readonly readGraph: ReadGraph;
  /** Renders the runbook of a system. Undefined if the stack has none. */
  readonly runbookOf: (system: string, graph: readonly Resource[]) => Promise<string | undefined>;
  /** Client of the cluster. Default: no logs are shown. */
  readonly kubectl?: Kubectl;
  readonly print: (line: string) => void;
}

export interface Watch {
  /** Address of the page, with its token. */
  readonly url: string;
  /** Ends it. */
  readonly close: () => Promise<void>;
}

/**
 * Starts showing the runs.
 * @throws Error if the port is taken
 */
export async function watch({ place, port, readGraph, runbookOf, kubectl, print }: WatchArgs): Promise<Watch> {
  place.prepare();
  const session = new Session(place, readGraph);
  const live = new Live();
  let logs: Logs = new Map();
  let told: readonly string[] | undefined;

  const show = async () => {
    await session.poll();
    const run = session.run;
    await live.show({
      stack: place.stack,
      deployment: session.deployment(),
      ...(run && { run }),
      logs,
      hasRunbooks: true,
    });
    if (session.report && session.report !== told)
      for (const file of session.report) print(`Report: ${relative(projectDirectory, file)}`);
    told = session.report;
  };
  const readLogs = async () => {
    const { tasks } = session.deployment();
    if (kubectl && live.watched > 0) logs = await logsOf(kubectl, tasks);
  };

  await show();
  const server = new PageServer(live, (system) => runbookOf(system, session.graph));
  const url = await server.listen(port);
  const failed = (error: unknown) => print(`watch: ${(error as Error).message}`);
  const ends = [repeat(show, pollMilliseconds, failed), repeat(readLogs, logsMilliseconds, failed)];
  return {
    url,
    close: async () => {
      await Promise.all(ends.map((end) => end()));
      session.close();
      await server.close();
    },
  };
}

/** Does work again and again, one after the other. Returns what ends it. The same failure is told once. */
function repeat(work: () => Promise<void>, milliseconds: number, failed: (error: unknown) => void) {
  let last = "";
  let timer: NodeJS.Timeout;
  let running: Promise<void> = Promise.resolve();
  let isOver = false;
  const next = () => {
    timer = setTimeout(() => {
      running = work()
        .then(
          () => void (last = ""),
          (error: Error) => {
            if (error.message !== last) failed(error);
            last = error.message;
          },
        )
        .finally(() => void (isOver || next()));
    }, milliseconds);
  };
  next();
  return async () => {
    isOver = true;
    clearTimeout(timer);
    await running;
  };
}
