/**
 * System that moves to another major version of PostgreSQL by a dump: its databases, and their records in the outputs.
 */
import * as pulumi from "@pulumi/pulumi";
import { databasesOf, emptyCluster, readerOf } from "../support/cluster-reader";
import { collectResources, settled } from "../support/mocks";

jest.mock("../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf({ ...emptyCluster, ...databasesOf("prism", "prism-postgresql") })),
}));

const image = "registry.example/postgresql:18.1";
const promised = { cpu: "500m", memory: "2Gi" };
const earlier = { image: "registry.example/postgresql:17.6", storage: "10Gi" };
const left = {
  prism: { database: { live: "prism-postgresql", server: "prism-postgresql-1a2b3c4d", ...earlier, givenUp: [] } },
};

test("the new one has the new image, the old one its own, and both are recorded", async () => {
  const resources = collectResources("runsheet", "test", left);
  const secrets = ["runsheet:backupsAccessKeyId", "runsheet:backupsSecretAccessKey"];
  pulumi.runtime.setAllConfig(
    {
      "runsheet:context": "somewhere",
      "runsheet:systems": '["prism"]',
      "runsheet:platform": '{"install":false}',
      "runsheet:backups": '{"bucket":"backups"}',
      ...Object.fromEntries(secrets.map((key) => [key, "generated"])),
      "prism:release": "5.0.0",
      "prism:application": '{"standIn":true}',
      "prism:generateSecrets": "true",
      "prism:postgres": JSON.stringify({ engine: "cloudnativepg", storage: "20Gi", image, resources: promised }),
      "prism:redis": '{"engine":"kubernetes","storage":"2Gi"}',
      "prism:restore": '{"from":"daily/20261127T010000Z","replaces":"prism-postgresql"}',
    },
    secrets,
  );
  // Loaded late, since the program registers its resources when it is loaded.
  const main = jest.requireActual<() => Promise<{ prism: object }>>("../../index");
  const { prism } = await main();
  const shown = await new Promise((resolve) => pulumi.output(prism).apply(resolve));
  await settled();

  const clusters = resources.filter(({ type }) => type.endsWith(":Cluster"));
  const name = clusters.map((cluster) => cluster.name).find((each) => each !== "prism-postgresql")!;
  const made = (of: string) => {
    const { imageName, storage } = clusters.find((cluster) => cluster.name === of)!.inputs.spec as {
      imageName: string;
      storage: { size: string };
    };
    return { image: imageName, storage: storage.size };
  };
  expect(made(name)).toEqual({ image, storage: "20Gi" });
  expect(made("prism-postgresql")).toEqual(earlier);
  expect(shown).toMatchObject({
    database: {
      live: name,
      image,
      storage: "20Gi",
      givenUp: [{ name: "prism-postgresql", server: "prism-postgresql-1a2b3c4d", ...earlier }],
    },
    redis: { storage: "2Gi" },
  });
  // The Job that fills the new database uses the new version, too.
  const filling = resources.find((each) => each.type.endsWith(":Job") && each.name === "prism-restore")!;
  expect(JSON.stringify(filling.inputs)).toContain(`"image":"${image}"`);
  // The database that is given up gets a last commit. A later restore from its archive can then reach every earlier
  // moment.
  const check = resources.find((each) => each.type.endsWith(":Job") && each.name === "prism-restore-check")!;
  const { initContainers } = (check.inputs.spec as { template: { spec: { initContainers: { command: string[] }[] } } })
    .template.spec;
  expect(initContainers.map(({ command }) => command.join(" "))).toEqual([
    expect.stringContaining("pg_logical_emit_message(true, 'runsheet', 'a restore')"),
  ]);
});
