/** Fields of the stack's objects that another tool has set: beside what the stack declares, or in its place. */
import { fieldsOf, isAuthor, isProvider, type FieldOwner, type Fields } from "./field-owners";

/** Field that another tool owns. */
export interface ForeignField {
  /** Path in the object. An item of a list has its key: `spec.template.spec.containers[main].env[DEBUG]`. */
  readonly path: string;
  /** Name under which the tool wrote, such as kubectl-set. */
  readonly manager: string;
  /** Time of the tool's last change of the object, in ISO 8601. Undefined if the cluster does not say it. */
  readonly time?: string;
}

/** Records of kubectl that declare nothing: the manifest it has applied, and the time of `kubectl rollout restart`. */
const records = /annotations\["(kubectl\.kubernetes\.io\/(last-applied-configuration|restartedAt))"\]$/;

/** Lists the fields that another tool owns and the stack does not, sorted by path. */
export function foreignFields(owners: readonly FieldOwner[]): ForeignField[] {
  const own = fieldsOf(owners.filter(isProvider));
  return owners
    .filter((owner) => isAuthor(owner) && !isProvider(owner))
    .flatMap(({ manager, time, fieldsV1 = {} }) =>
      [...beside(fieldsV1, own, "")].map((path): ForeignField => ({ path, manager, ...(time && { time }) })),
    )
    .filter(({ path }) => !records.test(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Tells whether a person has written with this tool: kubectl, k9s, Lens, or a dashboard in a browser. What a controller of
 * somebody else's owns is nobody's edit.
 */
export const isByHand = ({ manager }: Pick<ForeignField, "manager">): boolean =>
  /^(kubectl|k9s|node-fetch|freelens|headlamp|Mozilla)/i.test(manager);

/** Paths of the fields that are not among one's own. An item of a list that is foreign as a whole is one path. */
function* beside(fields: Fields, own: Fields, path: string): Generator<string> {
  for (const [step, below] of Object.entries(fields)) {
    if (step === ".") continue;
    const here = path + textOf(step, path);
    const ours = own[step];
    const isLeaf = Object.keys(below).every((next) => next === ".");
    if (isLeaf || (!ours && step.startsWith("k:") && "." in below)) {
      if (!ours) yield here;
    } else yield* beside(below, ours ?? {}, here);
  }
}

/** Text of a step: "f:" is a field, "k:" the key of a list's item, "v:" a value of a list, "i:" a place in it. */
function textOf(step: string, path: string): string {
  const [kind, name] = [step[0], step.slice(2)];
  if (kind === "k") return `[${Object.values(JSON.parse(name) as Record<string, unknown>).join("/")}]`;
  if (kind === "v") return `[${String(JSON.parse(name))}]`;
  if (kind === "i") return `[${name}]`;
  if (/[^A-Za-z0-9_-]/.test(name)) return `["${name}"]`;
  return path === "" ? name : `.${name}`;
}
