/** The schemas of the configuration as JSON Schema, from which everything here is generated. */
import { z } from "zod";
import { bucketSettings } from "../../bucket/settings";
import { backupsKeys, systemBackupsKeys } from "../../components/system/backups";
import { commonSettings, schemaSettings } from "../../components/system/settings";
import { prometheusKeys } from "../../stack/prometheus";
import { monitoringKeys } from "../../stack/monitoring";
import { runsheetSettings } from "../../stack/runsheet-settings";
import { engineSecrets, secretKeysOf } from "../../stack/system-section";
import { markPattern } from "../../stack/unset";
import { systems } from "../../systems";

/** A key, or a value of it, in JSON Schema (draft 7). */
export interface Node {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: boolean | Node;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Node[];
  readonly anyOf?: readonly Node[];
}

/** A secret key with its description. */
export interface Secret {
  readonly required: boolean;
  readonly description: string;
}

/** The keys of one namespace, or those that several have. */
export interface Section {
  readonly title: string;
  /** The namespaces that have these keys. */
  readonly namespaces: readonly string[];
  readonly keys: Node;
  readonly secrets: Readonly<Record<string, Secret>>;
}

type Shape = Readonly<Record<string, z.core.$ZodType>>;

/** The JSON Schema of keys, as a stack's file may have them. */
const toNode = (shape: Shape): Node =>
  z.toJSONSchema(z.strictObject(shape), {
    target: "draft-7",
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      // A bound that every integer has.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      // zod leaves out the examples of a value that is transformed, for they could be of the result.
      const examples = z.globalRegistry.get(zodSchema)?.examples as unknown[] | undefined;
      if (examples) jsonSchema.examples = examples;
      // JSON of any kind, z.json(), is defined by itself.
      const { def } = zodSchema._zod;
      if (def.type === "record" && def.valueType._zod.def.type === "lazy") jsonSchema.additionalProperties = {};
    },
  }) as Node;

const without = (shape: Shape, ...others: readonly Shape[]) =>
  Object.fromEntries(Object.entries(shape).filter(([key, schema]) => others.every((other) => other[key] !== schema)));

const described = (secrets: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(secrets).map(([key, description]) => [key, { required: false, description }]));

/** Note on a variable that Next.js puts into what browsers load. */
const fixedByBuild = (variable: string) =>
  variable.startsWith("NEXT_PUBLIC_") ? " Browsers get what it was when Next.js built the image." : "";

const names = systems.map(({ name }) => name);

/** The keys of `runsheet:`. */
export const runsheet: Section = {
  title: "runsheet:",
  namespaces: ["runsheet"],
  keys: toNode(runsheetSettings.shape),
  secrets: described({ ...backupsKeys, ...prometheusKeys, ...monitoringKeys }),
};

/** The keys that all systems have, and those of the systems with migrations. */
export const common: Section = {
  title: "Every system",
  namespaces: names,
  keys: toNode(commonSettings),
  secrets: described({ ...engineSecrets, ...systemBackupsKeys }),
};
export const withMigrations: Section = {
  title: "Systems with migrations",
  namespaces: systems.filter(({ migrations }) => migrations !== undefined).map(({ name }) => name),
  keys: toNode(schemaSettings),
  secrets: {},
};

/** The keys that a system alone has. */
export const ofSystems: readonly Section[] = systems.map(({ name, settings, secrets: { required, optional } }) => ({
  title: `${name}:`,
  namespaces: [name],
  keys: toNode(without(settings.shape, commonSettings, schemaSettings)),
  secrets: Object.fromEntries(
    Object.entries({ ...required, ...optional }).map(([key, variable]) => [
      key,
      { required: key in required, description: `Environment variable \`${variable}\`.${fixedByBuild(variable)}` },
    ]),
  ),
}));

/** The keys of the project in bucket/. */
export const bucket: Section = {
  title: "runsheet-bucket:",
  namespaces: ["runsheet-bucket"],
  keys: toNode(bucketSettings.shape),
  secrets: {},
};

/** All sections of the stacks of this project. */
export const sections: readonly Section[] = [runsheet, common, withMigrations, ...ofSystems];

/** A secret value in a stack's file. */
const secretNode = (description: string): object => ({
  description: `Secret: pulumi config set --secret. ${description}`,
  type: "object",
  properties: { secure: { type: "string" } },
  required: ["secure"],
  additionalProperties: false,
});

/** Allows the mark of a value that is not set in the place of a text that has a form. */
function orMark(node: Node): Node {
  const { pattern, format, ...others } = node;
  // A text with a pattern and a format has the same form in both.
  if (node.type === "string" && pattern !== undefined) return { ...others, pattern: `${markPattern}|${pattern}` };
  if (node.type === "string" && format !== undefined)
    return { ...others, anyOf: [{ format }, { pattern: markPattern }] };
  return {
    ...node,
    ...(node.properties && { properties: mapped(node.properties) }),
    ...(node.items && { items: orMark(node.items) }),
    ...(typeof node.additionalProperties === "object" && { additionalProperties: orMark(node.additionalProperties) }),
    ...(node.oneOf && { oneOf: node.oneOf.map(orMark) }),
    ...(node.anyOf && { anyOf: node.anyOf.map(orMark) }),
  };
}

const mapped = (nodes: Readonly<Record<string, Node>>) =>
  Object.fromEntries(Object.entries(nodes).map(([key, node]) => [key, orMark(node)]));

/** Pulumi writes a number or a boolean that is set at the command line as text. */
function asWritten(node: Node): object {
  if (node.type === "boolean") return { ...node, type: ["boolean", "string"], enum: [true, false, "true", "false"] };
  if (node.type === "integer") return { ...node, type: ["integer", "string"], pattern: "^-?\\d+$" };
  if (node.type === "number") return { ...node, type: ["number", "string"], pattern: "^-?\\d+(\\.\\d+)?$" };
  return orMark(node);
}

/** The keys that several namespaces have are defined once. */
const reference = ({ namespaces }: Section, key: string, node: Node): object =>
  namespaces.length > 1 ? { $ref: `#/definitions/${key}` } : asWritten(node);

/** The JSON Schema of the file Pulumi.<stack>.yaml. Keys of namespaces that are not Runsheet's are not looked at. */
export function stackFileSchema(): object {
  const definitions = [common, withMigrations].flatMap(({ keys }) =>
    Object.entries(keys.properties!).map(([key, node]) => [key, asWritten(node)] as const),
  );
  const properties = sections.flatMap((section) =>
    section.namespaces.flatMap((namespace) => [
      ...Object.entries(section.keys.properties!).map(
        ([key, node]) => [`${namespace}:${key}`, reference(section, key, node)] as const,
      ),
      ...secretsOf(section, namespace).map(
        ([key, { description }]) => [`${namespace}:${key}`, secretNode(description)] as const,
      ),
    ]),
  );
  const keys = properties.map(([key]) => key);
  const namespaces = [...runsheet.namespaces, ...names].join("|");
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Pulumi.<stack>.yaml of Runsheet",
    description: "Generated by npm run docs from the schemas of the configuration.",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(properties),
        patternProperties: { [`^(?!(${keys.join("|")})$)(${namespaces}):`]: false },
      },
    },
    definitions: Object.fromEntries(definitions),
  };
}

/** Secrets of a section that a system can have: of those that several have, the ones that its engines can need. */
function secretsOf({ secrets }: Section, namespace: string): [string, Secret][] {
  const system = systems.find(({ name }) => name === namespace);
  return Object.entries(secrets).filter(([key]) => !system || secretKeysOf(system).includes(key));
}
