/**
 * MUED as its users reach it: a name in the DNS, a certificate of a private authority, and an Ingress of Traefik. The
 * name is that of a Service without pods, which leads to Traefik outside of the cluster.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostAddress } from "../../lab/cluster/addresses";
import { TestAuthority } from "../services/test-authority";
import { kubectl, logsOf } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";
import { startIngressController, type IngressController } from "../support/ingress-controller";

const host = "mued.default.svc.cluster.local";
const stack = new FaultyStack();
const directory = mkdtempSync(join(tmpdir(), "runsheet-public-url-"));
let controller: IngressController;
let authority: TestAuthority;

/** Service without pods, and where it leads. */
const name = (port: number) => [
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "mued" },
    spec: { ports: [{ name: "https", port: 443, targetPort: port }] },
  },
  {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "mued", labels: { "kubernetes.io/service-name": "mued" } },
    addressType: "IPv4",
    ports: [{ name: "https", port }],
    endpoints: [{ addresses: [hostAddress] }],
  },
];

function written(file: string, text: string): string {
  writeFileSync(join(directory, file), text);
  return join(directory, file);
}

beforeAll(async () => {
  controller = await startIngressController();
  authority = await TestAuthority.create();
  const { cert, key } = await authority.issue([host]);
  const files = [`--cert=${written("tls.crt", cert)}`, `--key=${written("tls.key", key)}`];
  await kubectl("create", "secret", "tls", "mued-certificate", "-n", "mued", ...files);
  const list = { apiVersion: "v1", kind: "List", items: name(controller.port) };
  await kubectl("apply", "-n", "default", "-f", written("name.json", JSON.stringify(list)));
});
afterAll(async () => {
  stack.configure({
    ...{ "mued:ingress": undefined, "mued:publicUrl": undefined, "mued:publicCa": undefined },
    "mued:network": { from: ["default"] },
  });
  await stack.upSucceeds();
  await stack.leave();
  await kubectl("delete", "-n", "default", "service/mued", "endpointslice/mued", "--ignore-not-found");
  await kubectl("delete", "secret", "-n", "mued", "mued-certificate");
  await controller.stop();
  rmSync(directory, { recursive: true });
});

test("a certificate of another authority is said, with where to look", async () => {
  const other = await TestAuthority.create("another");
  stack.configure({
    "mued:ingress": { host, tlsSecret: "mued-certificate", controllerNamespace: "default" },
    // The Service leads to Traefik's port on this machine.
    "mued:network": { from: ["default"], outside: [443, controller.port] },
    "mued:publicUrl": `https://${host}`,
    "mued:publicCa": other.pem,
  });
  await stack.upFails(
    `FAILED users reach /api/health: GET https://${host}/api/health was not answered: fetch failed: `,
    "The application answers inside the cluster. Look at the DNS record, the certificate and the ingress.",
  );
});

test("users are served through the DNS, the certificate and the ingress", async () => {
  stack.configure({ "mued:publicCa": authority.pem });
  await stack.upSucceeds();
  expect(await logsOf("mued", "mued-reachable")).toContain("ok     users reach /api/health\n");
});
