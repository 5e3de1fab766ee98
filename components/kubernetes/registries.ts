/** Registries of private images: their logins in a Secret of the namespace, for the pods that run such images. */
import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";

/** Login of a registry. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: pulumi.Input<string>;
}

/** Logins by the host of their registry. */
export type RegistryLogins = Readonly<Record<string, RegistryLogin>>;

/** Name of the Secret in the namespaces of the operators and of the monitoring. */
export const sharedPullSecret = "runsheet-registries";

/**
 * Creates the Secret with the logins, each by its registry's host. `pullingFrom` gives it to pods.
 * @param resource name in Pulumi. Default: the Secret's
 */
export function pullSecret(
  name: string,
  namespace: pulumi.Input<string>,
  logins: RegistryLogins,
  opts: pulumi.CustomResourceOptions,
  resource = name,
): Secret {
  const auths = Object.fromEntries(
    Object.entries(logins).map(([host, login]) => [host === dockerHub ? dockerHubKey : host, login]),
  );
  const stringData = { ".dockerconfigjson": pulumi.secret(pulumi.jsonStringify({ auths })) };
  // Its name stays, so that a new password restarts no pod.
  const metadata = { name, namespace };
  return new Secret(resource, { metadata, type: "kubernetes.io/dockerconfigjson", stringData }, opts);
}

/** Reference to the Secret for what runs these images. Undefined if none of them is of a registry of `hosts`. */
export const pullSecretsFor = (
  secret: string,
  hosts: readonly string[],
  images: readonly string[],
): { name: string }[] | undefined =>
  images.some((image) => hosts.includes(registryOf(image))) ? [{ name: secret }] : undefined;

/**
 * Returns a transformation that gives the Secret to every pod that runs an image of one of these registries. A pod that has
 * one already keeps it: its namespace has another.
 */
export const pullingFrom =
  (secret: string, hosts: readonly string[]): pulumi.ResourceTransformation =>
  ({ type, props, opts }) => {
    if (!type.startsWith("kubernetes:apps/") && !type.startsWith("kubernetes:batch/")) return undefined;
    return { props: { ...props, spec: withSecret((props as { spec: PodOwnerSpec }).spec, secret, hosts) }, opts };
  };

/** Spec of a Deployment, StatefulSet or Job, which has a pod's, or of a CronJob, which has a Job's. */
interface PodOwnerSpec {
  readonly template?: { readonly spec: PodSpec };
  readonly jobTemplate?: { readonly spec: PodOwnerSpec };
}

interface PodSpec {
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  readonly initContainers?: readonly { readonly image: string }[];
  readonly containers: readonly { readonly image: string }[];
}

function withSecret(spec: PodOwnerSpec, secret: string, hosts: readonly string[]): PodOwnerSpec {
  const { template, jobTemplate } = spec;
  if (jobTemplate)
    return { ...spec, jobTemplate: { ...jobTemplate, spec: withSecret(jobTemplate.spec, secret, hosts) } };
  if (!template || template.spec.imagePullSecrets) return spec;
  const { initContainers = [], containers } = template.spec;
  const images = [...initContainers, ...containers].map(({ image }) => image);
  const imagePullSecrets = pullSecretsFor(secret, hosts, images);
  return imagePullSecrets ? { ...spec, template: { ...template, spec: { ...template.spec, imagePullSecrets } } } : spec;
}

/** Registry of images that name none, and its name in files of logins. */
const dockerHub = "docker.io";
const dockerHubKey = "https://index.docker.io/v1/";

/** Host of an image's registry, with the port if it has one. */
function registryOf(image: string): string {
  const [first = "", ...path] = image.split("/");
  return path.length > 0 && /[.:A-Z]|^localhost$/.test(first) ? first : dockerHub;
}
