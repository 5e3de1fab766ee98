/** Access to the cluster of a kubeconfig's context. The server uses HTTPS, requires the token and knows two paths. */
import { generate } from "selfsigned";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createProxy } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execute } from "../../../support/workspace";

const directory = mkdtempSync(join(tmpdir(), "runsheet-kubeconfig-"));
const kubeconfig = join(directory, "kubeconfig");
let server: Server;
/** Proxy like `kubectl proxy`: it authenticates itself, whoever sends the request. */
const proxy = createProxy(({ headers }, response) =>
  response.end(JSON.stringify({ metadata: { uid: headers.authorization ?? "nobody's" } })),
);

beforeAll(async () => {
  const { cert, private: key } = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] }],
  });
  server = createServer({ cert, key }, ({ url, headers }, response) => {
    const answer = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body));
    if (headers.authorization !== "Bearer the-token") answer(401, { message: "Unauthorized" });
    else if (url === "/base/api/v1/secrets") answer(200, { accept: headers.accept });
    else if (url === "/base/api/v1/namespaces/kube-system") answer(200, { metadata: { uid: "a-uid" } });
    else if (url === "/base/api/v1/nodes") answer(403, { message: "nodes is forbidden: you may not" });
    else answer(404, { message: "not found" });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const [port, proxyPort] = [server, proxy].map((listening) => (listening.address() as AddressInfo).port);
  const ca = Buffer.from(cert).toString("base64");
  const cluster = (name: string, host: string) => ({
    name,
    cluster: { server: `https://${host}/base/`, "certificate-authority-data": ca },
  });
  const script = `printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"the-token"}}'`;
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "sh",
    args: ["-c", script],
    interactiveMode: "Never",
  };
  // Its first token has expired.
  const once = join(directory, "once");
  const renewed = `if [ -e ${once} ]; then ${script}; else touch ${once}; ${script.replace("the-token", "expired")}; fi`;
  const context = (name: string, of: string, user: string) => ({ name, context: { cluster: of, user } });
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: [
        cluster("here", `127.0.0.1:${port}`),
        cluster("gone", "127.0.0.1:1"),
        { name: "proxy", cluster: { server: `http://127.0.0.1:${proxyPort}` } },
      ],
      users: [
        { name: "token", user: { token: "the-token" } },
        { name: "plugin", user: { exec } },
        { name: "renewed", user: { exec: { ...exec, args: ["-c", renewed] } } },
        { name: "stranger", user: { token: "another" } },
      ],
      contexts: [
        context("by-token", "here", "token"),
        context("by-plugin", "here", "plugin"),
        context("renewed", "here", "renewed"),
        context("stranger", "here", "stranger"),
        context("gone", "gone", "token"),
        context("proxy", "proxy", "token"),
      ],
      "current-context": "gone",
    }),
  );
});
afterAll(() => {
  server.close();
  proxy.close();
  rmSync(directory, { recursive: true });
});

/**
 * Reads a path of the cluster. Returns the result or the error's message. Runs in a process of its own, since jest
 * cannot load ES modules.
 */
async function read(context: string, path: string, environment: Record<string, string> = {}): Promise<string> {
  const program = `require("./components/kubernetes/kubeconfig.ts").clusterReader("${context}").then((read) => read("${path}"))
    .then((found) => console.log(JSON.stringify(found) ?? "nothing"), (error) => console.log(error.message))`;
  const { output } = await execute("node", ["--require", "./register.cjs", "--eval", program], undefined, {
    KUBECONFIG: kubeconfig,
    ...environment,
  });
  return output.trim();
}

test.each(["clusterReader", "clusterWriter"])(
  "%s reads of a list the metadata alone, if that is asked for",
  async (by) => {
    const program = `const { ${by} } = require("./components/kubernetes/kubeconfig.ts");
    (async () => {
      const connected = await ${by}("by-token");
      const read = connected.read ?? connected;
      for (const form of [undefined, "metadata"]) console.log((await read("/api/v1/secrets", form)).accept);
    })()`;
    const { output } = await execute("node", ["--require", "./register.cjs", "--eval", program], undefined, {
      KUBECONFIG: kubeconfig,
    });
    expect(output.trim().split("\n")).toEqual([
      "application/json",
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
    ]);
  },
);

const kubeSystem = "/api/v1/namespaces/kube-system";

test.each(["by-token", "by-plugin"])("it is read %s", async (context) =>
  expect(await read(context, kubeSystem)).toBe('{"metadata":{"uid":"a-uid"}}'),
);

test("it is read with a new token once the first has expired", async () =>
  expect(await read("renewed", kubeSystem)).toBe('{"metadata":{"uid":"a-uid"}}'));

test("it is read through kubectl proxy, without the token", async () =>
  expect(await read("proxy", kubeSystem)).toBe(`{"metadata":{"uid":"nobody's"}}`));

test("what is not there is nothing", async () => expect(await read("by-token", "/api/v1/pods")).toBe("nothing"));

test("what may not be read is an error with the server's words", async () => {
  expect(await read("by-token", "/api/v1/nodes")).toMatch(
    /^https:\/\/127\.0\.0\.1:\d+\/base\/api\/v1\/nodes answers with 403: nodes is forbidden: you may not$/,
  );
  expect(await read("stranger", kubeSystem)).toMatch(/kube-system answers with 401: Unauthorized$/);
});

test("a cluster that is not there is an error", async () =>
  expect(await read("gone", kubeSystem)).toBe("connect ECONNREFUSED 127.0.0.1:1"));

test("an unknown context is an error that names those of the kubeconfig", async () =>
  expect(await read("nowhere", kubeSystem)).toBe(
    'the kubeconfig has no context "nowhere"; contexts: by-token, by-plugin, renewed, stranger, gone, proxy',
  ));

test("a kubeconfig that is not there is an error", async () =>
  expect(await read("by-token", kubeSystem, { KUBECONFIG: "/no/kubeconfig" })).toMatch(/\/no\/kubeconfig/));
