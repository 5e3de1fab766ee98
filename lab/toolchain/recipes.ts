/** What the lab builds from Go modules. Each recipe has a wrapper module of the same name in `lab/go`. */

export interface Recipe {
  /** The package to compile. Default: the wrapper module's own. */
  package?: string;
  /** The file that comes out of it. */
  binary: string;
  /** Names that the binary is called by, where it looks at its own name. Default: none. */
  links?: readonly string[];
  /** String variables that the linker sets: the versions that the programs report. Default: none. */
  variables?: Readonly<Record<string, string>>;
  /** Files of other modules that the wrapper embeds, and where it expects them. Default: none. */
  copies?: readonly { module: string; file: string; to: string }[];
  /** Arguments of `go` for what must run before the compilation. Default: none. */
  generate?: readonly (readonly string[])[];
  /** A directory of this checkout that is put beside the binary, with a link to one program in it. Default: none. */
  beside?: { directory: string; program: string };
}

const kubernetesVersion = { gitVersion: "v1.33.13", gitMajor: "1", gitMinor: "33" };
const inBoth = (packages: readonly string[]): [string, string][] =>
  packages.flatMap((name) =>
    Object.entries(kubernetesVersion).map(([key, value]): [string, string] => [`${name}.${key}`, value]),
  );

const generated = (provider: string) => {
  const quietly = ["--skip-docs", "--skip-examples"];
  return ["run", "./generate", provider, "schema", "--out", `generated/${provider}`, ...quietly];
};

export const recipes = {
  kubernetes: {
    binary: "kubernetes",
    links: ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl"],
    variables: Object.fromEntries<string>(inBoth(["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"])),
  },
  pulumi: {
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    binary: "pulumi",
    variables: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.276.0" },
    // Where Pulumi looks for the language host that it comes with.
    beside: { directory: "lab/language-host", program: "pulumi-language-nodejs" },
  },
  "provider-kubernetes": {
    binary: "pulumi-resource-kubernetes",
    // The release whose source the module is.
    variables: { "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version": "4.25.0" },
    copies: [
      {
        module: "github.com/pulumi/pulumi-kubernetes/provider/v4",
        file: "cmd/pulumi-resource-kubernetes/schema.json",
        to: "schema.json",
      },
    ],
  },
  "providers-bridged": {
    binary: "providers-bridged",
    links: ["pulumi-resource-random", "pulumi-resource-postgresql"],
    generate: [generated("random"), generated("postgresql")],
  },
  "cloudnative-pg": {
    package: "github.com/cloudnative-pg/cloudnative-pg/cmd/manager",
    binary: "manager",
  },
  "plugin-barman-cloud": {
    package: "github.com/cloudnative-pg/plugin-barman-cloud/cmd/manager",
    binary: "manager",
  },
  coredns: { binary: "coredns" },
  "local-path-provisioner": {
    package: "github.com/rancher/local-path-provisioner",
    binary: "local-path-provisioner",
  },
  "metrics-server": {
    package: "sigs.k8s.io/metrics-server/cmd/metrics-server",
    binary: "metrics-server",
  },
  "network-policies": { binary: "network-policies" },
  "network-policies-plugin": { binary: "network-policies" },
  versitygw: { package: "github.com/versity/versitygw/cmd/versitygw", binary: "versitygw" },
  pause: { binary: "pause" },
  // For long tests, which ask for it: no part of the lab. Without ACME, whose library needs modules that cannot be had.
  traefik: {
    package: "github.com/traefik/traefik/v3/cmd/traefik",
    binary: "traefik",
    variables: { "github.com/traefik/traefik/v3/pkg/version.Version": "3.7.13" },
  },
} as const satisfies Record<string, Recipe>;

/** What can be built. */
export type Tool = keyof typeof recipes;

/** The recipe of that name. Throws, with the names there are, when there is none. */
export function recipe(name: string): Recipe {
  const found = (recipes as Record<string, Recipe>)[name];
  if (!found) throw new Error(`There is no tool ${name}; there are ${Object.keys(recipes).join(", ")}.`);
  return found;
}

/** Release manifests of operators, which come with the module that the operator is built from. */
export const releaseManifests = [
  {
    tool: "cloudnative-pg",
    module: "github.com/cloudnative-pg/cloudnative-pg",
    file: "releases/cnpg-1.30.0.yaml",
    sha256: "f8bede43fe4ee0d478c2355b204a36876b2ae4faac60f2a9452280b293da3b88",
  },
  {
    tool: "plugin-barman-cloud",
    module: "github.com/cloudnative-pg/plugin-barman-cloud",
    file: "manifest.yaml",
    sha256: "691e598b4591e83e23586d3394a8fedef429586a01d1a1b56ab8b80e9fa6ccb0",
  },
] as const;
