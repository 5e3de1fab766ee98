/** Checks of what users reach: through DNS, TLS and the ingress. */
import type * as pulumi from "@pulumi/pulumi";
import type { Check, HttpCheck } from "../checks";
import { literally } from "../checks/literally";
import { AppSecrets } from "../kubernetes/app-secrets";
import type { Environment } from "../kubernetes/environment";
import type { CommonSettings } from "./settings";

/** Tells whether one of the checks is asked at `publicUrl`. */
export const areAsUsersReach = ({ publicUrl }: CommonSettings, checks: readonly Check[]): boolean =>
  publicUrl !== undefined && checks.some((check) => "url" in check && check.url.startsWith(literally(publicUrl)));

const key = "ca.crt";

/** Variables with which Node.js trusts `publicCa` beside the authorities of the database and Redis. Empty without it. */
export function publicTrust(
  system: string,
  { publicCa, postgres, redis }: CommonSettings,
  namespace: pulumi.Input<string>,
  opts: pulumi.ComponentResourceOptions,
): Environment {
  if (publicCa === undefined) return {};
  const others = [postgres, redis].flatMap((server) => (server && "ca" in server && server.ca ? [server.ca] : []));
  const values = { [key]: [publicCa, ...others].join("\n") };
  const { secret } = new AppSecrets(`${system}-public-ca`, { namespace, values }, opts);
  return { NODE_EXTRA_CA_CERTS: { secret, key, asFile: true } };
}

/** Returns a check for a path below `publicUrl`. None if the stack does not have it. */
export function asUsersReach(
  { publicUrl }: CommonSettings,
  path: string,
  expected: Pick<HttpCheck, "headers" | "answer" | "mediaType"> = {},
): Check[] {
  if (publicUrl === undefined) return [];
  return [
    {
      name: `users reach ${path}`,
      url: `${literally(publicUrl).replace(/\/$/, "")}${path}`,
      timeoutSeconds: 10,
      // A name or a certificate may be as new as the ingress.
      withinSeconds: 120,
      hint: "The application answers inside the cluster. Look at the DNS record, the certificate and the ingress.",
      ...expected,
    },
  ];
}
