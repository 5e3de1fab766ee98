/** The check of a system's restore, before anything is given up for it. */
import type * as pulumi from "@pulumi/pulumi";
import { verificationOn } from "../migrations";
import type { BackupAccess } from "../object-store";
import { Login, loginName, restoredCluster, type RestoredClusterArgs } from "../postgres";
import { RestoreCheck, type Rehearsal, type RestoreArgs, type RestoreSource } from "../backups/restore";
import type { SystemArgs } from "./args";
import { databaseName, type SystemDescription } from "./description";
import { firstDatabase } from "./database-plan";
import type { MountedSchema } from "./schema";
import type { CommonSettings } from "./settings";

/** Parts of a system that its database or a restore of it needs. */
export interface Surroundings {
  readonly namespace: pulumi.Input<string>;
  /** Default: the stack has no backups. */
  readonly store: BackupAccess | undefined;
  /** Schema with which a rehearsed restore is verified. Default: the system has no migrations. */
  readonly schema: MountedSchema | undefined;
}

/**
 * Checks that the backup can be restored. A restore of everything that the live database has written (`latest`) is
 * rehearsed beside it, since that database is stopped before the restore.
 */
export function restoreCheck(
  system: SystemDescription,
  { namespace, store, schema }: Surroundings,
  source: RestoreSource,
  server: RestoredClusterArgs["server"] & Pick<RestoredClusterArgs, "parameters">,
  args: SystemArgs<CommonSettings>,
  parent: pulumi.Resource,
): RestoreCheck {
  const name = `${system.name}-restore-check`;
  const { images } = args;
  const { name: target, givenUp, before } = args.databases;
  const first = firstDatabase(system.name);
  const isKnown = [target, ...givenUp.map(({ name }) => name)].includes(first);
  const checked = {
    ...restoreArgs(system.name, namespace, store, args),
    unknown: isKnown ? undefined : first,
    target,
    replaces: before?.live,
  };
  const archived = before?.live !== undefined && before.server !== undefined ? before.live : undefined;
  if (archived === undefined) return new RestoreCheck(name, source, { ...checked, ownArchive: false }, { parent });

  const database = databaseName(system.name);
  const owner = new Login(loginName(archived, database), undefined);
  const live = { name: archived, owner, image: images.postgresql };
  if (!("server" in source) || source.server !== before?.server)
    return new RestoreCheck(name, source, { ...checked, live, ownArchive: false }, { parent });

  const application = { objectStore: archived, database, owner: database, secret: { name: owner.secret } };
  const rehearsal = (): Rehearsal => ({
    cluster: (name) => restoredCluster(name, { server, parameters: server.parameters, recovery: source, application }),
    verification: schema && verification(schema),
  });
  const verification = ({ source, files }: MountedSchema) => ({
    files,
    container: (host: string) => verificationOn(host, { images, source, owner }),
  });
  const toTheEnd = source.point === "latest";
  return new RestoreCheck(
    name,
    source,
    { ...checked, live, ownArchive: true, rehearsal: toTheEnd ? rehearsal() : undefined },
    { parent },
  );
}

/**
 * Returns the arguments that every task of a restore needs.
 * @throws Error if the stack has no object store, which stack/config.ts refuses beforehand
 */
export function restoreArgs(
  system: string,
  namespace: pulumi.Input<string>,
  store: BackupAccess | undefined,
  { images, settings, admissionPolicies }: SystemArgs<CommonSettings>,
): RestoreArgs {
  if (!store) throw new Error("there is no object store to restore from: set runsheet:backups");
  const { storage = "1Gi" } = settings.dump ?? {};
  const { deadlineSeconds = 3600, unsigned = false } = settings.restore ?? {};
  const limit = { deadlineSeconds, deadlineKey: `${system}:restore.deadlineSeconds` };
  return { namespace, image: images.node, access: store.backup, unsigned, storage, ...limit, admissionPolicies };
}
