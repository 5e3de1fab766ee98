/** The lab's addresses. The host reaches all of them through one veth pair, whose host side is `hostInterface`. */

/** Holds every address below. No route of the host may overlap it. */
export const network = "10.213.0.0/16";

/** The host's side of the veth pair, and its address there. */
export const hostInterface = "runsheet0";
export const hostAddress = "10.213.0.1";

/** The lab's side of the veth pair: the node's address, and the API server's. */
export const nodeAddress = "10.213.0.2";
export const nodeName = "runsheet-lab";
export const apiServer = `https://${nodeAddress}:6443`;

/** Where the node takes notifications in the place of Slack, from pods and from this machine. Pulumi.local.yaml has it too. */
export const notificationPort = 8085;
export const notificationReceiver = `http://${nodeAddress}:${notificationPort}`;

/** Where the node serves S3, to pods and to this machine, and the one bucket. Pulumi.local.yaml has them too. */
export const objectStorePort = 9000;
export const objectStoreUrl = `http://${nodeAddress}:${objectStorePort}`;
export const bucket = "runsheet";

export const podNetwork = "10.213.64.0/18";
export const serviceNetwork = "10.213.128.0/18";

/** The service `kubernetes`: always the first address of the services. */
export const apiServiceAddress = "10.213.128.1";
/** The service `kube-dns`, which every pod's resolver asks. */
export const dnsServiceAddress = "10.213.128.10";
export const clusterDomain = "cluster.local";
