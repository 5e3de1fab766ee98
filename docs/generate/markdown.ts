/** Writes docs/configuration.md as headings and short lists, which a terminal and a diff can show. */
import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { wrap } from "../../runbook/render/wrap";
import { bucket, common, ofSystems, runsheet, withMigrations, type Node, type Section } from "./schema";

/** Value as code. */
export const code = (value: unknown) =>
  `\`${typeof value === "string" && value !== "" ? value : JSON.stringify(value)}\``;

/** Words with commas, and "or" before the last. */
const either = (words: readonly string[]) =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

const formats: Readonly<Record<string, string>> = { uri: "URL", email: "e-mail address", uuid: "UUID" };

function range({ minimum, exclusiveMinimum, maximum }: Node): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  if (exclusiveMinimum !== undefined) return `, more than ${exclusiveMinimum}`;
  return minimum === undefined ? "" : `, at least ${minimum}`;
}

function typeOf(node: Node): string {
  const { type, title, enum: values, format, items, additionalProperties, anyOf } = node;
  if (node.const !== undefined) return code(node.const);
  if (values) return either(values.map(code));
  if (title !== undefined) return title;
  if (anyOf) return either(anyOf.map(typeOf));
  if (type === "null") return "`null`";
  if (type === "array") return `list (${typeOf(items!)})`;
  if (type === "object")
    return typeof additionalProperties === "object" ? `map (${typeOf(additionalProperties)})` : "object";
  return `${formats[format ?? ""] ?? type ?? "any JSON"}${range(node)}`;
}

/** The members of an object, or undefined for another value. */
const membersOf = (node: Node) => (node.type === "object" ? node.properties : undefined);

/** The values of a map. Undefined for another value. */
const valuesOf = ({ additionalProperties }: Node) =>
  typeof additionalProperties === "object" ? additionalProperties : undefined;

/** The alternatives of a value, or of each value of a map; one that has no other is its own. */
const alternativesOf = (node: Node): readonly Node[] =>
  (node.oneOf ?? node.anyOf ?? valuesOf(node)?.anyOf)?.filter(({ properties }) => properties) ?? [];

const isObject = (node: Node) => membersOf(node) !== undefined || alternativesOf(node).length > 0;

/** "required", the default, or nothing where the description says it. */
function need(node: Node, required: boolean): string[] {
  if (node.const !== undefined) return [];
  if (required) return ["required"];
  return node.default === undefined || isObject(node) ? [] : [`default ${code(node.default)}`];
}

/** A value that the schema takes. */
export function exampleOf(node: Node): unknown {
  if (node.examples) return node.examples[0];
  if (node.const !== undefined) return node.const;
  const members = membersOf(node);
  if (!members) return node.default ?? node.enum?.[0];
  const examples = Object.entries(members).map(([key, member]) => [key, exampleOf(member)] as const);
  return Object.fromEntries(examples.filter(([key, example]) => example !== undefined || node.required?.includes(key)));
}

/** A node without its default, and those of its members. */
const withoutDefaults = ({ default: _, ...node }: Node): Node =>
  node.properties ? { ...node, properties: mapped(node.properties, withoutDefaults) } : node;

const mapped = (nodes: Readonly<Record<string, Node>>, change: (node: Node) => Node) =>
  Object.fromEntries(Object.entries(nodes).map(([key, node]) => [key, change(node)]));

/** The members of an object that are not the same in one like it. */
const differing = (node: Node, like: Node): Node => ({
  ...node,
  properties: Object.fromEntries(
    Object.entries(membersOf(node) ?? {}).filter(([key, each]) => !isDeepStrictEqual(like.properties![key], each)),
  ),
});

/**
 * A list entry for each key within an object, with its path. Of an object like one before it there are only those with
 * other defaults.
 */
function entries(node: Node, path: string): string[] {
  const members = Object.entries(membersOf(node) ?? {});
  return members.flatMap(([key, member], index) => {
    const name = path === "" ? key : `${path}.${key}`;
    const like = members
      .slice(0, index)
      .find(
        ([, before]) =>
          membersOf(member) &&
          isDeepStrictEqual(withoutDefaults(before).properties, withoutDefaults(member).properties),
      );
    const type = like ? `object like \`${like[0]}\`` : typeOf(member);
    const facts = [type, ...need(member, node.required?.includes(key) ?? false)];
    if (member.examples && member.default === undefined && !isObject(member))
      facts.push(`example ${code(member.examples[0])}`);
    const entry = [wrap(`\`${name}\`: ${facts.join(", ")}.`, "  ", "- "), wrap(member.description ?? "", "  ")];
    // Values of a map within an object: all keys that one kind or another has.
    const ofValues = valuesOf(member) ? alternativesOf(member).flatMap((each) => entries(each, `${name}.NAME`)) : [];
    return [
      entry.join("\n"),
      ...entries(like ? differing(member, like[1]) : member, name),
      ...ofValues.filter((each, place) => ofValues.indexOf(each) === place),
    ];
  });
}

/** The name of an alternative: its title, the literal that tells it from the others, or the keys that it must have. */
function nameOf({ title, properties = {}, required = Object.keys(properties) }: Node): string {
  if (title !== undefined) return title;
  const [key, literal] = Object.entries(properties).find(([, member]) => member.const !== undefined) ?? [];
  if (key !== undefined) return `With ${code(`${key}: ${String(literal!.const)}`)}`;
  return `With ${required.map(code).join(" and ")}`;
}

/** A key with its value as in the stack's file. */
const written = (key: string, value: unknown) => stringify({ [key]: value }, { lineWidth: 0 }).trimEnd();

const block = (text: string) => ["```yaml", text, "```"].join("\n");

function keyPart(namespace: string, key: string, node: Node, required: boolean): string[] {
  const fullKey = `${namespace}:${key}`;
  const alternatives = alternativesOf(node);
  const facts = [alternatives.length > 0 ? "object" : typeOf(node), ...need(node, required)];
  const members = entries(node, "");
  const examples = (node.examples ?? [exampleOf(node)]).map((value) => written(fullKey, value));
  const [line] = isObject(node) || examples[0]!.includes("\n") ? [] : examples;
  return [
    `### ${fullKey}`,
    wrap(node.description ?? ""),
    wrap(`Type: ${facts.join(", ")}.${line === undefined ? "" : ` Example: \`${line}\`.`}`),
    ...(members.length > 0 ? [members.join("\n")] : []),
    ...alternatives.flatMap((each) => [`${nameOf(each)}:`, entries(each, "").join("\n")]),
    ...(line === undefined ? examples.map(block) : []),
  ];
}

function secretsPart({ secrets }: Section, namespace: string): string[] {
  const lines = Object.entries(secrets).map(([key, { required, description }]) =>
    wrap(`\`${key}\`${required ? ", required" : ""}: ${description}`, "  ", "- "),
  );
  if (lines.length === 0) return [];
  return [`Secrets, each set with \`pulumi config set --secret ${namespace}:KEY\`:`, lines.join("\n")];
}

function sectionPart(section: Section, namespace: string, ...text: readonly string[]): string[] {
  const { properties = {}, required = [] } = section.keys;
  return [
    `## ${section.title}`,
    ...text.map((each) => wrap(each)),
    ...secretsPart(section, namespace),
    ...Object.entries(properties).flatMap(([key, node]) => keyPart(namespace, key, node, required.includes(key))),
  ];
}

const list = (names: readonly string[]) => names.map((name) => `\`${name}:\``).join(", ");

const introduction = [
  "# Configuration",
  "<!-- Generated by `npm run docs` from the schemas of the configuration: change the descriptions there. -->",
  wrap(
    "Every key of a stack. An unknown or missing key, a wrong value, or a secret in plain text is an error that " +
      "names the key, before anything is changed. All problems are reported at once. " +
      "[configuration-guide.md](configuration-guide.md) explains what is more than one key's meaning: the cluster " +
      "and the namespaces of a stack, the operators, PostgreSQL, features, the applications' images. " +
      "[recovery.md](recovery.md) explains backups and restores.",
  ),
  wrap(
    "A key is set with `pulumi config set KEY VALUE`, and one within an object with `--path`: `pulumi config set " +
      "--path prism:postgres.instances 3`. Or in the stack's file, `Pulumi.STACK.yaml`, as the examples show. An " +
      "editor completes the keys there: [how to switch it on](configuration-guide.md#in-an-editor).",
  ),
];

/** The whole page. */
export function configurationPage(): string {
  const parts = [
    ...introduction,
    ...sectionPart(runsheet, "runsheet", "The keys of the stack itself."),
    ...sectionPart(common, "SYSTEM", `SYSTEM is each of ${list(common.namespaces)}.`),
    ...sectionPart(withMigrations, "SYSTEM", `SYSTEM is each of ${list(withMigrations.namespaces)}.`),
    ...ofSystems.flatMap((section) => {
      const namespace = section.namespaces[0]!;
      const shared = [common, withMigrations].filter(({ namespaces }) => namespaces.includes(namespace));
      const links = shared.map(({ title }) => `[${title}](#${title.toLowerCase().replaceAll(" ", "-")})`);
      return sectionPart(section, namespace, `These keys, and those of ${links.join(" and ")}.`);
    }),
    ...sectionPart(
      bucket,
      "runsheet-bucket",
      "The keys of the project in `bucket/`, which creates a bucket for backups at AWS.",
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}
