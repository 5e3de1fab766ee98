import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Misuse } from "../../../command-line";
import { help, write } from "../../../dashboards/write";

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), "runsheet-dashboards-"))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the command, and returns what it said. */
function written(...typed: string[]): string[] {
  const lines: string[] = [];
  write(typed, (line) => lines.push(line));
  return lines;
}

const read = (uid: string) => readFileSync(join(directory, `${uid}.json`), "utf8");

test("all dashboards are written, and it says which", () => {
  const lines = written(directory);
  expect(readdirSync(directory)).toHaveLength(12);
  expect(lines).toHaveLength(13);
  expect(lines).toContain(`${directory}/mued-rag-metrics.json  MUED LMS: RAG metrics`);
  expect(lines.at(-1)).toBe("Wrote 12 dashboards.");
  expect(read("pm-errors")).toBe(readFileSync(join(__dirname, "../../golden/dashboards/pm-errors.json"), "utf8"));
});

test("a namespace that is given is the one of its system, and one of the platform's", () => {
  written(directory, "--namespace", "pm=pm-staging", "--namespace", "omniops=omniops");
  expect(read("pm-errors")).toContain('"query": "pm-staging"');
  expect(read("runsheet-up")).toContain('"query": "prism,omniops,mued,pm-staging,ai-backend"');
});

test("files with the same names are replaced, and others are left", () => {
  writeFileSync(join(directory, "pm-errors.json"), "old");
  writeFileSync(join(directory, "own.json"), "own");
  written(directory);
  expect(read("pm-errors")).not.toBe("old");
  expect(read("own")).toBe("own");
});

test.each([
  [[], "expected one directory"],
  [["one", "two"], "expected one directory"],
  [["/nowhere/at/all"], "/nowhere/at/all: there is no such directory; make it first"],
  [[__filename], `${__filename}: there is no such directory; make it first`],
  [
    [".", "--namespace", "sixth=sixth"],
    "--namespace sixth=sixth: expected SYSTEM=NAMESPACE, with one of prism, omniops, mued, pm, ai-backend",
  ],
  [
    [".", "--namespace", "pm=Upper"],
    "--namespace pm=Upper: expected SYSTEM=NAMESPACE, with one of prism, omniops, mued, pm, ai-backend",
  ],
  [
    [".", "--namespace", "pm"],
    "--namespace pm: expected SYSTEM=NAMESPACE, with one of prism, omniops, mued, pm, ai-backend",
  ],
])("a wrong command line is refused: %j", (typed, message) => {
  expect(() => written(...typed)).toThrow(new Misuse(message));
});

test("an option that it does not have is refused", () => {
  expect(() => written(".", "--force")).toThrow(/^Unknown option '--force'/);
});

test("the help names the namespaces that are taken", () => {
  expect(help).toContain("npm run dashboards -- DIRECTORY");
  expect(help).toContain("prism=prism,\n                    omniops=production,");
});
