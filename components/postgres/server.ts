/** The part of a Cluster's specification that is the same for all of its servers, and for a copy of them. */
import { requirements, type Resources } from "./sizing";

export interface ServerArgs {
  /** An image of CloudNativePG's kind; its tag begins with the major version. */
  readonly image: string;
  /** Size of each server's volume. Default: 1Gi. */
  readonly storage?: string;
  /** Size of each server's volume for the log alone. Default: the log lies with the data. */
  readonly walStorage?: string;
  /** Class of the volumes that are made from now on. Default: the cluster's own. */
  readonly storageClass?: string;
  /** What each server is promised of its node, and may take. Default: nothing is promised, and there is no limit. */
  readonly resources?: Resources;
}

export const defaultStorage = "1Gi";

export const serverSpec = ({ image, storage = defaultStorage, walStorage, storageClass, resources }: ServerArgs) => ({
  imageName: image,
  storage: { size: storage, storageClass },
  walStorage: walStorage && { size: walStorage, storageClass },
  resources: resources && requirements(resources),
  // Every second instead of every ten, so that readiness is noticed at once. The operator's hour for a start still holds.
  probes: { startup: { periodSeconds: 1 } },
});
