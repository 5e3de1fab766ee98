/** JSON schemas of Kubernetes' kinds, and of others'. */
import Ajv from "ajv";
import { schemasOf, schemasOfCustomKind } from "../../judges/schemas";

const port = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
const service = {
  type: "object",
  properties: {
    spec: { $ref: "#/definitions/Spec" },
    metadata: { type: "object", additionalProperties: { type: "string" } },
  },
  "x-kubernetes-group-version-kind": [{ group: "", kind: "Service", version: "v1" }],
};
const openApi = {
  definitions: {
    Service: service,
    Spec: { type: "object", required: ["port"], properties: { port: { $ref: `#/definitions/${port}` } } },
    [port]: { type: "string", format: "int-or-string" },
  },
};

function accepts(schemas: Record<string, object>, file: string, value: unknown): boolean {
  const ajv = new Ajv({ unknownFormats: "ignore" });
  for (const [name, schema] of Object.entries(schemas)) ajv.addSchema(schema, name);
  return ajv.validate(file, value) as boolean;
}

test.each<[string, boolean, object]>([
  ["with a number as its port", true, { spec: { port: 80 } }],
  ["with a name as its port", true, { spec: { port: "http" } }],
  ["with any label", true, { metadata: { any: "text" }, spec: { port: 80 } }],
  ["without its port", false, { spec: {} }],
  ["with a property that nobody knows", false, { spec: { port: 80, prot: 81 } }],
  ["with another type", false, { spec: [] }],
])("an object of Kubernetes %s: %s", (_, accepted, value) => {
  expect(accepts(schemasOf(openApi), "service-v1-v1.json", value)).toBe(accepted);
});

const database = {
  kind: "CustomResourceDefinition" as const,
  spec: {
    group: "example.com",
    names: { kind: "Database" },
    versions: [
      {
        name: "v1",
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              metadata: { type: "object" },
              spec: {
                type: "object",
                properties: {
                  size: { anyOf: [{ type: "integer" }, { type: "string" }], "x-kubernetes-int-or-string": true },
                  mode: { type: "string", enum: ["fast", "safe"] },
                  free: { type: "object", properties: {}, "x-kubernetes-preserve-unknown-fields": true },
                },
              },
            },
          },
        },
      },
      { name: "v1alpha1" },
    ],
  },
};

test("a definition has a schema for each version that says one", () => {
  expect(Object.keys(schemasOfCustomKind(database))).toEqual(["database-example.com-v1.json"]);
});

test.each<[string, boolean, object]>([
  ["as it should be", true, { metadata: { name: "a" }, spec: { size: 1, mode: "safe", free: { any: 1 } } }],
  ["with a value that is none", false, { spec: { mode: "slow" } }],
  ["with a property that nobody knows", false, { spec: { sise: 1 } }],
])("an object of a defined kind %s: %s", (_, accepted, value) => {
  expect(accepts(schemasOfCustomKind(database), "database-example.com-v1.json", value)).toBe(accepted);
});
