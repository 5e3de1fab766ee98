import * as pulumi from "@pulumi/pulumi";
import { errorOf } from "../runbook/settled";
import { restrictedNamespaceLabels } from "../kubernetes/restricted";
import { selfSignedCertificate } from "./certificates";
import { manifestObjects, type KubernetesObject, type ManifestSource } from "./manifest";
import { definedKinds, ManifestObject } from "./objects";
import { barmanPluginVersion, cloudnativepgVersion, platformNamespace } from "./versions";

export interface PlatformArgs {
  /** Whether to install the operators; false where the cluster has them. */
  readonly install: boolean;
  readonly images: {
    readonly cloudnativepgOperator: string;
    readonly barmanPlugin: string;
    readonly barmanSidecar: string;
  };
  /** Where fetched manifests are kept. */
  readonly manifestCache: string;
  /**
   * Whether all of it stays in the cluster when it leaves the stack, and the stack lets go of its namespace and its kinds only
   * after `pulumi state unprotect`. The kinds stay in any case.
   */
  readonly protect: boolean;
}

const cloudnativepg: ManifestSource = {
  name: `CloudNativePG ${cloudnativepgVersion}`,
  url: `https://raw.githubusercontent.com/cloudnative-pg/cloudnative-pg/v${cloudnativepgVersion}/releases/cnpg-${cloudnativepgVersion}.yaml`,
  sha256: "f8bede43fe4ee0d478c2355b204a36876b2ae4faac60f2a9452280b293da3b88",
};

const barmanPlugin: ManifestSource = {
  name: `the Barman Cloud plugin ${barmanPluginVersion}`,
  url: `https://raw.githubusercontent.com/cloudnative-pg/plugin-barman-cloud/v${barmanPluginVersion}/manifest.yaml`,
  sha256: "691e598b4591e83e23586d3394a8fedef429586a01d1a1b56ab8b80e9fa6ccb0",
};

/** What the plugin's Deployment and Service are called. */
const plugin = "barman-cloud";

/** The operators that a cluster needs, pinned: CloudNativePG and its Barman Cloud plugin. */
export class Platform extends pulumi.ComponentResource {
  /**
   * Nothing, once the operators are there or have failed. What depends on it is registered after them and does not depend
   * on them.
   */
  readonly operatorsSettled: Promise<pulumi.Resource[]>;
  /** What the operators stand on. */
  private readonly foundation: pulumi.Resource[];

  private constructor(
    args: PlatformArgs,
    objects: readonly KubernetesObject[],
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("runsheet:index:Platform", "platform", {}, opts);
    const { protect } = args;
    // The databases of others go on with the operators, and those of this stack when it lets go of them by mistake.
    const ofStack = { parent: this, retainOnDelete: protect };
    const install = (object: KubernetesObject, dependsOn: pulumi.Resource[]) =>
      new ManifestObject(prepare(object, args), { ...ofStack, protect: protect && isNamespace(object), dependsOn });
    const all = objects.filter(({ apiVersion }) => !isCertManager(apiVersion));

    const namespace = all.filter(isNamespace).map((object) => install(object, []));
    const inNamespace = { ...ofStack, dependsOn: namespace };
    // Not retained: a release that Helm still has a record of cannot be installed again, and what it installed stays anyway.
    const ofKinds = { parent: this, dependsOn: namespace, protect };
    this.foundation = [
      ...namespace,
      definedKinds("platform-kinds", platformNamespace, all.filter(isDefinition), ofKinds),
      selfSignedCertificate("barman-cloud-server-tls", platformNamespace, "barman-cloud", "serverAuth", inNamespace),
      selfSignedCertificate(
        "barman-cloud-client-tls",
        platformNamespace,
        "barman-cloud-client",
        "clientAuth",
        inNamespace,
      ),
      ...all.filter(isSetting).map((object) => install(object, namespace)),
    ];
    // An operator that starts before its kinds, rights and certificates are there ends itself, and is slow to come back.
    const operators = all.filter(isRunning).map((object) => install(object, this.foundation));
    // The operator holds the plugin's Service until it has let go of it: a destroy takes the Service first.
    const registration = all.filter(isPluginService).map((object) => install(object, operators));
    this.operatorsSettled = Promise.all([...operators, ...registration].map(errorOf)).then(() => []);
    this.registerOutputs({});
  }

  /**
   * The platform, or undefined where the cluster has it already. It is there, or has failed, up to the operators, which are
   * started next: everything that is declared before that is in their way, and the databases wait for them.
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

/** The plugin's certificates are cert-manager's in its release; here they sign themselves, so that none is needed. */
const isCertManager = (apiVersion: string) => apiVersion.startsWith("cert-manager.io/");
const isDefinition = ({ kind }: KubernetesObject) => kind === "CustomResourceDefinition";
const isNamespace = ({ kind }: KubernetesObject) => kind === "Namespace";
const isDeployment = ({ kind }: KubernetesObject) => kind === "Deployment";
/** The operator learns of the plugin from it, and talks to the plugin through it. */
const isPluginService = ({ kind, metadata }: KubernetesObject) => kind === "Service" && metadata.name === plugin;
/** What is ready when its pods are: an operator itself, and its address. */
const isRunning = (object: KubernetesObject) =>
  ["Deployment", "Service"].includes(object.kind) && !isPluginService(object);
const isSetting = (object: KubernetesObject) =>
  ![isDefinition, isNamespace, isRunning, isPluginService].some((is) => is(object));

/** The object with this stack's images and the restricted standard on its namespace. */
function prepare(object: KubernetesObject, args: PlatformArgs): KubernetesObject {
  const { images } = args;
  if (isNamespace(object)) return { ...object, metadata: { ...object.metadata, labels: restrictedNamespaceLabels } };
  // Its Deployment is awaited. Pulumi looks at a Service's pods every ten seconds only, and the operator asks it again.
  if (isPluginService(object)) {
    const annotations = { ...(object.metadata.annotations as object), "pulumi.com/skipAwait": "true" };
    return { ...object, metadata: { ...object.metadata, annotations } };
  }
  // Which sidecar the plugin starts beside PostgreSQL is in a Secret of its release.
  if (object.kind === "Secret" && object.data)
    return { ...object, data: { SIDECAR_IMAGE: Buffer.from(images.barmanSidecar).toString("base64") } };
  if (!isDeployment(object)) return object;
  const isPlugin = object.metadata.name === plugin;
  const image = isPlugin ? images.barmanPlugin : images.cloudnativepgOperator;
  const text = JSON.stringify(object, (key, value: unknown) => {
    if (key === "image") return image;
    // It reads the sidecar's image from the Secret once, when it starts.
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

/** The operator starts its own image beside PostgreSQL, and is told its name in a variable. */
function isOperatorImage(value: unknown): value is { name: string; value: string } {
  return typeof value === "object" && value !== null && "name" in value && value.name === "OPERATOR_IMAGE_NAME";
}
