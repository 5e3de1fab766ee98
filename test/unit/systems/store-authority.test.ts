/** An object store whose certificate is of an authority of its own: whatever reaches the store trusts it. */
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram, type PodSpec, type RegisteredProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----`;
const backups = { bucket: "backups", endpoint: "https://store.example", ca: pem("of the store") };
const both = `${pem("of the store")}\n${pem("of the database")}`;

let program: RegisteredProgram;
beforeAll(async () => {
  program = await runProgram(
    {
      "runsheet:systems": ["prism", "mued"],
      "runsheet:backups": backups,
      "mued:postgres": { engine: "existing", ca: pem("of the database") },
      "mued:baseline": false,
    },
    { "mued:databaseUrl": "postgresql://app:pw@db.example/mued" },
  );
});

const authorityIn = (secret: string) =>
  (program.inputs("Secret", secret).stringData as { value: Record<string, string> }).value["ca.crt"];

test("each Secret with keys has it, and with it that of a database elsewhere", () => {
  for (const secret of ["prism-object-store", "prism-object-store-retention"])
    expect(authorityIn(secret)).toBe(pem("of the store"));
  expect(authorityIn("mued-object-store")).toBe(both);
});

test("the archive has it, and what deletes from the archive", () => {
  const { configuration } = program.inputs("ObjectStore", "prism-postgresql").spec as { configuration?: unknown };
  expect(configuration).toMatchObject({
    endpointURL: "https://store.example",
    endpointCA: { name: "prism-object-store", key: "ca.crt" },
  });
  const { spec } = program.inputs("CronJob", "prism-postgresql-archive-retention").spec.jobTemplate.spec.template;
  expect(spec.containers[0].env).toContainEqual({ name: "AWS_CA_BUNDLE", value: "/secrets/0/ca.crt" });
});

test("every container that reaches the store has its file", () => {
  const pods = [
    ...program.names("Job").map((name) => [name, program.inputs("Job", name).spec.template.spec] as const),
    ...program
      .names("CronJob")
      .map((name) => [name, program.inputs("CronJob", name).spec.jobTemplate.spec.template.spec] as const),
  ];
  const containersOf = ({ containers, initContainers = [] }: PodSpec) =>
    [...containers, ...(initContainers as PodSpec["containers"][number][])].filter(({ env }) =>
      env?.some(({ name }) => name === "STORE_ENDPOINT"),
    );
  const found = pods.flatMap(([name, pod]) => containersOf(pod).map((container) => [name, pod, container] as const));
  expect(found.map(([name]) => name)).toEqual(expect.arrayContaining(["prism-dump", "mued-dump"]));
  for (const [name, { volumes }, { env, volumeMounts }] of found) {
    const path = env.find((each) => each.name === "NODE_EXTRA_CA_CERTS")?.value;
    const mount = volumeMounts.find(({ mountPath }) => path?.startsWith(`${mountPath}/`));
    const volume = volumes.find((each) => each.name === mount?.name) as unknown as { secret: { secretName: string } };
    expect([name, volume.secret.secretName]).toEqual([
      name,
      expect.stringMatching(/^(prism|mued)-object-store(-retention)?$/),
    ]);
  }
});
