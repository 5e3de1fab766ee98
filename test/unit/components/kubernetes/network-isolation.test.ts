import { NetworkIsolation } from "../../../../components/kubernetes/network-isolation";
import { collectResources, settled } from "../../../support/mocks";

async function declared(declare: () => unknown) {
  const resources = collectResources();
  declare();
  await settled();
  return (name: string) =>
    resources.find((resource) => resource.name === name && resource.type.startsWith("kubernetes:"))?.inputs;
}

const namespaceNamed = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

describe("an isolated namespace", () => {
  const entrance = { selector: { app: "demo-api" }, port: 8000 };
  const base = { namespace: "demo", entrance, from: [], operators: ["operators"], outside: [443] };

  test("lets its own pods and the operator in, and nobody to the entrance unless named", async () => {
    const find = await declared(() => new NetworkIsolation("demo", base));
    expect(find("demo-inside")!.spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: {} }, namespaceNamed("operators")] }],
    });
    expect(find("demo-entrance")).toBeUndefined();
  });

  test("lets named namespaces reach the entrance's port alone", async () => {
    const find = await declared(() => new NetworkIsolation("demo", { ...base, from: ["callers"] }));
    expect(find("demo-entrance")!.spec).toEqual({
      podSelector: { matchLabels: { app: "demo-api" } },
      policyTypes: ["Ingress"],
      ingress: [{ from: [namespaceNamed("callers")], ports: [{ port: 8000, protocol: "TCP" }] }],
    });
  });

  test("lets the entrance reach its own namespace, names, and what is outside by port", async () => {
    const find = await declared(() => new NetworkIsolation("demo", { ...base, outside: [443, 5432] }));
    expect(find("demo-outside")!.spec).toMatchObject({
      policyTypes: ["Egress"],
      egress: [
        { to: [{ podSelector: {} }] },
        {
          ports: [
            { port: 53, protocol: "UDP" },
            { port: 53, protocol: "TCP" },
          ],
        },
        {
          ports: [
            { port: 443, protocol: "TCP" },
            { port: 5432, protocol: "TCP" },
          ],
        },
      ],
    });
    const closed = await declared(() => new NetworkIsolation("demo", { ...base, outside: [] }));
    expect((closed("demo-outside")!.spec as { egress: unknown[] }).egress.length).toBe(2);
  });
});
