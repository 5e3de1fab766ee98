/** Addresses of the lab. The host reaches all of them through one veth pair, whose host side is `hostInterface`. */

/** Network that contains all addresses below. No route of the host may overlap it. */
export const network = "10.213.0.0/16";

/** Host side of the veth pair: interface and address. */
export const hostInterface = "runsheet0";
export const hostAddress = "10.213.0.1";

/** Lab side of the veth pair: address of the node and of the API server. */
export const nodeAddress = "10.213.0.2";
export const nodeName = "runsheet-lab";
export const apiServer = `https://${nodeAddress}:6443`;

/**
 * Notification receiver on the node, in place of Slack. Pods and this machine reach it. Pulumi.local.yaml repeats the
 * URL.
 */
export const notificationPort = 8085;
export const notificationReceiver = `http://${nodeAddress}:${notificationPort}`;

/**
 * Object store (S3) on the node, with its only bucket. Pods and this machine reach it. Pulumi.local.yaml repeats both.
 */
export const objectStorePort = 9000;
export const objectStoreUrl = `http://${nodeAddress}:${objectStorePort}`;
export const bucket = "runsheet";

export const podNetwork = "10.213.64.0/18";
export const serviceNetwork = "10.213.128.0/18";

/** Address of the service `kubernetes`: always the first of the service network. */
export const apiServiceAddress = "10.213.128.1";
/** Address of the service `kube-dns`, the nameserver of every pod. */
export const dnsServiceAddress = "10.213.128.10";
export const clusterDomain = "cluster.local";
