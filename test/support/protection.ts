/** What keeps a resource from being deleted, as the program tells the engine: Pulumi's mocks leave it out. */
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

export interface Protection {
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
}

interface Request {
  getName(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
}

/** Collects it of all that is registered from now on, by the resource's name. `jest.restoreAllMocks` ends it. */
export function collectProtection(): ReadonlyMap<string, Protection> {
  const found = new Map<string, Protection>();
  const monitor = MockMonitor.prototype as unknown as {
    registerResource: (request: Request, answer: unknown) => unknown;
  };
  const { registerResource } = monitor;
  jest.spyOn(monitor, "registerResource").mockImplementation(function (this: unknown, request, answer) {
    found.set(request.getName(), { protect: request.getProtect(), retainOnDelete: request.getRetainondelete() });
    return registerResource.call(this, request, answer);
  });
  return found;
}
