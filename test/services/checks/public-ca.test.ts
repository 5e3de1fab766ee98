/** A public URL whose certificate is of an authority that only the stack knows. */
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChecks } from "../../support/checks-runner";
import { TestAuthority } from "../test-authority";

let server: Server;
let url: string;
const file = join(tmpdir(), `runsheet-public-ca-${process.pid}.pem`);

beforeAll(async () => {
  const [authority, other] = await Promise.all([TestAuthority.create(), TestAuthority.create("a database's")]);
  server = createServer(await authority.issue(["127.0.0.1"]), (_, response) => response.end("{}"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  // As the stack writes it: that of a database comes after it.
  await writeFile(file, `${authority.pem}\n${other.pem}`);
});
afterAll(() => server.close());

const reach = (environment: Record<string, string>) =>
  runChecks([{ name: "users reach it", url, answer: {}, withinSeconds: 0, timeoutSeconds: 60 }], { environment });

test("it is trusted with the stack's authority, and with no other", async () => {
  expect(await reach({ NODE_EXTRA_CA_CERTS: file })).toMatchObject({ code: 0, stderr: "" });
  expect((await reach({})).stderr).toMatch(/was not answered: fetch failed: .*certificate/);
});
