/** Program of the copy: databases that are restored and verified, and nothing else of the stack. */
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Secret } from "@pulumi/kubernetes/core/v1";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { pullingFrom, pullSecret, type RegistryLogins } from "../../components/kubernetes/registries";
import { systemNamespace } from "../../components/kubernetes/namespace";
import { NetworkIsolation } from "../../components/kubernetes/network-isolation";
import { Task } from "../../components/kubernetes/task";
import { sourceFiles, verificationOn, type MigrationImages, type MigrationSource } from "../../components/migrations";
import { storeKeys } from "../../components/object-store";
import { loginSecret } from "../../components/postgres/database";
import { recoveryOf } from "../../components/postgres/recovery";
import { destinationsOf } from "../../components/system/destinations";
import { pullSecretName } from "../../components/system/private-images";
import { toServers } from "../../components/system/network";
import type { NetworkSettings } from "../../components/system/network-settings";

/** Database to restore. */
export interface Restored {
  readonly system: string;
  /** Namespace of the copy. */
  readonly namespace: string;
  /** Name of the Cluster. */
  readonly name: string;
  /** Name in SQL, which is its owner's as well. */
  readonly database: string;
  /** Server name in the archive. */
  readonly server: string;
  /** Specification of its servers: that of the original, without what archives. */
  readonly spec: Readonly<Record<string, unknown>>;
  /** Keys with which its backups are read. */
  readonly keys: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Logins at registries of private images. */
  readonly logins: RegistryLogins;
  /** Migrations whose verify scripts it has to pass. Default: it passes when it is ready. */
  readonly migrations?: MigrationSource;
  /** Network settings of the original: where the operator, DNS and the API server are. */
  readonly network: NetworkSettings;
}

export interface CopyArgs {
  readonly context: string;
  readonly store: {
    readonly endpoint: string;
    readonly bucket: string;
    /** Prefix of the original's backups. */
    readonly prefix: string;
    readonly region: string;
    /** Authority that signed the server's certificate, as PEM. Default: the publicly trusted ones. */
    readonly ca?: string;
  };
  readonly images: MigrationImages;
  readonly databases: readonly Restored[];
  /** Limit for a database to be restored, in seconds. */
  readonly seconds: number;
}

/**
 * Restores each database to the end of its archive, and verifies it. The copy has no application, no schedule and no
 * message, and of the secrets only the keys of the store and the logins of private images. Its databases archive nothing, so
 * that nothing is written there.
 * Network policies let in the operator alone, and out to the store, the API server and the ports of `network.outside`.
 */
export function copyOf({ context, store, images, databases, seconds }: CopyArgs): void {
  const provider = new Provider("cluster", { context, kubeconfig: "", enableServerSideApply: true });
  for (const restored of databases) {
    const { system, name, database, server, spec, keys, logins, migrations } = restored;
    const namespace = isolated(restored, store.endpoint, provider);
    const parent = new pulumi.ComponentResource(
      "runsheet:drill:RestoredDatabase",
      system,
      {},
      { providers: [provider], transformations: [pullingFrom(pullSecretName(system), Object.keys(logins))] },
    );
    const opts = { parent };
    const pulls = Object.keys(logins).length > 0 ? [pullSecret(pullSecretName(system), namespace, logins, opts)] : [];
    const { endpoint, bucket, prefix, region, ca } = store;
    const secret = new Secret(
      `${system}-store`,
      {
        metadata: { name: `${system}-store`, namespace },
        stringData: pulumi.secret({
          [storeKeys.accessKeyId]: keys.accessKeyId,
          [storeKeys.secretAccessKey]: keys.secretAccessKey,
          [storeKeys.region]: region,
          ...(ca && { [storeKeys.ca]: ca }),
        }),
      },
      opts,
    ).metadata.name;
    const key = (of: keyof typeof storeKeys) => ({ name: secret, key: storeKeys[of] });
    const archive = new CustomResource(
      `${system}-archive`,
      {
        apiVersion: "barmancloud.cnpg.io/v1",
        kind: "ObjectStore",
        metadata: { name, namespace },
        spec: {
          configuration: {
            destinationPath: `s3://${bucket}/${prefix}/${system}/archive`,
            endpointURL: endpoint,
            ...(ca && { endpointCA: key("ca") }),
            s3Credentials: {
              accessKeyId: key("accessKeyId"),
              secretAccessKey: key("secretAccessKey"),
              region: key("region"),
            },
          },
        },
      },
      opts,
    );
    const password = new random.RandomPassword(`${system}-owner`, { length: 32, special: false }, { parent }).result;
    const host = pulumi.interpolate`${name}-rw.${namespace}`;
    const owner = loginSecret(
      `${name}-owner`,
      namespace,
      { host, port: 5432, database, username: database, password },
      opts,
    );
    const cluster = new CustomResource(
      `${system}-database`,
      {
        apiVersion: "postgresql.cnpg.io/v1",
        kind: "Cluster",
        metadata: {
          name,
          namespace,
          annotations: { "pulumi.com/waitFor": "condition=Ready" },
        },
        spec: {
          ...spec,
          instances: 1,
          ...recoveryOf(
            { server, point: "latest" },
            {
              objectStore: archive.metadata.name,
              ...{ database, owner: database, secret: { name: owner.secret } },
            },
          ),
        },
      },
      { parent, dependsOn: pulls, customTimeouts: { create: `${seconds}s` } },
    );
    if (!migrations) continue;
    const files = sourceFiles(system, { namespace, source: migrations }, parent);
    const verification = verificationOn(`${name}-rw`, { images, source: migrations, owner });
    new Task(
      `${system}-verification`,
      { ...verification, namespace, files, trigger: [cluster.metadata.uid], deadlineSeconds: 3600 },
      { parent, dependsOn: cluster },
    );
  }
}

/** Makes a namespace and its policies, and resolves to its name once they are there. */
function isolated(
  { system, namespace, network }: Pick<Restored, "system" | "namespace" | "network">,
  endpoint: string,
  provider: Provider,
): pulumi.Output<string> {
  const { dns, operator, outside } = network;
  const args = {
    namespace: systemNamespace(system, { provider }, namespace).metadata.name,
    nameservers: dns,
    // The API server may be at a port that only the configuration knows.
    outside: pulumi.output({ ports: outside, namespaces: [] }),
    operations: destinationsOf([endpoint]),
    ...{ application: [], silent: [], openings: [toServers(system, { operator })] },
  };
  return new NetworkIsolation(system, args, { providers: [provider] }).namespace;
}
