/** The program without an engine: Pulumi's mocks, which register every resource and create none. */
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";

// Pulumi's mocks (3.270) claim support for hooks but do not implement them: a program would wait forever.
const accept = (_request: unknown, answer: (error: null, response: unknown) => void) => answer(null, {});
Object.assign(MockMonitor.prototype, { registerErrorHook: accept, registerResourceHook: accept });

const parents = new Map<string, string>();

// The mocks put only the parent's type into a URN. The engine puts the types of all ancestors into it.
Object.assign(MockMonitor.prototype, {
  newUrn(parent: string | undefined, type: string, name: string): string {
    const types = parent ? `${parent.split("::")[2]}$${type}` : type;
    const urn = ["urn:pulumi:" + pulumi.getStack(), pulumi.getProject(), types, name].join("::");
    if (parent) parents.set(urn, parent);
    return urn;
  },
});

/** URN of the parent of a registered resource. Undefined for one without a parent. */
export const parentOf = (urn: string): string | undefined => parents.get(urn);

const monitor = () => pulumi.runtime.getMonitor() as unknown as MockMonitor;

/** URNs of all resources that the program has registered. */
export const registeredUrns = (): string[] => [...monitor().getRegisteredResources().keys()];

/** Message with a component's outputs, as the mocks store it. */
interface Message {
  toJavaScript(): Record<string, unknown>;
}

/**
 * Collects the components' outputs by URN. Call it while the program runs, and the returned function once all is
 * settled.
 */
export function componentOutputs(): () => Map<string, Record<string, unknown>> {
  const registered = monitor().getRegisteredResources();
  return () => {
    const states = [...registered].map(([urn, { state }]) => [urn, state as Message | object] as const);
    return new Map(states.flatMap(([urn, state]) => ("toJavaScript" in state ? [[urn, state.toJavaScript()]] : [])));
  };
}

/** Resource as the program registered it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

/**
 * Lets the program register resources without an engine, and collects them. `outputs` is the stack's outputs of the
 * last `up`. Default: none. `leftOut` is the type of resources that are not created, as in an `up` with targets.
 * Default: none. `preview` makes it a preview. Default: an `up`.
 */
export function collectResources(
  project = "runsheet",
  stack = "test",
  outputs: Readonly<Record<string, unknown>> = {},
  leftOut?: string,
  preview = false,
): Registered[] {
  const registered: Registered[] = [];
  void pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs, id }) {
        const given = inputs as Record<string, unknown>;
        registered.push({ type, name, inputs: given });
        if (type === leftOut) return { id: "", state: {} };
        return {
          id: id || `${name}-id`,
          state: { ...given, ...generated(type, name, given) },
        };
      },
      call: ({ token, inputs }) =>
        token === "pulumi:pulumi:readStackOutputs" ? { outputs } : (inputs as Record<string, unknown>),
    },
    project,
    stack,
    preview,
    "organization",
  );
  return registered;
}

/** Properties that the cluster or the provider would add. */
function generated(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
  if (type === "random:index/randomPassword:RandomPassword") return { result: `<generated ${name}>` };
  if (type === "random:index/randomId:RandomId") return { hex: `<id of ${name}>` };
  if (type === "aws:s3/bucket:Bucket") return { arn: `arn:aws:s3:::${name}` };
  if (!type.startsWith("kubernetes:")) return {};
  const metadata = (inputs.metadata ?? {}) as Record<string, unknown>;
  return { metadata: { ...metadata, name: metadata.name ?? `${name}-autonamed`, uid: `uid-of-${name}` } };
}

/** Waits until the program has registered everything. Throws the program's error. */
export async function settled(): Promise<void> {
  await pulumi.runtime.disconnect();
}
