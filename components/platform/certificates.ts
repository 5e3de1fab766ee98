import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { generate } from "selfsigned";

const years = (count: number) => new Date(Date.now() + count * 365 * 24 * 3600 * 1000);

/**
 * Creates a TLS Secret with a self-signed certificate, valid for ten years. The first certificate is kept, and later
 * runs' are ignored. To renew it, replace the resource (`pulumi up --target-replace`).
 */
export function selfSignedCertificate(
  secretName: string,
  namespace: pulumi.Input<string>,
  commonName: string,
  usage: "serverAuth" | "clientAuth",
  opts: pulumi.CustomResourceOptions,
): Secret {
  const certificate = generate([{ name: "commonName", value: commonName }], {
    keyType: "ec",
    notAfterDate: years(10),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", [usage]: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: commonName }] },
    ],
  });
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const data = pulumi.secret(
    certificate.then(({ cert, private: key }) => ({
      "tls.crt": base64(cert),
      "tls.key": base64(key),
      "ca.crt": base64(cert),
    })),
  );
  return new Secret(
    secretName,
    { metadata: { name: secretName, namespace }, type: "kubernetes.io/tls", data },
    { ...opts, ignoreChanges: ["data"] },
  );
}
