/** Schema from which the reference, the JSON schema of the stack files and Pulumi.yaml are generated. */
import Ajv from "ajv";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { z } from "zod";
import { bucketSettings } from "../../../../bucket/settings";
import { exampleOf } from "../../../../docs/generate/markdown";
import { withConfig } from "../../../../docs/generate/project-file";
import {
  bucket,
  common,
  ofSystems,
  runsheet,
  sections,
  stackFileSchema,
  withMigrations,
  type Node,
} from "../../../../docs/generate/schema";
import { runsheetSettings } from "../../../../stack/runsheet-settings";
import { systems } from "../../../../systems";

interface Key {
  readonly path: string;
  readonly node: Node;
  readonly required: boolean;
}

/** Keys of an object and of its nested objects. */
const keysIn = (node: Node, path = ""): Key[] => [
  ...Object.entries(node.properties ?? {}).flatMap(([name, member]) => [
    { path: `${path}${name}`, node: member, required: node.required?.includes(name) ?? false },
    ...keysIn(member, `${path}${name}.`),
  ]),
  ...(node.oneOf ?? node.anyOf ?? []).flatMap((alternative) => keysIn(alternative, path)),
];

const keys = [...sections, bucket].flatMap(({ title, keys: node }) => keysIn(node, `${title} `));

test("every key has a description", () => {
  expect(keys.length).toBeGreaterThan(150);
  expect(keys.filter(({ node }) => !node.description).map(({ path }) => path)).toEqual([]);
});

test("an optional key without a default says what happens without it", () => {
  const silent = keys.filter(
    ({ node, required }) => !required && node.default === undefined && !/ Default: |Required/.test(node.description!),
  );
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test("a required key has an example, unless its type names its values", () => {
  const unclear = keys.filter(({ node, required }) => required && exampleOf(node) === undefined && !node.oneOf);
  expect(unclear.map(({ path }) => path)).toEqual([]);
});

test("the schemas take every example", () => {
  const shapes: [string, Readonly<Record<string, z.core.$ZodType>>][] = [
    ["runsheet", runsheetSettings.shape],
    ["runsheet-bucket", bucketSettings.shape],
    ...systems.map(({ name, settings }) => [name, settings.shape] as [string, typeof settings.shape]),
  ];
  const refused = shapes.flatMap(([namespace, shape]) =>
    [runsheet, bucket, common, withMigrations, ...ofSystems]
      .filter(({ namespaces }) => namespaces.includes(namespace))
      .flatMap(({ keys: { properties = {} } }) =>
        Object.entries(properties).flatMap(([key, node]) =>
          (node.examples ?? [exampleOf(node)])
            .filter((example) => !(shape[key] as z.ZodType).safeParse(example).success)
            .map((example) => `${namespace}:${key} ${JSON.stringify(example)}`),
        ),
      ),
  );
  expect(refused).toEqual([]);
});

test("the schema of the stacks' files has every key of a system, and no unknown one", () => {
  const { properties, patternProperties } = (
    stackFileSchema() as { properties: { config: { properties: object; patternProperties: object } } }
  ).properties.config;
  const known = Object.keys(properties);
  const [unknown] = Object.entries(patternProperties) as [string, unknown][];
  const isRefused = (key: string) => new RegExp(unknown![0]).test(key);
  expect(unknown![1]).toBe(false);
  const local = parse(readFileSync(join(__dirname, "../../../../Pulumi.local.yaml"), "utf8")) as { config: object };
  const ours = Object.keys(local.config).filter((key) => !key.startsWith("pulumi:"));
  expect(ours.filter((key) => !known.includes(key))).toEqual([]);
  expect([...known, "pulumi:disable-default-providers", "aws:region"].filter(isRefused)).toEqual([]);
  expect(["prism:relase", "runsheet:release", "ai-backend:baseline", "mued:redisUrl"].filter(isRefused)).toHaveLength(
    4,
  );
});

test("the files of the stacks are as the schema says", () => {
  const root = join(__dirname, "../../../..");
  const files = readdirSync(root).filter((file) => /^Pulumi\..+\.yaml$/.test(file));
  expect(files).toEqual(expect.arrayContaining(["Pulumi.local.yaml", "Pulumi.production.yaml", "Pulumi.staging.yaml"]));
  const validate = new Ajv({ allErrors: true }).compile(stackFileSchema());
  const errors = files.flatMap((file) => {
    validate(parse(readFileSync(join(root, file), "utf8")));
    return (validate.errors ?? []).map(({ dataPath, message }) => `${file} ${dataPath} ${message}`);
  });
  expect(errors).toEqual([]);
});

test("the schema of the stacks' files defines what it refers to", () => {
  const schema = stackFileSchema() as { definitions: object };
  const references = [...JSON.stringify(schema).matchAll(/"\$ref":"#\/definitions\/([^"]*)"/g)].map(
    ([, name]) => name!,
  );
  expect(references.length).toBeGreaterThan(0);
  expect(references.filter((name) => !(name in schema.definitions))).toEqual([]);
});

test("Pulumi.yaml declares what has a default and is no list or object", () => {
  const text = withConfig("name: runsheet\nruntime: nodejs\n", runsheet);
  const { name, config } = parse(text) as { name: string; config: Record<string, Node> };
  expect(name).toBe("runsheet");
  expect(Object.entries(config).map(([key, { type, default: value }]) => [key, type, value])).toEqual([
    ["runsheet:namespacePrefix", "string", ""],
    ["runsheet:protect", "boolean", true],
  ]);
});
