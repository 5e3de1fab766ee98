/** The key `ingress` of a system's configuration. */
import * as pulumi from "@pulumi/pulumi";
import { readConfiguration } from "../../../stack/config";
import { collectResources } from "../../support/mocks";
import { smallestStack } from "../../support/smallest-stack";

const stack = smallestStack("mued");

beforeEach(() => void collectResources());

function read(ingress: object) {
  pulumi.runtime.setAllConfig({ ...stack, "mued:ingress": JSON.stringify(ingress) });
  return readConfiguration().systems[0]!.settings.ingress;
}

const host = "mued.example";

test("a certificate is there, or cert-manager issues it", () => {
  const defaults = { host, className: "traefik", annotations: {} };
  expect(read({ host, tlsSecret: "certificate" })).toEqual({ ...defaults, tlsSecret: "certificate" });
  expect(read({ host, clusterIssuer: "letsencrypt" })).toEqual({ ...defaults, clusterIssuer: "letsencrypt" });
});

test.each([
  [
    { host },
    "mued:ingress.tlsSecret is missing; set it to the Secret with the certificate, or set ingress.clusterIssuer",
  ],
  [
    { host, clusterIssuer: "one", issuer: "two" },
    "mued:ingress.clusterIssuer and ingress.issuer are both set; remove one of the two",
  ],
  [
    { host, tlsSecret: "certificate", burst: 10 },
    "mued:ingress.burst is set without ingress.requestsPerSecond; set both, or remove it",
  ],
  [
    { host: "https://mued.example", tlsSecret: "certificate" },
    'mued:ingress.host is "https://mued.example"; it must be a host name, such as mued.example',
  ],
  [
    { host, className: "nginx", tlsSecret: "certificate", requestsPerSecond: 10 },
    "mued:ingress.requestsPerSecond is 10 and ingress.className nginx; rate limits are made for Traefik: remove it, and " +
      "set ingress.annotations to those of your controller",
  ],
  [{ host: "a..b", tlsSecret: "certificate" }, 'mued:ingress.host is "a..b"; it must be a host name, such as'],
  [
    { tlsSecret: "certificate" },
    "mued:ingress.host is missing; set it with: pulumi config set --path 'mued:ingress.host'",
  ],
])("%j is refused", (ingress, message) => expect(() => read(ingress)).toThrow(message));
