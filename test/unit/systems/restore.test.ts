/** Order of a restore in a system's runbook: the cluster records the live database after the verification. */
import * as pulumi from "@pulumi/pulumi";
import { databasesOf, emptyCluster, readerOf, uid } from "../../support/cluster-reader";
import { collectResources, settled } from "../../support/mocks";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf({ ...emptyCluster, ...databasesOf("a-prism", "prism-postgresql") })),
}));

const live = "prism-postgresql";
const database = { live, server: `${live}-1a2b3c4d`, givenUp: [] };
const configuration = {
  "runsheet:context": "somewhere",
  "runsheet:systems": '["prism"]',
  "runsheet:namespacePrefix": "a-",
  "runsheet:platform": '{"install":false}',
  "runsheet:protect": "false",
  "runsheet:backups": '{"bucket":"backups"}',
  "runsheet:backupsAccessKeyId": "key",
  "runsheet:backupsSecretAccessKey": "secret",
  "prism:release": "5.0.0",
  "prism:application": '{"standIn":true}',
  "prism:generateSecrets": "true",
  "prism:postgres": '{"engine":"cloudnativepg"}',
  "prism:redis": '{"engine":"kubernetes"}',
  "prism:restore": JSON.stringify({ from: "latest", replaces: live }),
};

test("the restored database is recorded once verified, before anything else goes on", async () => {
  const mued = { namespace: "a-mued", database: { live: "mued-postgresql", givenUp: [] } };
  const resources = collectResources("runsheet", "test", { prism: { namespace: "a-prism", database }, mued });
  const secrets = Object.keys(configuration).filter((key) => key.includes("Key"));
  pulumi.runtime.setAllConfig(configuration, secrets);
  const main =
    jest.requireActual<() => Promise<Record<string, { database: pulumi.Output<unknown> }>>>("../../../index");
  const outputs = await main();
  await settled();

  const steps = resources.filter(({ type }) => type === "runsheet:index:Step").map(({ name }) => name);
  expect(steps.slice(0, 4)).toEqual([
    "prism-environment",
    "prism-restore",
    "prism-live-database",
    "prism-prerequisites",
  ]);
  const record = resources.find(({ type, name }) => type.endsWith(":ConfigMap") && name === "prism-live-database")!;
  const { databases } = record.inputs.data as { databases: string };
  const shown = await new Promise((resolve) => outputs.prism!.database.apply(resolve));
  expect(record.inputs.metadata).toMatchObject({ name: "live-database", namespace: "a-prism" });
  expect(JSON.parse(databases)).toEqual(shown);
  expect(shown).toEqual({
    live: expect.stringMatching(/^prism-postgresql-[0-9a-f]{6}$/) as string,
    server: expect.stringContaining("<id of prism-postgresql-") as string,
    image: expect.stringContaining("postgresql:17") as string,
    storage: "1Gi",
    givenUp: [{ name: live, server: `${live}-1a2b3c4d` }],
  });
  // Outputs of the system that is no longer in the stack.
  expect(outputs.absent).toEqual({ mued });
  expect(outputs.cluster).toEqual({ uid });
});
