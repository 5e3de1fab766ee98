/** Token of a pod's account: in the containers that ask the API server, and in no other. */
import { podSpec, type PodArgs } from "../../../../components/kubernetes/pod";
import { collectResources } from "../../../support/mocks";

const container = { image: "image", command: ["run"] };
const mountPath = "/var/run/secrets/kubernetes.io/serviceaccount";

function specOf(args: Partial<PodArgs>) {
  collectResources();
  const before = [container, { ...container, asksCluster: true }];
  const spec = podSpec("demo", { namespace: "demo", ...container, before, ...args }, {}, {});
  const mounts = (all: unknown) =>
    (all as { volumeMounts: { mountPath: string }[] }[]).map(({ volumeMounts }) =>
      volumeMounts.some((mount) => mount.mountPath === mountPath),
    );
  const { automountServiceAccountToken, serviceAccountName } = spec;
  return {
    ...{ automountServiceAccountToken, serviceAccountName },
    before: mounts(spec.initContainers),
    main: mounts(spec.containers),
    volumes: (spec.volumes as { name: string }[]).filter(({ name }) => name === "account"),
  };
}

test("the main container has it, and of those before it the one that asks", () => {
  expect(specOf({ serviceAccount: "reader" })).toEqual({
    automountServiceAccountToken: false,
    serviceAccountName: "reader",
    before: [false, true],
    main: [true],
    volumes: [expect.objectContaining({ projected: expect.anything() as unknown })],
  });
});

test("a main container that does not ask has none", () => {
  expect(specOf({ serviceAccount: "reader", asksCluster: false })).toMatchObject({
    before: [false, true],
    main: [false],
  });
});

test("without an account no container has one", () => {
  expect(specOf({})).toEqual({
    automountServiceAccountToken: false,
    serviceAccountName: undefined,
    before: [false, false],
    main: [false],
    volumes: [],
  });
});
