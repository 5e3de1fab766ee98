/**
 * Size of the Redis volume in the outputs, with which the next `up` compares. Without a volume in this `up`, the
 * previous outputs are kept.
 */
import * as pulumi from "@pulumi/pulumi";
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { collectResources, settled } from "../../support/mocks";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const configuration = {
  "runsheet:context": "somewhere",
  "runsheet:systems": '["prism"]',
  "runsheet:platform": '{"install":false}',
  "runsheet:protect": "false",
  "prism:release": "5.0.0",
  "prism:application": '{"standIn":true}',
  "prism:generateSecrets": "true",
  "prism:postgres": '{"engine":"cloudnativepg"}',
  "prism:redis": '{"engine":"kubernetes","storage":"2Gi"}',
};
const statefulSet = "kubernetes:apps/v1:StatefulSet";
const made = { storage: "2Gi" };

test.each([
  ["made the first time", {}, undefined, made],
  ["not made the first time", {}, statefulSet, undefined],
  ["there, and left out", { prism: { namespace: "prism", redis: made } }, statefulSet, made],
])("%s", async (_, before, leftOut, expected) => {
  jest.resetModules();
  collectResources("runsheet", "test", before, leftOut);
  pulumi.runtime.setAllConfig(configuration, []);
  const main = jest.requireActual<() => Promise<Record<string, { redis: pulumi.Output<unknown> }>>>("../../../index");
  const { prism } = await main();
  await settled();
  expect(await new Promise((resolve) => prism!.redis.apply(resolve))).toEqual(expected);
});
