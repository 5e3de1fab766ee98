/** Generated passwords: every Deployment and StatefulSet that reads one rolls with a new value of it. */
import { contentHash } from "../../../components/identity/hash";
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { labImages } from "../../support/monitoring/settings";
import { useOperatorManifest } from "../../support/operator-manifest";
import { runProgram, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

useOperatorManifest();

let program: RegisteredProgram;
beforeAll(async () => {
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
