/** Real Prometheus on a port of the loopback address. It ends with stop() or with its starter. */
import { copyFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { unpacked } from "../../../lab/packages";
import { eventually } from "../../support/cluster";
import { freePort } from "../../support/free-port";
import { asOwner, privateFile, ServerProcess, temporaryDirectory } from "../server-process";

/** Address of an exporter, and the namespace that its series have. */
export interface Target {
  readonly port: number;
  readonly namespace: string;
}

export class ThrowAwayPrometheus {
  private constructor(
    readonly url: string,
    private readonly directory: string,
    private readonly process: ServerProcess,
  ) {}

  /** Starts Prometheus. Its package is unpacked and not installed: installed, it would start as a service. */
  static async start(targets: readonly Target[], scrapeMilliseconds: number): Promise<ThrowAwayPrometheus> {
    const [packages, directory, port] = await Promise.all([
      unpacked(["prometheus"]),
      temporaryDirectory("prometheus"),
      freePort(),
    ]);
    const program = join(directory, "prometheus");
    // The user of the servers cannot read root's cache.
    await copyFile(join(packages, "usr", "bin", "prometheus"), program);
    const times = { scrape_interval: `${scrapeMilliseconds}ms`, scrape_timeout: `${scrapeMilliseconds}ms` };
    const static_configs = targets.map(({ port, namespace }) => ({
      targets: [`127.0.0.1:${port}`],
      labels: { namespace },
    }));
    const configuration = { global: times, scrape_configs: [{ job_name: "exporters", static_configs }] };
    const file = await privateFile(directory, "prometheus.yml", stringify(configuration));
    const data = join(directory, "data");
    const flags = [`--config.file=${file}`, `--storage.tsdb.path=${data}`, `--web.listen-address=127.0.0.1:${port}`];
    const command = await asOwner(directory, "TERM", [program, ...flags]);
    const process = await ServerProcess.start("Prometheus", command, "Server is ready to receive web requests");
    return new ThrowAwayPrometheus(`http://127.0.0.1:${port}`, directory, process);
  }

  /** Resolves once it has scraped so many targets for so long. It begins only with its second look at its targets. */
  async hasScraped(targets: number, seconds: number): Promise<void> {
    const query = new URLSearchParams({ query: `count(up offset ${seconds}s == 1)` });
    await eventually(`Prometheus has scraped ${targets} targets for ${seconds} s`, async () => {
      const answer = await fetch(`${this.url}/api/v1/query?${query}`);
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
      return data.result[0]?.value[1] === String(targets);
    });
  }

  async stop(): Promise<void> {
    await this.process.stop("SIGTERM");
    await rm(this.directory, { recursive: true, force: true });
  }
}
