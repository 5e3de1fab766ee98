/**
 * The image of the Barman Cloud plugin's sidecar, which archives and restores beside PostgreSQL: the plugin's binary, and
 * Barman with its S3 client. As the plugin's own image it has the Barman that its containers/sidecar-requirements.txt names.
 */
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { installed } from "../packages";
import { tool } from "../toolchain";
import type { Image } from "./archive";
import { recipe, rootFileSystem, type RootContents } from "./root-file-system";

const references = ["runsheet.lab/plugin-barman-cloud-sidecar:0.14.0"];

/** Packages that pip takes from PyPI, and nothing else. */
const barman = "barman==3.19.1 --hash=sha256:0a6a9e1babf97687732d8b2a3eb79ea95d55246a5257b9433865cb6e755221c0\n";

const pythonPackages = "/usr/local/lib/python3.13/dist-packages";
const services = "/usr/lib/python3/dist-packages/botocore/data";

/** `manager` is the path of the plugin's binary, `requirements` that of a file for pip. */
const contents = (manager: string, requirements: string): RootContents => ({
  packages: [
    "python3",
    "python3-boto3",
    "python3-psycopg2",
    "python3-dateutil",
    "python3-lz4",
    "ca-certificates",
    "tzdata",
  ],
  // botocore describes every service of AWS, in 100 MB.
  leftOut: [`${services}/*/*`],
  kept: [`${services}/s3/*`, `${services}/sts/*`],
  afterPackages: [
    `python3 -m pip install --quiet --no-deps --no-compile --require-hashes --target "$1${pythonPackages}" -r '${requirements}'`,
    `mv "$1${pythonPackages}"/bin/* "$1/usr/local/bin/"`,
    'sed --in-place "1s|.*|#!/usr/bin/python3|" "$1"/usr/local/bin/barman*',
    `chroot "$1" python3 -m compileall -q ${pythonPackages}`,
    `upload '${manager}' /manager`,
    'chmod 755 "$1/manager"',
  ],
});

const config: Image["config"] = {
  User: "26:26",
  Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
  Entrypoint: ["/manager"],
};

const plugin = () => tool("plugin-barman-cloud");

/** Parts of the image: a change of one makes a new image. The tool's directory is named after its content. */
export async function sidecarParts(): Promise<string[]> {
  return [...recipe(contents(basename(await plugin()), barman)), ...references, JSON.stringify(config)];
}

/** Builds the image's layer in `directory`. */
export async function sidecarImage(directory: string, log: string): Promise<Image> {
  await installed(["python3-pip"]);
  const requirements = join(directory, "requirements.txt");
  await writeFile(requirements, barman);
  const layer = await rootFileSystem(contents(join(await plugin(), "manager"), requirements), directory, log);
  return { references, layer, config };
}
