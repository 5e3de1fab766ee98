/** Prometheus with samples of some hours, which are written into its database before it starts. */
import { createWriteStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { once } from "node:events";
import { run } from "../../../lab/command";
import { unpacked } from "../../../lab/packages";
import { ServerProcess, temporaryDirectory } from "../../services/server-process";
import { freePort } from "../free-port";
import { exporters } from "./exporters";
import type { Series } from "./sample";

/** Hours before now in which there are samples. */
export interface Window {
  readonly from: number;
  readonly to: number;
  /** Interval of the samples, in seconds. Default: 15. */
  readonly interval?: number;
}

export class SamplePrometheus {
  private constructor(
    readonly url: string,
    private readonly server: ServerProcess,
    private readonly directory: string,
  ) {}

  /** Starts a Prometheus with the samples of all exporters in these windows. */
  static async start(windows: readonly Window[]): Promise<SamplePrometheus> {
    const programs = join(await unpacked(["prometheus"]), "usr", "bin");
    const directory = await temporaryDirectory("prometheus");
    const [text, data] = [join(directory, "samples.txt"), join(directory, "data")];
    await writeSamples(text, windows);
    await run(join(programs, "promtool"), ["tsdb", "create-blocks-from", "openmetrics", text, data]);
    const configuration = join(directory, "prometheus.yml");
    await writeFile(configuration, "scrape_configs: []\n");
    const port = await freePort();
    // The kernel ends the server if the test process dies without stopping it.
    const server = await ServerProcess.start(
      "Prometheus",
      [
        ...(["setpriv", "--pdeathsig", "TERM", join(programs, "prometheus")] as const),
        ...[`--config.file=${configuration}`, `--storage.tsdb.path=${data}`, `--web.listen-address=127.0.0.1:${port}`],
        // The samples are older than usual data: none is deleted.
        "--storage.tsdb.retention.time=365d",
      ],
      "Server is ready to receive web requests",
    );
    return new SamplePrometheus(`http://127.0.0.1:${port}`, server, directory);
  }

  /** Stops it, and deletes its data. */
  async stop(): Promise<void> {
    await this.server.stop("SIGTERM");
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function writeSamples(file: string, windows: readonly Window[]): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  const times = windows.flatMap(({ from, to, interval = 15 }) => {
    const count = Math.floor(((from - to) * 3600) / interval);
    return Array.from({ length: count + 1 }, (_, index) => now - from * 3600 + index * interval);
  });
  const stream = createWriteStream(file);
  for (const { series } of exporters) {
    for (const each of series) {
      if (!stream.write(lines(each, times))) await once(stream, "drain");
    }
  }
  stream.end("# EOF\n");
  await once(stream, "finish");
}

/** Samples in the text format of OpenMetrics. Without a type a name need not say it. */
function lines({ name, labels, at }: Series, times: readonly number[]): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return times.map((time) => `${name}{${pairs.join(",")}} ${at(time)} ${time}\n`).join("");
}
