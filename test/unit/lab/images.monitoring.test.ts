import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../lab/command";
import { readArchive, writeArchive } from "../../../lab/images/archive";
import { binaryImages } from "../../../lab/images/binaries";
import { monitoringParts } from "../../../lab/images/monitoring";
import { recipe, releaseManifests } from "../../../lab/toolchain/recipes";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "runsheet-monitoring-image-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Reads a JSON document of an archive by its digest. */
const blob = async (file: string, digest: string) =>
  JSON.parse(
    await run("tar", ["--extract", "--to-stdout", "--file", file, `blobs/sha256/${digest.replace("sha256:", "")}`]),
  ) as { config: { digest: string } & Record<string, unknown>; layers: { digest: string }[] };

test("names with entrypoints of their own share the layer of one archive", async () => {
  mkdirSync(join(directory, "root"));
  writeFileSync(join(directory, "root", "file"), "content");
  const layer = join(directory, "layer.tar");
  await run("tar", ["--create", "--file", layer, "--directory", join(directory, "root"), "."]);
  const file = join(directory, "archive.tar");
  const image = {
    references: ["example/a:1", "example/b:1"],
    layer,
    config: { User: "1:1", Entrypoint: ["/usual"] },
    entrypoints: { "example/b:1": ["/own"] },
  };
  await writeArchive(image, directory, file);
  const { digests } = await readArchive(file);
  const manifests = await Promise.all(image.references.map((name) => blob(file, digests[name]!)));
  const configs = await Promise.all(manifests.map(({ config }) => blob(file, config.digest)));
  expect(configs.map(({ config }) => config)).toEqual([
    { User: "1:1", Entrypoint: ["/usual"] },
    { User: "1:1", Entrypoint: ["/own"] },
  ]);
  expect(manifests[0]!.layers).toEqual(manifests[1]!.layers);
});

test("each name of Debian's image starts its own program", () => {
  const [, entrypoints] = JSON.parse(monitoringParts().at(-1)!) as [object, Record<string, string[]>];
  expect(entrypoints).toEqual({
    "runsheet.lab/prometheus:2.53.3": ["/usr/bin/prometheus"],
    "runsheet.lab/alertmanager:0.28.1": ["/usr/bin/prometheus-alertmanager"],
    "runsheet.lab/node-exporter:1.9.0": ["/usr/bin/prometheus-node-exporter"],
    "runsheet.lab/postgres-exporter:0.17.1": ["/usr/bin/prometheus-postgres-exporter"],
    "runsheet.lab/redis-exporter:1.69.0": ["/usr/bin/prometheus-redis-exporter"],
    "runsheet.lab/blackbox-exporter:0.26.0": ["/usr/bin/prometheus-blackbox-exporter"],
  });
});

test("the programs of the lab's monitoring have recipes, and the operator its manifest", () => {
  const ours = binaryImages.filter(({ reference }) => /prometheus|kube-state|otel|victoria|vmalert/.test(reference));
  expect(ours.map(({ tool, binary }) => [tool, binary, recipe(tool).binary])).toEqual([
    ["prometheus-operator", "operator", "operator"],
    ["prometheus-config-reloader", "prometheus-config-reloader", "prometheus-config-reloader"],
    ["kube-state-metrics-stand-in", "kube-state-metrics", "kube-state-metrics"],
    ["otel-collector", "otelcol", "otelcol"],
    ["victorialogs", "victoria-logs", "victoria-logs"],
    ["vmalert", "vmalert", "vmalert"],
  ]);
  expect(releaseManifests.find(({ tool }) => tool === "prometheus-operator")?.file).toBe("bundle.yaml");
});
