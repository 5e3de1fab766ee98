/** Images that hold one Go binary and nothing else. */
import { copyFile, chmod, mkdir, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { run } from "../command";
import { tool } from "../toolchain";
import type { Image } from "./archive";

/** A binary of the toolchain, and the image that is made of it. */
export interface BinaryImage {
  /** The toolchain's name of the tool; also the archive's name. */
  tool: string;
  /** The file in the tool's directory. */
  binary: string;
  reference: string;
  /** Path of the binary in the image; a container runs it. */
  path: string;
  /** Other paths that lead to the binary. Default: none. */
  links?: readonly string[];
  /** User and group of containers that set none: those of the release's manifest. */
  user: string;
}

export const binaryImages: readonly BinaryImage[] = [
  {
    tool: "pause",
    binary: "pause",
    reference: "runsheet.lab/pause:1",
    path: "/pause",
    user: "65535:65535",
  },
  {
    tool: "cloudnative-pg",
    binary: "manager",
    reference: "runsheet.lab/cloudnative-pg:1.30.0",
    // The operator upgrades its instances from the files named after architectures.
    path: "/operator/manager_amd64",
    links: ["/manager"],
    user: "10001:10001",
  },
  {
    tool: "plugin-barman-cloud",
    binary: "manager",
    reference: "runsheet.lab/plugin-barman-cloud:0.14.0",
    path: "/manager",
    user: "10001:10001",
  },
  {
    tool: "prometheus-operator",
    binary: "operator",
    reference: "runsheet.lab/prometheus-operator:0.85.0",
    path: "/bin/operator",
    user: "65534:65534",
  },
  {
    tool: "prometheus-config-reloader",
    binary: "prometheus-config-reloader",
    reference: "runsheet.lab/prometheus-config-reloader:0.85.0",
    path: "/bin/prometheus-config-reloader",
    user: "65534:65534",
  },
  {
    tool: "kube-state-metrics-stand-in",
    binary: "kube-state-metrics",
    reference: "runsheet.lab/kube-state-metrics-stand-in:1",
    path: "/kube-state-metrics",
    user: "65534:65534",
  },
  {
    tool: "otel-collector",
    binary: "otelcol",
    reference: "runsheet.lab/otel-collector:0.165.0",
    path: "/otelcol",
    user: "10001:10001",
  },
  {
    tool: "victorialogs",
    binary: "victoria-logs",
    reference: "runsheet.lab/victoria-logs:1.52.1",
    path: "/victoria-logs-prod",
    user: "1000:1000",
  },
  {
    tool: "vmalert",
    binary: "vmalert",
    reference: "runsheet.lab/vmalert:1.148.9",
    path: "/vmalert-prod",
    user: "1000:1000",
  },
];

const config = (image: BinaryImage): Image["config"] => ({
  User: image.user,
  Env: ["PATH=/"],
  Entrypoint: [image.links?.[0] ?? image.path],
  WorkingDir: "/",
});

/** Parts of the image: a change of one makes a new image. The tool's directory is named after its content. */
export const binaryParts = async (image: BinaryImage) => [
  basename(await tool(image.tool)),
  JSON.stringify([image, config(image)]),
];

/** Builds the image's layer in `directory`. */
export async function binaryImage(image: BinaryImage, directory: string): Promise<Image> {
  const files = join(directory, "root");
  const binary = join(files, image.path);
  await mkdir(dirname(binary), { recursive: true });
  await copyFile(join(await tool(image.tool), image.binary), binary);
  await chmod(binary, 0o755);
  for (const link of image.links ?? []) await symlink(image.path, join(files, link));

  const layer = join(directory, "layer.tar");
  const reproducible = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=go-w"];
  await run("tar", ["--create", "--file", layer, "--directory", files, ...reproducible, "."]);
  return { references: [image.reference], layer, config: config(image) };
}
