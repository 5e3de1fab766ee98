/** Ingresses of the systems that users reach. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram, type RegisteredProgram } from "../../support/program";
import { names } from "../../../systems";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

let program: RegisteredProgram;
beforeAll(async () => {
  const ingress = (name: string) => ({ host: `${name}.example`, clusterIssuer: "letsencrypt" });
  const limits = { requestsPerSecond: 10 };
  program = await runProgram({
    ...Object.fromEntries(names.map((name) => [`${name}:ingress`, ingress(name)])),
    "prism:ingress": { ...ingress("prism"), className: "nginx", controllerNamespace: "ingress-nginx" },
    "mued:ingress": { host: "mued.example", tlsSecret: "certificate", ...limits },
  });
});

test.each([
  ["prism", ["/ prism-api"]],
  ["omniops", ["/ omniops-phase4"]],
  ["mued", ["/ mued-web"]],
  ["pm", ["/api pm-backend", "/ pm-frontend"]],
  ["ai-backend", ["/ ai-backend"]],
])("%s is reached under its host", (name, routes) => {
  const { rules } = program.inputs("Ingress", name).spec as unknown as {
    rules: { host: string; http: { paths: { path: string; backend: { service: { name: string } } }[] } }[];
  };
  expect(rules.map(({ host }) => host)).toEqual([`${name}.example`]);
  expect(rules[0]!.http.paths.map(({ path, backend }) => `${path} ${backend.service.name}`)).toEqual(routes);
});

test("cert-manager writes the certificate to a Secret of the system", () => {
  const { metadata, spec } = program.inputs("Ingress", "prism");
  expect(metadata.annotations).toMatchObject({ "cert-manager.io/cluster-issuer": "letsencrypt" });
  expect(spec.tls).toEqual([{ hosts: ["prism.example"], secretName: "prism-tls" }]);
  expect(program.inputs("Ingress", "mued").spec.tls).toEqual([{ hosts: ["mued.example"], secretName: "certificate" }]);
});

test("the AI Backend has its guide's rate limit, others only what is set", () => {
  const limits = program.names("Middleware");
  expect(limits).toEqual(expect.arrayContaining(["mued-rate-limit", "ai-backend-rate-limit"]));
  expect(limits).toHaveLength(2);
  expect(program.inputs("Middleware", "mued-rate-limit").spec.rateLimit).toEqual({ average: 10, burst: 20 });
  expect(program.inputs("Middleware", "ai-backend-rate-limit").spec.rateLimit).toEqual({ average: 50, burst: 100 });
});
