/** A private image from a registry that demands a login: what the node answers without it, and a rollout with it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubectl, serviceAddress } from "../support/cluster";
import { ApplicationImages } from "../support/teams/images";
import { registryLogin, TeamRegistry } from "../support/teams/registry";
import { execute, Workspace } from "../support/workspace";

const namespace = "private-images";
const directory = mkdtempSync(join(tmpdir(), "runsheet-private-images-"));
const workspace = new Workspace();
const environment = { PULUMI_BACKEND_URL: `file://${directory}/state`, PULUMI_STACK: "test" };
let registry: TeamRegistry;
let images: ApplicationImages;
let distrust: () => void;

/** Answers each request with the image's release. */
const program = `
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(open("/app/release", "rb").read())
http.server.ThreadingHTTPServer(("", int(os.environ.get("PORT", "3000"))), Handler).serve_forever()
`;

const pulumi = (...args: string[]) => {
  const stack = join(workspace.directory, "test", "long", "private-images");
  return execute("pulumi", [...args, "--non-interactive"], stack, environment);
};

async function succeeds(...args: string[]): Promise<string> {
  const { code, output } = await pulumi(...args);
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}: ${output}`);
  return output;
}

const up = ["up", "--yes", "--skip-preview"];

/** Runs an `up` that must fail before the workload. Returns its output. */
async function upFails(): Promise<string> {
  const { code, output } = await pulumi(...up);
  if (code === 0) throw new Error(`this up should have failed:\n${output}`);
  expect(await kubectl("get", "deployments", "-n", namespace, "-o", "name")).toBe("");
  return output;
}

const image = (release: string) => `${registry.host}/demo:${release}`;

beforeAll(async () => {
  mkdirSync(join(directory, "state"));
  mkdirSync(join(directory, "demo"));
  const demo = { command: ["python3", "/app/demo.py"], packages: [], files: ["demo.py"] };
  writeFileSync(join(directory, "demo", "images.json"), JSON.stringify({ demo }));
  writeFileSync(join(directory, "demo", "demo.py"), program);
  await kubectl("delete", "namespace", namespace, "--ignore-not-found");
  registry = await TeamRegistry.start();
  distrust = registry.trustedByLab();
  images = await ApplicationImages.create(join(directory, "demo"));
  for (const release of ["1.0.0", "1.0.1"]) await registry.push(await images.build("demo", release));
  await succeeds("stack", "init", "test");
  await succeeds("config", "set", "registry", registry.host);
  await succeeds("config", "set", "username", registryLogin.username);
  await succeeds("config", "set", "release", "1.0.0");
});
afterAll(async () => {
  await pulumi("destroy", "--yes", "--skip-preview");
  await kubectl("delete", "namespace", namespace, "--ignore-not-found");
  distrust();
  await registry.stop();
  images.remove();
  workspace.remove();
  rmSync(directory, { recursive: true });
});

test("without a login the error has the image and the registry's answer", async () => {
  const output = await upFails();
  expect(output).toContain(`FAILED the images: ${image("1.0.0")} cannot be pulled: ErrImagePull: `);
  expect(output).toContain("401 Unauthorized");
  expect(output).toContain("Set the password.");
});

test("a wrong password is answered in the same way", async () => {
  await succeeds("config", "set", "--secret", "password", "wrong");
  expect(await upFails()).toContain("401 Unauthorized");
});

test("with the right one the image runs, and a second up changes nothing", async () => {
  await succeeds("config", "set", "--secret", "password", registryLogin.password);
  expect(await succeeds(...up)).not.toContain(registryLogin.password);
  expect(await releaseServed()).toBe("1.0.0\n");
  expect(await succeeds(...up, "--expect-no-changes")).toMatch(/\d+ unchanged/);
});

test("a tag that is not there leaves the release that runs", async () => {
  await succeeds("config", "set", "release", "9.9.9");
  const { code, output } = await pulumi(...up);
  expect(code).not.toBe(0);
  expect(output).toContain(`FAILED the images: ${image("9.9.9")} cannot be pulled: ErrImagePull: `);
  expect(output).toContain(`${image("9.9.9")}: not found`);
  expect(await releaseServed()).toBe("1.0.0\n");
});

test("the next release is pulled with the same login", async () => {
  await succeeds("config", "set", "release", "1.0.1");
  await succeeds(...up);
  expect(await releaseServed()).toBe("1.0.1\n");
});

async function releaseServed(): Promise<string> {
  const address = await serviceAddress(namespace, "demo");
  return (await fetch(`http://${address}:3000/release`)).text();
}
