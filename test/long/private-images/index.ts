/** Workload with a private image, which a node pulls first. */
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNamespace } from "../../../components/kubernetes/namespace";
import { PulledImages } from "../../../components/kubernetes/pulled-images";
import { pullingFrom, pullSecret, pullSecretsFor } from "../../../components/kubernetes/registries";
import { Workload } from "../../../components/workload";

const config = new pulumi.Config();
const registry = config.require("registry");
const release = config.require("release");
const image = `${registry}/demo:${release}`;
const password = config.getSecret("password");

const name = "private-images";
const secret = `${name}-registries`;
const hosts = password ? [registry] : [];
const cluster = new kubernetes.Provider("cluster", {
  context: "runsheet-lab",
  kubeconfig: "",
  enableServerSideApply: true,
  enableSecretMutable: true,
});
const opts = { providers: [cluster], transformations: [pullingFrom(secret, hosts)] };
const namespace = systemNamespace(name, { provider: cluster }).metadata.name;
if (password)
  pullSecret(
    secret,
    namespace,
    { [registry]: { username: config.require("username"), password } },
    { provider: cluster },
  );

const pulled = new PulledImages(
  `${name}-pull`,
  {
    ...{ namespace, image: "runsheet.lab/node:22", images: [image], trigger: [release] },
    imagePullSecrets: pullSecretsFor(secret, hosts, [image]),
    hint: "Set the password.",
  },
  opts,
);
new Workload(
  "demo",
  { ...{ system: "demo", release, namespace, image }, probes: { ready: "/release" } },
  { ...opts, dependsOn: pulled },
);
