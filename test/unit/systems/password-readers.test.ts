/** Generated passwords: every Deployment and StatefulSet that reads one rolls with a new value of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentHash } from "../../../components/identity/hash";
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { labImages } from "../../support/monitoring/settings";
import { writeOperatorManifest } from "../../support/operator-manifest";
import { runProgram, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const before = process.env.XDG_CACHE_HOME;
const cache = mkdtempSync(join(tmpdir(), "runsheet-passwords-"));

let program: RegisteredProgram;
beforeAll(async () => {
  process.env.XDG_CACHE_HOME = cache;
  writeOperatorManifest(join(cache, "runsheet", "manifests"));
  program = await runProgram(
    {
      "runsheet:systems": ["pm", "mued"],
      "runsheet:monitoring": { engine: "prometheus-operator", images: labImages },
      "mued:baseline": false,
      "mued:postgres": { engine: "external", host: "db.databases.svc" },
    },
    { "mued:postgresAdminPassword": "secret" },
  );
});

afterAll(() => {
  if (before === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = before;
  rmSync(cache, { recursive: true });
});

const revisions = (...passwords: string[]) =>
  passwords
    .map((name) => contentHash(`<generated ${name}>`))
    .sort()
    .join("-");

test.each([
  ["StatefulSet", "pm-redis", ["pm-redis"]],
  ["Deployment", "pm-redis-exporter", ["pm-redis"]],
  ["Deployment", "pm-backend", ["pm-postgresql-pm-app", "pm-redis"]],
  ["Deployment", "mued-postgres-exporter", ["mued-postgresql-mued"]],
])("%s %s", (kind, name, passwords) =>
  expect(program.inputs(kind, name).spec.template.metadata).toMatchObject({
    annotations: { "runsheet/secret-values": revisions(...passwords) },
  }),
);

test("no Deployment or StatefulSet that refers to such a Secret is without", () => {
  const generated = /^(pm|mued)-(redis$|postgresql)/;
  const readers = ["Deployment", "StatefulSet"].flatMap((kind) =>
    program
      .names(kind)
      .map((name) => program.inputs(kind, name).spec.template)
      .filter(({ spec }) =>
        spec.containers.some(({ env = [] }) => env.some(({ valueFrom }) => isOf(valueFrom, generated))),
      ),
  );
  expect(readers.length).toBeGreaterThanOrEqual(4);
  for (const { metadata } of readers)
    expect(metadata).toHaveProperty(["annotations", "runsheet/secret-values"], expect.any(String));
});

const isOf = (valueFrom: unknown, name: RegExp) =>
  name.test((valueFrom as { secretKeyRef?: { name: string } } | undefined)?.secretKeyRef?.name ?? "");
