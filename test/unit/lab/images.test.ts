import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../lab/command";
import { importArchives, presentImages } from "../../../lab/images";
import { readArchive, type ImageArchive } from "../../../lab/images/archive";
import { debianParts } from "../../../lab/images/debian";

const list = [
  "REF                  TYPE                                       DIGEST     SIZE      PLATFORMS   LABELS ",
  "runsheet.lab/pause:1 application/vnd.oci.image.manifest.v1+json sha256:aaa 1.4 MiB   linux/amd64 -      ",
  "runsheet.lab/node:22 application/vnd.oci.image.manifest.v1+json sha256:bbb 355.6 MiB linux/amd64 -      ",
  "",
].join("\n");

beforeEach(() => jest.spyOn(console, "log").mockImplementation());
afterEach(() => jest.restoreAllMocks());

test("name and digest of each image are read from what ctr lists", () => {
  expect([...presentImages(list)]).toEqual([
    ["runsheet.lab/pause:1", "sha256:aaa"],
    ["runsheet.lab/node:22", "sha256:bbb"],
  ]);
});

test("an image is imported if containerd lacks a name or has other content for it", async () => {
  const imported: string[] = [];
  const ctr = (args: string[]) => {
    if (args[3] === "list") return Promise.resolve(list);
    imported.push(args.join(" "));
    return Promise.resolve("");
  };
  const archives: ImageArchive[] = [
    { file: "same.tar", digests: { "runsheet.lab/pause:1": "sha256:aaa" } },
    { file: "changed.tar", digests: { "runsheet.lab/node:22": "sha256:ccc" } },
    {
      file: "one-name-lacks.tar",
      digests: { "runsheet.lab/node:22": "sha256:bbb", "runsheet.lab/redis:8": "sha256:bbb" },
    },
  ];
  await importArchives(archives, ctr);
  expect(imported).toEqual([
    "--namespace k8s.io images import changed.tar",
    "--namespace k8s.io images import one-name-lacks.tar",
  ]);
});

test("an archive tells its names and their digest", async () => {
  const directory = mkdtempSync(join(tmpdir(), "runsheet-images-"));
  try {
    mkdirSync(join(directory, "content"));
    const named = (name: string) => ({ digest: "sha256:aaa", annotations: { "io.containerd.image.name": name } });
    const index = { schemaVersion: 2, manifests: [named("runsheet.lab/a:1"), named("runsheet.lab/b:2")] };
    writeFileSync(join(directory, "content", "index.json"), JSON.stringify(index));
    const file = join(directory, "archive.tar");
    await run("tar", ["--create", "--file", file, "--directory", join(directory, "content"), "index.json"]);
    expect(await readArchive(file)).toEqual({
      file,
      digests: { "runsheet.lab/a:1": "sha256:aaa", "runsheet.lab/b:2": "sha256:aaa" },
    });
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test("the Debian image's key depends on Node.js's version, not on the checkout's place", async () => {
  const parts = await debianParts();
  expect(parts.filter((part) => part.includes("node_modules"))).toEqual([]);
  expect(parts).toContainEqual(expect.stringMatching(/upload 'Node\.js 22\.\d+\.\d+' \/usr\/local\/bin\/node$/));
});
