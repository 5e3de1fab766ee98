import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { contentsOf, filesOf, keyOf, pathOf, type Files } from "../../../../components/kubernetes/file-keys";

const insert = "INSERT INTO public.regions (code, name) VALUES ('XX', 'A region with a name of a usual length');\n";
/** Script of 20,000 lines. */
const large = insert.repeat(20_000);

test.each([
  ["project/deploy/0002_add_rag_metrics.sql", "project__deploy__0002_add_rag_metrics.sql"],
  ["project/deploy/V5__add_notes.sql", "project__deploy__V5_.-add_notes.sql"],
  ["project/deploy/tables/notes.sql", "project__deploy__tables__notes.sql"],
  ["a_/_b/c___d", "a.-__.-b__c_.-.-d"],
])("%s has the key %s, which gives it back", (path, key) => {
  expect(keyOf(path)).toBe(key);
  expect(pathOf(key)).toBe(path);
});

test.each(["a b.sql", "größe.sql", "a.-b.sql", "x".repeat(251)])("%j cannot be mounted", (path) =>
  expect(() => keyOf(path)).toThrow(`${path} has a name that no pod can mount`),
);

test("files that fit stay as they are", () =>
  expect(contentsOf({ "a/b.sql": "SELECT 1;" })).toEqual({ data: { "a__b.sql": "SELECT 1;" } }));

test("only the largest are compressed, the same in each run, and come back", () => {
  const files = { "project/deploy/V5__rows.sql": large, "project/deploy/b.sql": "SELECT 1;", "migrate.sh": "exit\n" };
  const contents = contentsOf(files);
  expect(Object.keys(contents.data)).toEqual(["project__deploy__b.sql", "migrate.sh"]);
  expect(Object.keys(contents.binaryData!)).toEqual(["project__deploy__V5_.-rows.sql.gz"]);
  expect(contentsOf(files)).toEqual(contents);
  expect(filesOf(contents)).toEqual(files);
});

test("a program of the shell is not compressed", () =>
  expect(() => contentsOf({ "migrate.sh": large })).toThrow(
    /^the files have 19\d\d kB \(compressed 19\d\d kB\), and a pod takes 1000 kB$/,
  ));

const program = resolve(__dirname, "../../../../components/migrations/in-pod/unpack.sh");

test("a pod unpacks what it mounts, also a second time", () => {
  const root = mkdtempSync(join(tmpdir(), "runsheet-unpack-"));
  try {
    const files: Files = {
      "project/deploy/V5__rows.sql": large,
      "project/deploy/tables/_notes.sql": "SELECT 1;\n",
      "project/sqitch.plan": "%project=demo\n",
    };
    const { data, binaryData } = contentsOf(files);
    for (const [key, text] of Object.entries(data)) writeFileSync(join(root, key), text);
    for (const [key, packed] of Object.entries(binaryData!))
      writeFileSync(join(root, key), Buffer.from(packed, "base64"));
    copyFileSync(program, join(root, "unpack.sh"));
    for (let run = 0; run < 2; run++) execFileSync("sh", [join(root, "unpack.sh"), "project__", join(root, "to")]);
    for (const [path, text] of Object.entries(files))
      expect(readFileSync(join(root, "to", path), "utf8") === text).toBe(true);
    expect(readdirSync(join(root, "to/project/deploy")).sort()).toEqual(["V5__rows.sql", "tables"]);
  } finally {
    rmSync(root, { recursive: true });
  }
});
