/** Resource options that Pulumi's mocks leave out, read from the requests to the engine. */
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

interface Request {
  getName(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
}

/** Collects `protect` and `retainOnDelete` of the resources that are registered from now on, by name. */
export const collectProtection = () =>
  collect((request) => ({ protect: request.getProtect(), retainOnDelete: request.getRetainondelete() }));

/** Collects `ignoreChanges` of the resources that are registered from now on, by name. */
export const collectIgnored = () => collect((request) => request.getIgnorechangesList());

/** Collects the names of what the resources depend on that are registered from now on, by their own name. */
export const collectDependencies = () =>
  collect((request) => request.getDependenciesList().map((urn) => urn.split("::").at(-1)!));

/** Reads each registration request. `jest.restoreAllMocks` ends it. */
function collect<Found>(read: (request: Request) => Found): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  const monitor = MockMonitor.prototype as unknown as {
    registerResource: (request: Request, answer: unknown) => unknown;
  };
  const { registerResource } = monitor;
  jest.spyOn(monitor, "registerResource").mockImplementation(function (this: unknown, request, answer) {
    found.set(request.getName(), read(request));
    return registerResource.call(this, request, answer);
  });
  return found;
}
