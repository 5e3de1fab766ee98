/**
 * Images of the teams' applications: a base layer of Debian with Python and the packages of all of them, and a layer of
 * its own for each, with its files and its release.
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../../../lab/command";
import { archived } from "../../../lab/images";
import { architecture, type ImageArchive } from "../../../lab/images/archive";
import { recipe, rootFileSystem } from "../../../lab/images/root-file-system";
import { applicationsIn, sources, type Application } from "./applications";

/** Image in a directory of the OCI image layout, under the reference NAME:RELEASE. */
export interface ImageLayout {
  readonly directory: string;
  readonly name: string;
  readonly release: string;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Manifest of an image. */
interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** The part of an image's configuration that is used here. */
interface Configuration {
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

const environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"];

export class ApplicationImages {
  private readonly manifests: object[] = [];

  private constructor(
    private readonly source: string,
    private readonly applications: Readonly<Record<string, Application>>,
    private readonly directory: string,
    private readonly base: readonly { readonly layer: Descriptor; readonly content: string }[],
  ) {}

  /**
   * Reads images.json, and makes the base layer, unless the cache has it. Takes a minute and a half.
   * @param source directory of images.json and of the files
   */
  static async create(source = sources): Promise<ApplicationImages> {
    const applications = applicationsIn(source);
    const archive = await baseArchive(Object.values(applications).flatMap(({ packages }) => packages));
    const directory = mkdtempSync(join(tmpdir(), "runsheet-images-"));
    await run("tar", ["--extract", "--file", archive.file, "--directory", directory]);
    const read = <Document>({ digest }: Pick<Descriptor, "digest">) =>
      JSON.parse(readFileSync(blobPath(directory, digest), "utf8")) as Document;
    const { config, layers } = read<Manifest>({ digest: Object.values(archive.digests)[0]! });
    const contents = read<Configuration>(config).rootfs.diff_ids;
    const base = layers.map((layer, index) => ({ layer, content: contents[index]! }));
    return new ApplicationImages(source, applications, directory, base);
  }

  /** Names of the images. */
  get names(): string[] {
    return Object.keys(this.applications);
  }

  /** Builds a release of an application. Two releases differ by the file with its name. */
  async build(name: string, release: string): Promise<ImageLayout> {
    const { command } = this.applications[name]!;
    const own = await this.layer(name, release);
    const layers = [...this.base, { layer: own, content: own.digest }];
    const config = this.document("application/vnd.oci.image.config.v1+json", {
      ...{ os: "linux", architecture: architecture() },
      config: { User: "1000:1000", Env: environment, Cmd: command, WorkingDir: "/app" },
      rootfs: { type: "layers", diff_ids: layers.map(({ content }) => content) },
    });
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const content = { schemaVersion: 2, mediaType, config, layers: layers.map(({ layer }) => layer) };
    const annotations = { "org.opencontainers.image.ref.name": `${name}:${release}` };
    this.manifests.push({ ...this.document(mediaType, content), annotations });
    const index = { schemaVersion: 2, manifests: this.manifests };
    writeFileSync(join(this.directory, "index.json"), JSON.stringify(index));
    return { directory: this.directory, name, release };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  /** Makes the layer with the application's files. */
  private async layer(name: string, release: string): Promise<Descriptor> {
    const root = join(this.directory, "root");
    mkdirSync(join(root, "app"), { recursive: true });
    const { files, version = "release" } = this.applications[name]!;
    for (const file of files) {
      mkdirSync(dirname(join(root, "app", file)), { recursive: true });
      copyFileSync(join(this.source, file), join(root, "app", file));
    }
    writeFileSync(join(root, "app", version), `${release.replace(/^v/, "")}\n`);
    const file = join(this.directory, "layer.tar");
    const same = ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=u=rwX,go=rX"];
    await run("tar", ["--create", "--file", file, "--directory", root, ...same, "app"]);
    const layer = this.blob("application/vnd.oci.image.layer.v1.tar", readFileSync(file));
    rmSync(file);
    rmSync(root, { recursive: true });
    return layer;
  }

  private document(mediaType: string, content: object): Descriptor {
    return this.blob(mediaType, Buffer.from(JSON.stringify(content)));
  }

  private blob(mediaType: string, content: Buffer): Descriptor {
    const digest = `sha256:${createHash("sha256").update(content).digest("hex")}`;
    writeFileSync(blobPath(this.directory, digest), content);
    return { mediaType, digest, size: content.length };
  }
}

const blobPath = (directory: string, digest: string) => join(directory, "blobs", ...digest.split(":"));

/** Image of the base layer alone, with these packages. */
function baseArchive(packages: readonly string[]): Promise<ImageArchive> {
  const contents = { packages: [...new Set(["ca-certificates", "python3", "tzdata", ...packages])].sort() };
  return archived("team-applications", recipe(contents), async (directory, log) => ({
    references: ["runsheet.lab/team-applications:1"],
    layer: await rootFileSystem(contents, directory, log),
    config: {},
  }));
}
