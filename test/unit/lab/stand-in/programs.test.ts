/** Programs that each system declares, compared with those of its stand-in. */
import { join } from "node:path";
import { System } from "../../../../components/system";
import type { System as StandIn } from "../../../../lab/stand-in/core/application";
import { names } from "../../../../systems";
import { batchJob } from "../../../../systems/mued/application";
import { emptyCluster, readerOf } from "../../../support/cluster-reader";
import { collectResources, settled } from "../../../support/mocks";
import { setStackConfiguration } from "../../../support/stack-configuration";

jest.mock("../../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));
const mockStart = jest.fn<void, [StandIn]>();
jest.mock("../../../../lab/stand-in/start", () => ({ start: mockStart }));

interface Programs {
  readonly roles: readonly string[];
  readonly scripts: readonly string[];
}

const named = ({ roles, scripts = {} }: { roles: object; scripts?: object }): Programs => ({
  roles: Object.keys(roles).sort(),
  scripts: Object.keys(scripts).sort(),
});

/** Programs that lab/stand-in/main.SYSTEM.ts starts. */
function offered(system: string): Programs {
  jest.requireActual(join("..", "..", "..", "..", "lab", "stand-in", `main.${system}`));
  return named(mockStart.mock.lastCall![0]);
}

/** Scripts of an application in whose place Runsheet runs SQL of its own with the stand-in. */
const replaced: readonly string[] = [batchJob];

const declared = new Map<string, Programs>();

beforeAll(async () => {
  const configuration = jest.spyOn(System.prototype, "configuration");
  collectResources("runsheet", "local");
  setStackConfiguration("local");
  await jest.requireActual<() => Promise<unknown>>("../../../../index")();
  await settled();
  const images = new Proxy({}, { get: (_target, name) => `image-of-${String(name)}` });
  // Each system is configured once, in the order of `names`.
  const programs = configuration.mock.calls.map(([, args]) => named(args.programs(images)));
  expect(programs).toHaveLength(names.length);
  names.forEach((name, index) => {
    const { roles, scripts } = programs[index]!;
    declared.set(name, { roles, scripts: scripts.filter((script) => !replaced.includes(script)) });
  });
});

test.each(names)("the stand-in of %s has the roles and scripts of its class, and no others", (system) =>
  expect(offered(system)).toEqual(declared.get(system)),
);
