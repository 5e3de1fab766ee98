/** AI Backend's Ingress with a Traefik that is built for it: TLS from the Secret, and a rate limit for each client. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import type { TLSSocket } from "node:tls";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { hostAddress } from "../../lab/cluster/addresses";
import { eventually, kubectl } from "../support/cluster";
import { FaultyStack } from "../support/faulty-stack";
import { startIngressController, type IngressController } from "../support/ingress-controller";

const host = "ai-backend.test";
const stack = new FaultyStack();
let controller: IngressController;

beforeAll(async () => {
  controller = await startIngressController();
  const { cert, private: key } = await generate([{ name: "commonName", value: host }], { keyType: "ec" });
  const directory = mkdtempSync(join(tmpdir(), "runsheet-ingress-"));
  const files = { cert: join(directory, "tls.crt"), key: join(directory, "tls.key") };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  const secret = ["create", "secret", "tls", "ai-backend-certificate", "-n", "ai-backend"];
  await kubectl(...secret, `--cert=${files.cert}`, `--key=${files.key}`);
  rmSync(directory, { recursive: true });
});
afterAll(async () => {
  stack.configure({ "ai-backend:ingress": undefined });
  await stack.upSucceeds();
  await stack.leave();
  await kubectl("delete", "secret", "-n", "ai-backend", "ai-backend-certificate");
  await controller.stop();
});

interface Answer {
  readonly status: number | undefined;
  readonly certificate: string;
}

/** Sends a request as an external client does. */
const ask = (path: string) =>
  new Promise<Answer>((resolve, reject) => {
    const options = {
      host: hostAddress,
      port: controller.port,
      path,
      servername: host,
      headers: { host },
      agent: false,
    };
    // The certificate is self-signed.
    const asked = request({ ...options, rejectUnauthorized: false }, (response) => {
      const { CN } = (response.socket as TLSSocket).getPeerCertificate().subject;
      response.resume().on("end", () => resolve({ status: response.statusCode, certificate: String(CN) }));
    });
    asked.on("error", reject).end();
  });

test("users get TLS with the Secret's certificate, and a limit on their requests", async () => {
  // Traefik is a process on this machine, which no policy keeps out.
  const limit = { requestsPerSecond: 2, burst: 5, controllerNamespace: "default" };
  stack.configure({ "ai-backend:ingress": { host, tlsSecret: "ai-backend-certificate", ...limit } });
  await stack.upSucceeds();
  await eventually("the ingress leads to the service", async () => (await ask("/health")).status === 200);
  expect(await ask("/health")).toEqual({ status: 200, certificate: host });
  const statuses = (await Promise.all(Array.from({ length: 20 }, () => ask("/health/live")))).map(
    ({ status }) => status,
  );
  process.stderr.write(`  twenty requests at once: ${statuses.join(" ")}\n`);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(13);
  expect(statuses.filter((status) => status !== 429 && status !== 200)).toEqual([]);
  await eventually("who waits is served again", async () => (await ask("/health")).status === 200);
});
