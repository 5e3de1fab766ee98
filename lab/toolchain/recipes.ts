/**
 * Recipes for what the lab builds from Go modules. Programs that share dependencies share a module in `lab/go`: there
 * they have the same versions of them, and Go compiles each package once.
 */

export interface Recipe {
  /** The module's directory in `lab/go`. Default: the tool's name. */
  module?: string;
  /** The package to compile. Default: the one at the module's root. */
  package?: string;
  /** The file that comes out of it. */
  binary: string;
  /** Names that the binary is called by, where it looks at its own name. Default: none. */
  links?: readonly string[];
  /** String variables that the linker sets: the versions that the programs report. Default: none. */
  variables?: Readonly<Record<string, string>>;
  /** Files of other modules that the program embeds, and where it expects them. Default: none. */
  copies?: readonly { module: string; file: string; to: string }[];
  /** A directory of this checkout that is put beside the binary, with a link to one program in it. Default: none. */
  beside?: { directory: string; program: string };
}

/** A recipe, and what is known of its build. */
interface Plan extends Recipe {
  /**
   * Processor seconds of the build when nothing is compiled yet but the recipes above it. They weigh the builds against
   * each other in the estimate of what is left.
   */
  weight: number;
  /** True for what is built only if something asks for it. Default: false, every lab needs it. */
  onDemand?: boolean;
}

const kubernetesVersion = { gitVersion: "v1.33.13", gitMajor: "1", gitMinor: "33" };
const inBoth = (packages: readonly string[]): [string, string][] =>
  packages.flatMap((name) =>
    Object.entries(kubernetesVersion).map(([key, value]): [string, string] => [`${name}.${key}`, value]),
  );

export const recipes = {
  pulumi: {
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    binary: "pulumi",
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.276.0" },
    // Where Pulumi looks for the language host that it comes with.
    beside: { directory: "lab/language-host", program: "pulumi-language-nodejs" },
    weight: 600,
    onDemand: true,
  },
  "providers-bridged": {
    binary: "providers-bridged",
    links: ["pulumi-resource-random", "pulumi-resource-postgresql"],
    weight: 340,
    onDemand: true,
  },
  "provider-kubernetes": {
    module: "kubernetes",
    package: "./provider",
    binary: "pulumi-resource-kubernetes",
    // The release whose source the module is.
    variables: { "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version": "4.25.0" },
    copies: [
      {
        module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
        file: "cmd/pulumi-resource-kubernetes/schema.json",
        to: "provider/schema.json",
      },
    ],
    weight: 400,
    onDemand: true,
  },
  kubernetes: {
    package: "./kubernetes",
    binary: "kubernetes",
    links: ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"],
    variables: Object.fromEntries<string>(inBoth(["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"])),
    weight: 330,
  },
  coredns: { module: "kubernetes", package: "./coredns", binary: "coredns", weight: 20 },
  "local-path-provisioner": {
    module: "kubernetes",
    package: "github.com/rancher/local-path-provisioner",
    binary: "local-path-provisioner",
    weight: 15,
  },
  "metrics-server": {
    module: "kubernetes",
    package: "sigs.k8s.io/metrics-server/cmd/metrics-server",
    binary: "metrics-server",
    weight: 30,
  },
  "network-policies": { module: "kubernetes", package: "./network-policies", binary: "network-policies", weight: 10 },
  "network-policies-plugin": { binary: "network-policies", weight: 1 },
  "plugin-barman-cloud": {
    module: "operators",
    package: "github.com/cloudnative-pg/plugin-barman-cloud/cmd/manager",
    binary: "manager",
    weight: 240,
  },
  "cloudnative-pg": {
    module: "operators",
    package: "github.com/cloudnative-pg/cloudnative-pg/cmd/manager",
    binary: "manager",
    weight: 30,
  },
  "prometheus-operator": {
    module: "monitoring",
    package: "github.com/prometheus-operator/prometheus-operator/cmd/operator",
    binary: "operator",
    // The versions of Prometheus and Alertmanager are set in their objects.
    variables: { "github.com/prometheus/common/version.Version": "0.85.0" },
    weight: 160,
  },
  "prometheus-config-reloader": {
    module: "monitoring",
    package: "github.com/prometheus-operator/prometheus-operator/cmd/prometheus-config-reloader",
    binary: "prometheus-config-reloader",
    variables: { "github.com/prometheus/common/version.Version": "0.85.0" },
    weight: 4,
  },
  "kube-state-metrics-stand-in": {
    module: "monitoring",
    package: "./kube-state-metrics",
    binary: "kube-state-metrics",
    weight: 3,
  },
  "otel-collector": { binary: "otelcol", weight: 240 },
  victorialogs: {
    package: "github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs",
    binary: "victoria-logs",
    weight: 18,
  },
  vmalert: { package: "github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert", binary: "vmalert", weight: 12 },
  versitygw: { package: "github.com/versity/versitygw/cmd/versitygw", binary: "versitygw", weight: 140 },
  pause: { binary: "pause", weight: 1 },
  // For long tests: no part of the lab. Without ACME, whose library needs modules that cannot be had.
  traefik: {
    package: "github.com/traefik/traefik/v3/cmd/traefik",
    binary: "traefik",
    variables: { "github.com/traefik/traefik/v3/pkg/version.Version": "3.7.13" },
    weight: 400,
    onDemand: true,
  },
  // For long tests too: the registry of private images.
  registry: {
    binary: "registry",
    variables: { "github.com/distribution/distribution/v3/version.version": "v3.1.2" },
    weight: 45,
    onDemand: true,
  },
  // For test/lint.sh: it checks the workflows.
  actionlint: {
    package: "github.com/rhysd/actionlint/cmd/actionlint",
    binary: "actionlint",
    weight: 8,
    onDemand: true,
  },
  // For test/judges: they check the golden manifests.
  "kube-score": {
    package: "github.com/zegl/kube-score/cmd/kube-score",
    binary: "kube-score",
    weight: 60,
    onDemand: true,
  },
  kubeconform: {
    package: "github.com/yannh/kubeconform/cmd/kubeconform",
    binary: "kubeconform",
    weight: 6,
    onDemand: true,
  },
  // For the long test of the alerts on logs in LogQL.
  loki: { package: "github.com/grafana/loki/v3/cmd/loki", binary: "loki", weight: 400, onDemand: true },
} as const satisfies Record<string, Plan>;

/** Names of what can be built. */
export type Tool = keyof typeof recipes;

/**
 * The recipe of that name.
 * @throws Error if there is none, with the names of those that there are
 */
export function recipe(name: string): Recipe {
  const plan = (recipes as Record<string, Plan>)[name];
  if (!plan) throw new Error(`There is no tool ${name}; there are ${Object.keys(recipes).join(", ")}.`);
  const { weight: _weight, onDemand: _onDemand, ...found } = plan; // what it weighs changes nothing that is built
  return found;
}

/** Weight of each tool's build. */
export const weights: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(recipes).map(([name, { weight }]) => [name, weight]),
);

/** Tools that every lab needs. */
export const always: readonly string[] = Object.entries(recipes as Record<string, Plan>)
  .filter(([, { onDemand }]) => !onDemand)
  .map(([name]) => name);

/** Release manifests of operators. Each comes with the module that the operator is built from. */
export const releaseManifests = [
  {
    tool: "cloudnative-pg",
    module: "github.com/cloudnative-pg/cloudnative-pg",
    file: "releases/cnpg-1.30.0.yaml",
    sha256: "f8bede43fe4ee0d478c2355b204a36876b2ae4faac60f2a9452280b293da3b88",
  },
  {
    tool: "prometheus-operator",
    module: "github.com/prometheus-operator/prometheus-operator",
    file: "bundle.yaml",
    sha256: "602f3a0c4f91952cfbbaedeed6542a8231134537191965275b9e2c2e05aeab72",
  },
  {
    tool: "plugin-barman-cloud",
    module: "github.com/cloudnative-pg/plugin-barman-cloud",
    file: "manifest.yaml",
    sha256: "691e598b4591e83e23586d3394a8fedef429586a01d1a1b56ab8b80e9fa6ccb0",
  },
] as const;
