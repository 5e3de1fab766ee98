/**
 * The images of the programs that watch the lab, from Debian packages: Prometheus, Alertmanager and the exporters. They
 * are one root file system under six names, each with its own entrypoint as the public images have.
 */
import type { Image, ImageConfig } from "./archive";
import { recipe, rootFileSystem, type RootContents } from "./root-file-system";

/** Programs by the images' names. The versions are Debian's: the operator writes what Prometheus 2.53 understands. */
const programs = {
  "runsheet.lab/prometheus:2.53.3": "prometheus",
  "runsheet.lab/alertmanager:0.28.1": "prometheus-alertmanager",
  "runsheet.lab/node-exporter:1.9.0": "prometheus-node-exporter",
  "runsheet.lab/postgres-exporter:0.17.1": "prometheus-postgres-exporter",
  "runsheet.lab/redis-exporter:1.69.0": "prometheus-redis-exporter",
  "runsheet.lab/blackbox-exporter:0.26.0": "prometheus-blackbox-exporter",
};

const contents: RootContents = {
  packages: [
    "prometheus",
    "prometheus-alertmanager",
    "prometheus-node-exporter",
    "prometheus-postgres-exporter",
    "prometheus-redis-exporter",
    "prometheus-blackbox-exporter",
    "ca-certificates",
    "tzdata",
  ],
  // No user interface and no tools: questions go to the API.
  leftOut: [
    "/usr/bin/promtool",
    "/usr/bin/amtool",
    "/usr/share/javascript/*",
    "/usr/share/nodejs/*",
    "/usr/share/fonts*",
    "/usr/share/prometheus/web/*",
  ],
};

const config: ImageConfig = {
  User: "65534:65534",
  Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
};

const entrypoints = Object.fromEntries(
  Object.entries(programs).map(([reference, program]) => [reference, [`/usr/bin/${program}`]]),
);

/** Parts of the images: a change of one makes new images. */
export const monitoringParts = (): string[] => [...recipe(contents), JSON.stringify([config, entrypoints])];

/** Builds the images' layer in `directory`. */
export async function monitoringImage(directory: string, log: string): Promise<Image> {
  const layer = await rootFileSystem(contents, directory, log);
  return { references: Object.keys(programs), layer, config, entrypoints };
}
