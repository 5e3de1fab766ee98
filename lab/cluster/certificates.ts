/**
 * Certificate authorities of the cluster, certificates of its components, and a kubeconfig for each client of the API.
 */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { run } from "../command";
import { kubeconfig, state } from "../paths";
import { apiServer, apiServiceAddress, clusterDomain, nodeAddress, nodeName } from "./addresses";

/**
 * Directory with `NAME.crt` and `NAME.key` of each authority and certificate, `NAME.kubeconfig` of each client of the
 * API, and `service-accounts.key` and `.pub`.
 */
export const certificates = join(state, "certificates");

interface Certificate {
  name: string;
  /** User name for the API server. */
  commonName: string;
  /** User group for the API server. */
  organization?: string;
  usage: "clientAuth" | "serverAuth";
  /** DNS names and IP addresses of a server. */
  alternativeNames?: string[];
  /** Issues a kubeconfig with this certificate as well. Default: false. */
  talksToTheApi?: boolean;
}

const apiNames = [
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  `kubernetes.default.svc.${clusterDomain}`,
];
const client = (name: string, commonName: string, organization?: string): Certificate => ({
  name,
  commonName,
  organization,
  usage: "clientAuth",
  talksToTheApi: true,
});

const wanted: Certificate[] = [
  {
    name: "kube-apiserver",
    commonName: "kube-apiserver",
    usage: "serverAuth",
    alternativeNames: [
      ...[...apiNames, "localhost", nodeName].map((name) => `DNS:${name}`),
      ...[nodeAddress, apiServiceAddress, "127.0.0.1"].map((address) => `IP:${address}`),
    ],
  },
  {
    name: "kubelet-server",
    commonName: nodeName,
    usage: "serverAuth",
    alternativeNames: [`DNS:${nodeName}`, `IP:${nodeAddress}`],
  },
  {
    name: "metrics-server-serving",
    commonName: "metrics-server",
    usage: "serverAuth",
    alternativeNames: ["DNS:metrics-server.kube-system.svc"],
  },
  { name: "kubelet-client", commonName: "kube-apiserver", organization: "system:masters", usage: "clientAuth" },
  { name: "front-proxy", commonName: "front-proxy", usage: "clientAuth" },
  client("admin", "runsheet-lab-admin", "system:masters"),
  client("kube-controller-manager", "system:kube-controller-manager"),
  client("kube-scheduler", "system:kube-scheduler"),
  client("kube-proxy", "system:kube-proxy"),
  client("kubelet", `system:node:${nodeName}`, "system:nodes"),
  client("coredns", "runsheet-lab:coredns"),
  client("local-path-provisioner", "runsheet-lab:local-path-provisioner"),
  client("metrics-server", "runsheet-lab:metrics-server"),
  client("network-policies", "runsheet-lab:network-policies"),
];

const tenYears = "3650";
const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Returns an openssl configuration with only these extensions. The default configuration would add others. */
const opensslConfiguration = (extensions: string[]) =>
  ["[req]", "distinguished_name = name", "x509_extensions = extensions", "[name]", "[extensions]", ...extensions].join(
    "\n",
  );

async function makeAuthority(directory: string, name: string): Promise<void> {
  const configuration = opensslConfiguration([
    "basicConstraints = critical,CA:TRUE",
    "keyUsage = critical,keyCertSign,cRLSign",
    "subjectKeyIdentifier = hash",
  ]);
  writeFileSync(join(directory, "openssl.cnf"), configuration);
  const files = ["-config", "openssl.cnf", "-keyout", `${name}.key`, "-out", `${name}.crt`];
  await run("openssl", ["req", "-x509", ...key, ...files, "-days", tenYears, "-subj", `/CN=runsheet-lab ${name}`], {
    cwd: directory,
  });
}

/**
 * Issues a certificate into `directory`, signed by an authority in the directory `signers`. Adds a kubeconfig if
 * required.
 */
async function issue(directory: string, certificate: Certificate, signers: string): Promise<void> {
  const { name, commonName, organization, usage, alternativeNames } = certificate;
  // The front proxy has its own authority: with the cluster's authority, any client could forge proxied requests.
  const authority = name === "front-proxy" ? "front-proxy-ca" : "ca";
  const configuration = opensslConfiguration([
    "basicConstraints = critical,CA:FALSE",
    "keyUsage = critical,digitalSignature",
    `extendedKeyUsage = ${usage}`,
    "authorityKeyIdentifier = keyid",
    ...(alternativeNames ? [`subjectAltName = ${alternativeNames.join(",")}`] : []),
  ]);
  const configurationFile = `${name}.cnf`;
  writeFileSync(join(directory, configurationFile), configuration);
  const files = ["-config", configurationFile, "-keyout", `${name}.key`, "-out", `${name}.crt`];
  const signer = ["-CA", join(signers, `${authority}.crt`), "-CAkey", join(signers, `${authority}.key`)];
  const subject = `${organization ? `/O=${organization}` : ""}/CN=${commonName}`;
  await run("openssl", ["req", "-x509", ...key, ...files, ...signer, "-days", tenYears, "-subj", subject], {
    cwd: directory,
  });
  rmSync(join(directory, configurationFile));
  if (certificate.talksToTheApi)
    writeFileSync(join(directory, `${name}.kubeconfig`), kubeconfigFor(directory, name, signers), { mode: 0o600 });
}

/** Creates the key pair that signs and verifies the tokens of service accounts. */
async function makeServiceAccountKeys(directory: string): Promise<void> {
  const [key, publicKey] = ["service-accounts.key", "service-accounts.pub"];
  await run("openssl", ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key], {
    cwd: directory,
  });
  await run("openssl", ["pkey", "-in", key, "-pubout", "-out", publicKey], { cwd: directory });
}

/** Returns a kubeconfig with embedded certificates, so that the file alone gives access. JSON is valid YAML. */
function kubeconfigFor(directory: string, name: string, signers: string): string {
  const base64 = (...path: string[]) => readFileSync(join(...path)).toString("base64");
  const cluster = { server: apiServer, "certificate-authority-data": base64(signers, "ca.crt") };
  const user = {
    "client-certificate-data": base64(directory, `${name}.crt`),
    "client-key-data": base64(directory, `${name}.key`),
  };
  return JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: nodeName, cluster }],
      users: [{ name: nodeName, user }],
      contexts: [{ name: nodeName, context: { cluster: nodeName, user: nodeName } }],
      "current-context": nodeName,
    },
    null,
    2,
  );
}

/** Creates all certificates in a temporary directory and renames it into place, so that either all exist or none. */
async function makeAll(): Promise<void> {
  const directory = mkdtempSync(`${certificates}.`);
  await makeAuthority(directory, "ca");
  await makeAuthority(directory, "front-proxy-ca");
  await Promise.all(wanted.map((certificate) => issue(directory, certificate, directory)));
  await makeServiceAccountKeys(directory);
  rmSync(join(directory, "openssl.cnf"));
  renameSync(directory, certificates);
}

/** Returns the file of a certificate that is written last. If it exists, the others exist too. */
const lastFile = ({ name, talksToTheApi }: Certificate) => `${name}.${talksToTheApi ? "kubeconfig" : "crt"}`;

/** Issues the certificates that are missing because an older checkout, with fewer components, created the lab. */
async function addMissing(): Promise<void> {
  const missing = wanted.filter((certificate) => !existsSync(join(certificates, lastFile(certificate))));
  const directory = mkdtempSync(`${certificates}.`);
  await Promise.all(missing.map((certificate) => issue(directory, certificate, certificates)));
  for (const certificate of missing)
    for (const file of [`${certificate.name}.key`, `${certificate.name}.crt`, lastFile(certificate)])
      if (existsSync(join(directory, file))) renameSync(join(directory, file), join(certificates, file));
  rmSync(directory, { recursive: true });
}

/** Returns the certificate of the cluster's authority, as PEM. */
export const certificateAuthority = () => readFileSync(join(certificates, "ca.crt"), "utf8");

/** Creates the missing certificates and the user's kubeconfig. */
export async function makeCertificates(): Promise<void> {
  mkdirSync(state, { recursive: true });
  // Volumes and dumps are below it. Pods have what they mount, whoever owns its parents.
  chmodSync(state, 0o700);
  await (existsSync(certificates) ? addMissing() : makeAll());
  const temporary = `${kubeconfig}.new`;
  writeFileSync(temporary, readFileSync(join(certificates, "admin.kubeconfig")), { mode: 0o600 });
  renameSync(temporary, kubeconfig);
}
