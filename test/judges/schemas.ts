/** JSON schemas for kubeconform: of Kubernetes' own kinds from its OpenAPI, of others from their definitions. */

type Schema = Readonly<Record<string, unknown>>;

/** Kubernetes' OpenAPI document, as far as it is read here. */
export interface OpenApi {
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** A CustomResourceDefinition, as far as it is read here. */
export interface CustomKind {
  readonly kind: "CustomResourceDefinition";
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema?: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** Name of the file in which kubeconform looks for the schema of a kind. */
export const schemaLocation = "{{.ResourceKind}}-{{.Group}}-{{.ResourceAPIVersion}}.json";

/** Kubernetes' first kinds have no group, and kubeconform takes their version for it. */
const fileOf = (kind: string, group: string, version: string) =>
  `${kind.toLowerCase()}-${group || version}-${version}.json`;
const definitions = "definitions.json";

/** Schemas of Kubernetes' own kinds, by the file's name. They refer to one file with all definitions. */
export function schemasOf(openApi: OpenApi): Record<string, Schema> {
  const all = Object.entries(openApi.definitions);
  const kinds = all.flatMap(([name, definition]) =>
    kindsOf(definition).map(({ kind, group, version }) => [
      fileOf(kind, group, version),
      { $ref: `${definitions}#/definitions/${name}` },
    ]),
  );
  const strict = Object.fromEntries(
    all.map(([name, definition]) => [name, free.has(name) ? {} : strictly(definition)]),
  );
  return { ...(Object.fromEntries(kinds) as Record<string, Schema>), [definitions]: { definitions: strict } };
}

/** Schemas of the kinds that a definition adds, by the file's name. */
export const schemasOfCustomKind = ({ spec }: CustomKind): Record<string, Schema> =>
  Object.fromEntries(
    spec.versions.flatMap(({ name, schema }) =>
      schema ? [[fileOf(spec.names.kind, spec.group, name), strictly(withMetadata(schema.openAPIV3Schema))]] : [],
    ),
  );

/** Values of several types, which OpenAPI calls a string. */
const free = new Set([
  "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
  "io.k8s.apimachinery.pkg.api.resource.Quantity",
]);

const kindsOf = (definition: Schema) =>
  (definition["x-kubernetes-group-version-kind"] ?? []) as { kind: string; group: string; version: string }[];

/** A definition says of metadata only that it is an object. */
const withMetadata = (schema: Schema): Schema => ({
  ...schema,
  properties: { ...(schema.properties as Schema), metadata: { type: "object", additionalProperties: true } },
});

/** The schema with no other property than those that it names, since the API server drops such. */
function strictly(schema: unknown): Schema {
  if (Array.isArray(schema)) return schema.map(strictly) as unknown as Schema;
  if (typeof schema !== "object" || schema === null) return schema as Schema;
  const { properties, $ref, ...rest } = schema as Schema & { readonly properties?: Schema; readonly $ref?: string };
  if ($ref !== undefined) return { $ref: $ref.replace(/^#/, `${definitions}#`) };
  if (rest["x-kubernetes-int-or-string"] === true) return {};
  const inner = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, strictly(value)]));
  if (!properties) return inner;
  const named = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, strictly(value)]));
  const open = rest["x-kubernetes-preserve-unknown-fields"] === true || rest.additionalProperties !== undefined;
  return { ...inner, properties: named, ...(open ? {} : { additionalProperties: false }) };
}
