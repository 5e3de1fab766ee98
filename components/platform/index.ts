import * as pulumi from "@pulumi/pulumi";
import { errorOf } from "../runbook/settled";
import { pullingFrom, pullSecret, sharedPullSecret, type RegistryLogins } from "../kubernetes/registries";
import { restrictedNamespaceLabels } from "../kubernetes/restricted";
import { selfSignedCertificate } from "./certificates";
import { manifestObjects, type KubernetesObject, type ManifestSource } from "./manifest";
import { definedKinds, ManifestObject } from "./objects";
import { barmanPluginVersion, cloudnativepgVersion, platformKinds, platformNamespace } from "./versions";

export interface PlatformArgs {
  /** Installs the operators. Set it to false if the cluster has them. */
  readonly install: boolean;
  readonly images: {
    readonly cloudnativepgOperator: string;
    readonly barmanPlugin: string;
    readonly barmanSidecar: string;
  };
  /** Logins at registries of private images. Default: none. */
  readonly registries?: RegistryLogins;
  /** Directory in which downloaded manifests are cached. */
  readonly manifestCache: string;
  /**
   * Keeps all of it in the cluster when it leaves the stack. The namespace and the CustomResourceDefinitions are then
   * removed from the stack only after `pulumi state unprotect`. The CustomResourceDefinitions are kept in any case.
   */
  readonly protect: boolean;
}

const wayOut = "set runsheet:platform.install to false if the cluster has the operators";

const cloudnativepg: ManifestSource = {
  name: `CloudNativePG ${cloudnativepgVersion}`,
  url: `https://raw.githubusercontent.com/cloudnative-pg/cloudnative-pg/v${cloudnativepgVersion}/releases/cnpg-${cloudnativepgVersion}.yaml`,
  sha256: "f8bede43fe4ee0d478c2355b204a36876b2ae4faac60f2a9452280b293da3b88",
  wayOut,
};

const barmanPlugin: ManifestSource = {
  name: `the Barman Cloud plugin ${barmanPluginVersion}`,
  url: `https://raw.githubusercontent.com/cloudnative-pg/plugin-barman-cloud/v${barmanPluginVersion}/manifest.yaml`,
  sha256: "691e598b4591e83e23586d3394a8fedef429586a01d1a1b56ab8b80e9fa6ccb0",
  wayOut,
};

/** Name of the plugin's Deployment and Service. */
const plugin = "barman-cloud";

/** Operators that a cluster needs, in pinned versions: CloudNativePG and its Barman Cloud plugin. */
export class Platform extends pulumi.ComponentResource {
  /** Resolves to [] once the operators are ready or failed; delays registration without adding a dependency. */
  readonly operatorsSettled: Promise<pulumi.Resource[]>;
  /** Resources that the operators need. */
  private readonly foundation: pulumi.Resource[];

  private constructor(
    args: PlatformArgs,
    objects: readonly KubernetesObject[],
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { protect, registries = {} } = args;
    const hosts = Object.keys(registries);
    const transformations = [pullingFrom(sharedPullSecret, hosts)];
    super("runsheet:index:Platform", "platform", {}, pulumi.mergeOptions(opts, { transformations }));
    // Other stacks' databases need the operators, and so do this stack's if it loses them by mistake.
    const ofStack = { parent: this, retainOnDelete: protect };
    const install = (object: KubernetesObject, dependsOn: pulumi.Resource[]) =>
      new ManifestObject(prepare(object, args), { ...ofStack, protect: protect && isNamespace(object), dependsOn });
    const all = objects.filter(({ apiVersion }) => !isCertManager(apiVersion));

    const namespace = all.filter(isNamespace).map((object) => install(object, []));
    const inNamespace = { ...ofStack, dependsOn: namespace };
    // Not retained: Helm cannot install a release again that it still has a record of. Its objects are kept anyway.
    const ofKinds = { parent: this, dependsOn: namespace, protect };
    this.foundation = [
      ...namespace,
      definedKinds(platformKinds, platformNamespace, all.filter(isDefinition), ofKinds),
      selfSignedCertificate("barman-cloud-server-tls", platformNamespace, "barman-cloud", "serverAuth", inNamespace),
      selfSignedCertificate(
        "barman-cloud-client-tls",
        platformNamespace,
        "barman-cloud-client",
        "clientAuth",
        inNamespace,
      ),
      ...all.filter(isSetting).map((object) => install(object, namespace)),
      ...(hosts.length > 0
        ? [pullSecret(sharedPullSecret, platformNamespace, registries, inNamespace, "platform-registries")]
        : []),
    ];
    // An operator exits if its kinds, rights and certificates are missing, and restarts slowly.
    const operators = all.filter(isRunning).map((object) => install(object, this.foundation));
    // The operator holds the plugin's Service with a finalizer, so a destroy deletes the Service first.
    const registration = all.filter(isPluginService).map((object) => install(object, operators));
    this.operatorsSettled = Promise.all([...operators, ...registration].map(errorOf)).then(() => []);
    this.registerOutputs({});
  }

  /**
   * Creates the platform. Undefined if the cluster has it already.
   *
   * Resolves once everything but the operators is created or failed, and the operators are about to start. Anything
   * declared earlier would delay them, and the databases wait for the operators.
   */
  static async create(args: PlatformArgs, opts?: pulumi.ComponentResourceOptions): Promise<Platform | undefined> {
    if (!args.install) return undefined;
    const sources = [cloudnativepg, barmanPlugin];
    const objects = await Promise.all(sources.map((source) => manifestObjects(source, args.manifestCache)));
    const platform = new Platform(args, objects.flat(), opts);
    await Promise.all(platform.foundation.map(errorOf));
    return platform;
  }
}

/** Selects cert-manager's objects, which are left out: the plugin's certificates are self-signed here. */
const isCertManager = (apiVersion: string) => apiVersion.startsWith("cert-manager.io/");
const isDefinition = ({ kind }: KubernetesObject) => kind === "CustomResourceDefinition";
const isNamespace = ({ kind }: KubernetesObject) => kind === "Namespace";
const isDeployment = ({ kind }: KubernetesObject) => kind === "Deployment";
/** Selects the Service by which the operator discovers the plugin and talks to it. */
const isPluginService = ({ kind, metadata }: KubernetesObject) => kind === "Service" && metadata.name === plugin;
/** Selects the operators and their Services, which are ready when their pods are. */
const isRunning = (object: KubernetesObject) =>
  ["Deployment", "Service"].includes(object.kind) && !isPluginService(object);
const isSetting = (object: KubernetesObject) =>
  ![isDefinition, isNamespace, isRunning, isPluginService].some((is) => is(object));

/** Sets this stack's images, and the restricted standard on the namespace. */
function prepare(object: KubernetesObject, args: PlatformArgs): KubernetesObject {
  const { images } = args;
  if (isNamespace(object)) return { ...object, metadata: { ...object.metadata, labels: restrictedNamespaceLabels } };
  // Its Deployment is awaited instead. Pulumi checks a Service's pods every ten seconds only, and the operator retries.
  if (isPluginService(object)) {
    const annotations = { ...(object.metadata.annotations as object), "pulumi.com/skipAwait": "true" };
    return { ...object, metadata: { ...object.metadata, annotations } };
  }
  // The release's Secret names the image of the sidecar that the plugin starts beside PostgreSQL.
  if (object.kind === "Secret" && object.data)
    return { ...object, data: { SIDECAR_IMAGE: Buffer.from(images.barmanSidecar).toString("base64") } };
  if (!isDeployment(object)) return object;
  const isPlugin = object.metadata.name === plugin;
  const image = isPlugin ? images.barmanPlugin : images.cloudnativepgOperator;
  const text = JSON.stringify(object, (key, value: unknown) => {
    if (key === "image") return image;
    // The plugin reads the Secret when it starts, so a changed image restarts it.
    if (key === "template" && isPlugin)
      return annotated(value as PodTemplate, { "runsheet/sidecar": images.barmanSidecar });
    if (key === "imagePullPolicy") return "IfNotPresent";
    return isOperatorImage(value) ? { ...value, value: image } : value;
  });
  return JSON.parse(text) as KubernetesObject;
}

interface PodTemplate {
  readonly metadata?: { readonly annotations?: Record<string, string> };
}

const annotated = (template: PodTemplate, annotations: Record<string, string>) => ({
  ...template,
  metadata: { ...template.metadata, annotations: { ...template.metadata?.annotations, ...annotations } },
});

/** Tells whether a value is the variable that names the operator's own image, which it starts beside PostgreSQL. */
function isOperatorImage(value: unknown): value is { name: string; value: string } {
  return typeof value === "object" && value !== null && "name" in value && value.name === "OPERATOR_IMAGE_NAME";
}
