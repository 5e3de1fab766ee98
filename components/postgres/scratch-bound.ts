/** Limits of an account that restores a scratch database. */
import { among, anything, holds, ofFields, optional, type Bound } from "../kubernetes/bound";
import type { Validation } from "../kubernetes/admission-policy";

/** Cluster as `restoredCluster` describes it. */
export interface ScratchCluster {
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * Fields of a Cluster that the operator's webhook and its definition set or write anew, and which give no access to
 * anything. The values differ between the operator's versions.
 */
const harmless = [
  ...[
    "resources",
    "affinity",
    "enablePDB",
    "failoverDelay",
    "logLevel",
    "maxSyncReplicas",
    "minSyncReplicas",
    "postgresGID",
  ],
  ...["postgresUID", "primaryUpdateMethod", "primaryUpdateStrategy", "replicationSlots", "smartShutdownTimeout"],
  ...["startDelay", "stopDelay", "switchoverDelay"],
];

/** Fields that they add to objects that the stack declares a part of. */
const added: Readonly<Record<string, Readonly<Record<string, Bound>>>> = {
  storage: { resizeInUseVolumes: anything },
  walStorage: { resizeInUseVolumes: anything },
  plugin: { enabled: optional(true), isWALArchiver: optional(false) },
  probes: { liveness: anything },
  postgresql: { syncReplicaElectionConstraint: optional({ enabled: false }) },
};

/** Further settings of the server are the operator's. None may be a command or a library to load. */
const parameters = (declared: object): Bound =>
  among(boundFields(declared), (value) => `(!k.matches("_(command|libraries)$") || ${value} == "")`);

function boundFields(object: object): Record<string, Bound> {
  const given = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, boundOf(name, value)]));
}

/** Returns the bound of a declared value: it is as declared, and has what the operator adds. */
function boundOf(name: string, value: unknown): Bound {
  if (Array.isArray(value)) return value.map((element) => boundOf("", element));
  if (typeof value !== "object" || value === null) return value as Bound;
  if (name === "parameters" && !("barmanObjectName" in value)) return parameters(value);
  return { ...boundFields(value), ...added[name] };
}

/** Returns the validations of a request that creates a scratch database. */
export function scratchValidations({ metadata, spec }: ScratchCluster): Validation[] {
  const fields: Record<string, Bound> = {
    ...boundFields(spec),
    ...Object.fromEntries(harmless.map((field) => [field, anything])),
    enableSuperuserAccess: optional(false),
    // The operator's own queries are in a ConfigMap.
    monitoring: optional(among({ customQueriesSecret: undefined }, () => "true")),
  };
  const declared = `the Cluster ${metadata.name} as the stack declares it`;
  const names = JSON.stringify(Object.keys(fields));
  return [
    {
      expression: holds("object.metadata.name", metadata.name),
      message: `only the Cluster ${metadata.name} may be created`,
    },
    {
      // Annotations of the operator change its pods, and what it archives.
      expression: ["annotations", "labels"]
        .map((field) => `(!has(object.metadata.${field}) || object.metadata.${field}.all(k, !k.contains("cnpg.io")))`)
        .join(" && "),
      message: `only ${declared} may be created: it has an annotation or a label of the operator`,
    },
    {
      expression: `object.spec.all(k, k in ${names})`,
      message: `only ${declared} may be created: its spec has another field`,
    },
    ...ofFields("object.spec", fields).flatMap((expression, index) => {
      const field = Object.keys(fields)[index]!;
      return fields[field] === anything
        ? []
        : [{ expression, message: `only ${declared} may be created: spec.${field} is another` }];
    }),
  ];
}
