/** Scripts of the versioned volume, run as in the tasks. The tests of the lab run them in pods. */
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scripts = join(__dirname, "../../../../components/versioned-volume/in-pod");
let directory: string;
let volume: string;
let backups: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "runsheet-volume-"));
  volume = join(directory, "volume");
  backups = join(directory, "backups");
  for (const path of [volume, backups]) mkdirSync(path);
});
afterEach(() => rmSync(directory, { recursive: true }));

function run(script: string, ...args: string[]) {
  const env = { ...process.env, VOLUME: volume, BACKUPS: backups };
  const { status, stdout, stderr } = spawnSync("sh", [join(scripts, `${script}.sh`), ...args], {
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** Command that writes two files of a model, filled with `content`. */
const writes = (content: string) => [
  "sh",
  "-c",
  `mkdir "$1/deep" && head -c 4096 /dev/zero | tr "\\0" ${content} >"$1/deep/a model.bin" && echo ${content} >"$1/other"`,
  "source",
];
const provide = (version: string, ...command: string[]) => run("provide", version, ...command);
const content = (version: string) => readFileSync(join(volume, version, "other"), "utf8").trim();

test("a version is made once, backed up once, and restored under another name", () => {
  expect(provide("1", ...writes("a"))).toMatchObject({ status: 0, stderr: "" });
  expect(provide("1", ...writes("b")).stdout).toBe("the version 1 is there: 2 files, none damaged\n");
  expect(content("1")).toBe("a");
  expect(run("backup", "1").stdout).toMatch(/the backup \S+\/1\.tar\.gz is made: \S+, compared with the version\n$/);
  expect(run("backup", "1").stdout).toMatch(
    /the backup \S+\/1\.tar\.gz is there, whole, and of the version's files\n$/,
  );
  rmSync(join(volume, "1"), { recursive: true });
  const restored = provide("1-restored", "sh", join(scripts, "restore.sh"), "1");
  expect(restored).toMatchObject({ status: 0, stderr: "" });
  expect(content("1-restored")).toBe("a");
  expect(readdirSync(join(volume, "1-restored", "deep"))).toEqual(["a model.bin"]);
  expect(readdirSync(volume).sort()).toEqual(["1-restored", "1-restored.sha256", "1.sha256"]);
  expect(readdirSync(backups).sort()).toEqual(["1.contents", "1.tar.gz", "1.tar.gz.sha256"]);
});

test("the same files have the same checksums, in whichever order they were written", () => {
  const written = (version: string, names: string) => {
    provide(version, "sh", "-c", `for name in ${names}; do echo "$name" >"$1/$name"; done`, "source");
    return readFileSync(join(volume, `${version}.sha256`), "utf8");
  };
  const list = written("1", "d B a c");
  expect(
    list
      .trim()
      .split("\n")
      .map((line) => line.slice(66)),
  ).toEqual(["./B", "./a", "./c", "./d"]);
  expect(written("2", "c a d B")).toBe(list);
});

test("what a killed run left is begun anew", () => {
  mkdirSync(join(volume, ".1.part"));
  writeFileSync(join(volume, ".1.part", "half"), "half");
  // The run was killed between the directory and its checksums.
  mkdirSync(join(volume, "1"));
  writeFileSync(join(volume, "1", "half"), "half");
  writeFileSync(join(backups, "1.tar.gz.part"), "half");
  writeFileSync(join(backups, "1.tar.gz"), "half");
  expect(provide("1", ...writes("a")).status).toBe(0);
  expect(readdirSync(join(volume, "1")).sort()).toEqual(["deep", "other"]);
  expect(run("backup", "1").stdout).toContain("is made");
  expect(provide("2", "sh", join(scripts, "restore.sh"), "1").status).toBe(0);
});

test("a program that fails, or leaves nothing, makes no version", () => {
  expect(provide("1", "false").status).not.toBe(0);
  expect(provide("1", "true")).toMatchObject({
    status: 1,
    stderr: `the version 1 would be empty: true left no file in ${volume}/.1.part\n`,
  });
  expect(readdirSync(volume)).not.toContain("1.sha256");
});

test.each([
  ["changed", () => appendFileSync(join(volume, "1", "other"), "damaged")],
  ["removed", () => rmSync(join(volume, "1", "other"))],
  ["gone altogether", () => rmSync(join(volume, "1"), { recursive: true })],
])("a version with a file %s is refused, and the way out is named", (_, damage) => {
  provide("1", ...writes("a"));
  damage();
  const { status, stderr } = provide("1", ...writes("a"));
  expect(status).toBe(1);
  expect(stderr).toContain(
    "the version 1 of the volume is damaged. What to do: restore it from its backup (models.restore).\n",
  );
});

test("a damaged backup is neither believed nor restored", () => {
  provide("1", ...writes("a"));
  run("backup", "1");
  appendFileSync(join(backups, "1.tar.gz"), "damaged");
  expect(run("backup", "1").stderr).toContain(`the backup ${backups}/1.tar.gz is damaged. What to do: `);
  const restored = provide("2", "sh", join(scripts, "restore.sh"), "1");
  expect(restored.status).not.toBe(0);
  expect(restored.stderr).toContain(`the backup ${backups}/1.tar.gz is damaged: nothing was restored from it\n`);
  expect(readdirSync(volume)).not.toContain("2.sha256");
});

test("a backup of another content is kept", () => {
  provide("1", ...writes("a"));
  run("backup", "1");
  rmSync(join(volume, "1.sha256"));
  provide("1", ...writes("b"));
  const { status, stderr } = run("backup", "1");
  expect(status).toBe(1);
  expect(stderr).toContain(
    "is of another version of this name; it is kept. What to do: give the new one another name.",
  );
});

test("a backup that is not there is refused, with those that are", () => {
  for (const version of ["1", "2"]) {
    provide(version, ...writes("a"));
    run("backup", version);
  }
  expect(provide("3", "sh", join(scripts, "restore.sh"), "0").stderr).toMatch(
    /^there is no backup "0"\. There are: 1 2 \nthe version 3 was not made\. The volume has 1 2 and is \d+% full: /,
  );
});
