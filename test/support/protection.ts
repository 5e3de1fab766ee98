/** Options of resources, as the program tells them to the engine: Pulumi's mocks leave them out. */
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

interface Request {
  getName(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
}

/** What keeps each resource from being deleted that is registered from now on, by its name. */
export const collectProtection = () =>
  collect((request) => ({ protect: request.getProtect(), retainOnDelete: request.getRetainondelete() }));

/** Which of its properties no longer change, of each resource that is registered from now on and has such. */
export const collectIgnored = () => collect((request) => request.getIgnorechangesList());

/** `jest.restoreAllMocks` ends it. */
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
