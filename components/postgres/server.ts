/** Specification that all servers of a Cluster and a copy of it have in common. */
import { mebibytes } from "../kubernetes/quantity";
import { requirements, type Resources } from "./sizing";

export interface ServerArgs {
  /** Image for CloudNativePG. Its tag begins with the major version. */
  readonly image: string;
  /** Size of each server's volume. Default: 1Gi. */
  readonly storage?: string;
  /** Size of a separate volume for the WAL of each server. Default: none. The WAL is on the data's volume. */
  readonly walStorage?: string;
  /** Storage class of new volumes. Default: the cluster's default storage class. */
  readonly storageClass?: string;
  /** Secrets with the login of the image's registry. Default: none. */
  readonly imagePullSecrets?: readonly { readonly name: string }[];
  /** Requests and limits of each server. Default: none. */
  readonly resources?: Resources;
}

export const defaultStorage = "1Gi";

/** Directories of a server that are no volumes of its own. A pod that writes more is evicted; to /dev/shm it cannot write more. */
const directories = (memory = "0") => ({
  // Parallel queries share memory there, which counts as the server's.
  shm: mebibytes(memory) > 1024 ? memory : "1Gi",
  // The operator's program, and what Barman sends or has fetched ahead.
  temporaryData: "2Gi",
});

export const serverSpec = ({
  image,
  imagePullSecrets,
  storage = defaultStorage,
  walStorage,
  storageClass,
  resources,
}: ServerArgs) => ({
  imageName: image,
  imagePullSecrets,
  storage: { size: storage, storageClass },
  walStorage: walStorage && { size: walStorage, storageClass },
  resources: resources && requirements(resources),
  ephemeralVolumesSizeLimit: directories(resources?.memoryLimit ?? resources?.memory),
  // Probes every second instead of every ten, so that readiness is noticed at once. The operator's start timeout of an
  // hour is unchanged.
  probes: { startup: { periodSeconds: 1 } },
});
