/** Values that YAML makes something else of than was written. */
import * as pulumi from "@pulumi/pulumi";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import yaml from "yaml";
import { readConfiguration } from "../../../stack/config";
import { WrittenValues } from "../../../stack/written";
import { collectResources } from "../../support/mocks";

let directory: string;
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), "written-"))));
afterAll(() => rmSync(directory, { recursive: true }));

function written(config: string, values: Readonly<Record<string, string>> = {}) {
  const file = join(directory, "Pulumi.test.yaml");
  writeFileSync(file, `config:\n${config}`);
  return new WrittenValues(values, file);
}

/** Problems of mued:release, which the file has as `source` and Pulumi hands over as `value`. */
const problems = (source: string, value: string) =>
  written(`  mued:release: ${source}\n`).problems("mued:release", value, true);

// What Pulumi 3.276 makes of each: `pulumi config --json`.
test.each([
  ["2.10", "2.1"],
  ["2.1", "2.1"],
  ["0123456", "42798"],
  ["1_000", "1000"],
  ["1e3", "1000"],
  ["0o17", "15"],
  ["5", "5"],
  ["true", "true"],
  ["TRUE", "true"],
  ["+5", "5"],
  ["0x1F", "31"],
  ["0b11", "3"],
  ["1.50", "1.5"],
  // The beginning of a commit's hash, and a time.
  ["4728e19", "4.728e+22"],
  ["20261203101112123456789", "2.0261203101112122e+22"],
])("a release that is written as %s is refused", (source, value) =>
  expect(problems(source, value)).toEqual([
    `mued:release is ${source} without quotation marks in ${join(directory, "Pulumi.test.yaml")}, of which YAML makes ${value}; ` +
      `write it in quotation marks: "${source}"`,
  ]),
);

test("a date is refused, also if its file is not known", () => {
  const time = "2026-01-02 00:00:00 +0000 UTC";
  const remedy = "write it in quotation marks";
  expect(problems("2026-01-02", time)[0]).toMatch(`of which YAML makes ${time}; ${remedy}: "2026-01-02"`);
  expect(new WrittenValues({}, "none.yaml").problems("mued:release", time, true)).toEqual([
    `mued:release is a date, of which YAML makes the time ${time}; ${remedy}`,
  ]);
});

test.each([
  ['"2.10"', "2.10"],
  ["'0123456'", "0123456"],
  ["5.0.0", "5.0.0"],
  ["phase4-v0.2.0", "phase4-v0.2.0"],
  ["2026-01-02-rc1", "2026-01-02-rc1"],
  ["yes", "yes"],
  ["no", "no"],
  ["on", "on"],
  ["12:30", "12:30"],
  ["4728e19f", "4728e19f"],
  // Of another file, which --config-file names.
  ["2.10", "3.0.0"],
  ["2.10", "4.1"],
])("a release that is written as %s and arrives as %s is taken", (source, value) =>
  expect(problems(source, value)).toEqual([]),
);

// The values of another file, as far as they tell: 2.1 may be written as "2.1" there.
test.each([
  ["another text", { "mued:publicUrl": "https://staging.example" }, 0],
  ["another number", { "mued:count": "4" }, 0],
  ["the same", { "mued:publicUrl": "https://mued.example", "mued:count": "31", "mued:note": "None: 0123" }, 1],
  ["a key that the file lacks", { "mued:other": "1" }, 1],
])("where the configuration has %s, a release of 2.10 has its problems", (_, values, count) => {
  const file = `  mued:release: 2.10\n  mued:publicUrl: https://mued.example\n  mued:count: 0x1F\n  mued:note: "None: 0123"\n`;
  expect(written(file, { "mued:release": "2.1", ...values }).problems("mued:release", "2.1", true)).toHaveLength(count);
});

test("the time to restore to is taken as a date", () =>
  expect(
    new WrittenValues({}, "none.yaml").problems(
      "mued:restore",
      { from: "2026-11-27 09:30:00.123456 +0000 UTC" },
      false,
    ),
  ).toEqual([]));

test("so are values within a key: those alone that were changed", () => {
  const all = written(
    "  mued:x:\n    port: 0123\n    day: 2026-01-02\n    ratio: 0.90\n    items: [010, 11, yes, 1e3, 0x1F, ~, {of: 1_000}]\n" +
      "    n: 3\n    text: ['010', \"2026-01-02\", no]\n",
  );
  const items = [8, 11, "yes", 1000, 31, null, { of: 1000 }];
  const text = ["010", "2026-01-02", "no"];
  const value = { port: 83, day: "2026-01-02 00:00:00 +0000 UTC", ratio: 0.9, items, n: 3, text };
  expect(all.problems("mued:x", value, false)).toEqual([
    expect.stringMatching(/^mued:x\.port is 0123 .* YAML makes 83; write it in quotation marks: "0123"$/),
    expect.stringMatching(/^mued:x\.day is 2026-01-02 .* write it in quotation marks: "2026-01-02"$/),
    expect.stringMatching(/^mued:x\.items\[0\] is 010 .* YAML makes 8; write it in quotation marks: "010"$/),
    expect.stringMatching(/^mued:x\.items\[6\]\.of is 1_000 .* YAML makes 1000; write it in quotation marks: "1_000"$/),
  ]);
});

test("a number in the place of text is told as it was written", () => {
  const all = written("  mued:x:\n    version: 2.10\n");
  expect(all.source("mued:x", ["version"], 2.1)).toBe("2.10");
  expect(all.source("mued:x", ["version"], 3.1)).toBeUndefined();
  const list = written("  mued:x:\n    command: [sleep, 0o17, 4728e19]\n");
  expect(list.source("mued:x", ["command", 1], 15)).toBe("0o17");
  expect(written("  mued:x:\n    a: {b: True}\n").source("mued:x", ["a", "b"], true)).toBe("True");
  expect(list.source("mued:x", ["command", 2], 4.728e22)).toBe("4728e19");
});

test("the program's configuration is read with it", () => {
  void collectResources();
  pulumi.runtime.setAllConfig(
    {
      "runsheet:context": "somewhere",
      "runsheet:systems": '["mued"]',
      "runsheet:protect": "false",
      "mued:release": "2026-01-02 00:00:00 +0000 UTC",
      "mued:application": '{"standIn":true}',
      "mued:postgres": '{"engine":"cloudnativepg"}',
    },
    [],
  );
  expect(() => readConfiguration()).toThrow("mued:release is a date, of which YAML makes the time 2026-01-02 00:00:00");
});

test("the file is parsed once for all sections", () => {
  void collectResources();
  written("  other:odd: 0123\n");
  const parsed = jest.spyOn(yaml, "parseDocument");
  pulumi.runtime.setAllConfig({
    "runsheet:context": "somewhere",
    "runsheet:systems": '["mued"]',
    "mued:release": "2.0.0",
  });
  const before = process.cwd();
  process.chdir(directory);
  try {
    expect(() => readConfiguration()).toThrow("mued:application is missing");
  } finally {
    process.chdir(before);
  }
  expect(parsed).toHaveBeenCalledTimes(1);
  parsed.mockRestore();
});
