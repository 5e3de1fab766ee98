/** The key `migrations` of a system's configuration. */
import * as pulumi from "@pulumi/pulumi";
import { relative, resolve } from "node:path";
import { readConfiguration } from "../../../stack/config";
import { inDirectory } from "../components/migrations/sql/directory";
import { collectResources } from "../../support/mocks";
import { smallestStack } from "../../support/smallest-stack";

const root = resolve(__dirname, "../../..");
const stack = smallestStack("prism");

beforeEach(() => void collectResources());

function read(migrations: object, changes: Record<string, string> = {}, secrets: string[] = []) {
  pulumi.runtime.setAllConfig({ ...stack, "prism:migrations": JSON.stringify(migrations), ...changes }, secrets);
  return readConfiguration();
}

/** Reads files of SQL from a directory that is named relative to the program's. */
const readFiles = (files: Readonly<Record<string, string>>, keys: object = {}, changes: Record<string, string> = {}) =>
  inDirectory(files, (path) => read({ sql: relative(root, path), ...keys }, changes));

test("a directory of files is relative to the program's, and its changes are targets", () => {
  const files = { "001_a.sql": "SELECT 1;", "002_b.sql": "SELECT 1;" };
  expect(readFiles(files, {}, { "prism:schema": '{"target":"001_a"}' }).systems).toHaveLength(1);
  expect(() => readFiles(files, {}, { "prism:schema": '{"target":"ai_feedback"}' })).toThrow(
    'prism:schema.target is "ai_feedback": unknown change; changes: 001_a, 002_b, none',
  );
});

test("a fault in a file is a problem of the configuration", () =>
  expect(() => readFiles({ "001_a.sql": "SELECT 1;\n\\echo\n" })).toThrow(
    /prism:migrations: .*001_a\.sql line 2 has a backslash outside of a string/,
  ));

test("a directory that is not there is a problem of the configuration", () =>
  expect(() => read({ sql: "nowhere" })).toThrow(
    `prism:migrations: there is no directory ${root}/nowhere: name the one of the migrations`,
  ));

test("a Sqitch project of one's own is read", () =>
  expect(() => read({ sqitch: "systems/mued/migrations" }, { "prism:schema": '{"target":"nothing"}' })).toThrow(
    'prism:schema.target is "nothing": unknown change; changes: 0002_add_rag_metrics',
  ));

const must = "it must have exactly one of sqitch, sql, command, and the keys that belong to it";
test.each([
  [{}, must],
  [{ sql: "a", sqitch: "b" }, must],
  [{ sql: "a", tool: "liquibase" }, `${must}: tool: must be one of supabase, flyway, drizzle, prisma, numbers`],
  [
    { sql: "a", image: "b" },
    "unknown key prism:migrations.image; the keys of prism:migrations are sql, tool, takenOver, newTables",
  ],
  [{ command: ["migrate"] }, `${must}: image: `],
  [
    { sql: "a", newTables: { privileges: { app: "EVERYTHING" } } },
    'prism:migrations.newTables.privileges.app is "EVERYTHING"; it must be privileges such as SELECT, INSERT; or empty',
  ],
])("%j is no value", (migrations, message) => expect(() => read(migrations)).toThrow(message));

describe("a command", () => {
  const command = {
    command: ["flyway", "migrate"],
    image: "flyway/flyway:11",
    secrets: { FLYWAY_PASSWORD: "flywayPassword" },
  };

  test("names secrets, which are keys of the system", () => {
    const [prism] = read(command, { "prism:flywayPassword": "secret" }, ["prism:flywayPassword"]).systems;
    expect(Object.keys(prism!.secrets)).toEqual(["flywayPassword"]);
  });

  test("lacks a secret that it names", () =>
    expect(() => read(command)).toThrow(
      "prism:flywayPassword is missing: environment variable FLYWAY_PASSWORD of prism:migrations; set it with: pulumi config set --secret prism:flywayPassword",
    ));

  test("has no targets", () =>
    expect(() => read({ ...command, secrets: {} }, { "prism:schema": '{"target":"none"}' })).toThrow(
      "prism:schema.target is set, and migrations.command decides what is applied: remove one of the two",
    ));
});
