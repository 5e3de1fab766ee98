import { Ingress, type IngressArgs } from "../../../../components/kubernetes/ingress";
import { collectResources, settled } from "../../../support/mocks";

const base: IngressArgs = {
  namespace: "demo",
  host: "demo.example",
  className: "nginx",
  tlsSecret: "certificate",
  routes: [{ path: "/", service: "demo-web", port: 80 }],
};

async function declared(changes: Partial<IngressArgs>) {
  const resources = collectResources();
  new Ingress("demo", { ...base, ...changes });
  await settled();
  const kubernetes = resources.filter(({ type }) => type.startsWith("kubernetes:"));
  return {
    names: kubernetes.map(({ name }) => name),
    find: (name: string) => kubernetes.find((each) => each.name === name)?.inputs,
  };
}

test("it serves TLS alone, from a Secret, and leads each path to its service", async () => {
  const routes = [
    { path: "/api", service: "demo-api", port: 3000 },
    { path: "/", service: "demo-web", port: 80 },
  ];
  const { find, names } = await declared({ routes });
  expect(names).toEqual(["demo"]);
  expect(find("demo")!.spec).toEqual({
    ingressClassName: "nginx",
    tls: [{ hosts: ["demo.example"], secretName: "certificate" }],
    rules: [
      {
        host: "demo.example",
        http: {
          paths: [
            {
              ...{ path: "/api", pathType: "Prefix" },
              backend: { service: { name: "demo-api", port: { number: 3000 } } },
            },
            { path: "/", pathType: "Prefix", backend: { service: { name: "demo-web", port: { number: 80 } } } },
          ],
        },
      },
    ],
  });
});

test("a rate limit is a Middleware, for each client", async () => {
  const { find } = await declared({ rateLimit: { requestsPerSecond: 50, burst: 100 } });
  expect(find("demo-rate-limit")).toMatchObject({
    kind: "Middleware",
    spec: { rateLimit: { average: 50, burst: 100 } },
  });
  expect(find("demo")!.metadata).toMatchObject({
    annotations: {
      "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
      "traefik.ingress.kubernetes.io/router.middlewares": "demo-demo-rate-limit@kubernetescrd",
    },
  });
});

test("annotations of another controller replace those for Traefik", async () => {
  const annotations = {
    "nginx.ingress.kubernetes.io/limit-rps": "50",
    "traefik.ingress.kubernetes.io/router.entrypoints": "https",
  };
  const { find } = await declared({ annotations });
  expect(find("demo")!.metadata).toMatchObject({ annotations });
});
