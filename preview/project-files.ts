/** Scripts of a Sqitch project that a change brings, from the ConfigMap that every task of the schema mounts. */
import { filesOf } from "../components/kubernetes/file-keys";
import type { Change } from "../engine/change";
import { at } from "./fields";

/** Names of changes by what happens to their scripts. */
export interface ChangedScripts {
  readonly added: readonly string[];
  /** Changes whose deploy script differs. */
  readonly edited: readonly string[];
  readonly removed: readonly string[];
  /** Changes of which only the verify or the revert script differs: they stay applied. */
  readonly reproved: readonly string[];
}

const script = /^project\/(deploy|verify|revert)\/(.*)\.sql$/;

/** Finds the scripts among a system's resources. None if its migrations are no Sqitch project. */
export function scriptsIn(system: string, resources: readonly Change[]): ChangedScripts {
  const project = resources.find(({ name, type }) => name === `${system}-project` && type.endsWith(":ConfigMap"));
  const [before, after] = [project?.before, project?.after].map((state) => textsOf(state?.inputs));
  const names = (wanted: (had: string | undefined, has: string | undefined) => boolean, kinds: readonly string[]) => [
    ...new Set(
      Object.keys({ ...before, ...after }).flatMap((key) => {
        const [, kind, name] = script.exec(key) ?? [];
        return kind !== undefined && kinds.includes(kind) && wanted(before![key], after![key]) ? [name!] : [];
      }),
    ),
  ];
  const differs = (had: string | undefined, has: string | undefined) =>
    had !== undefined && has !== undefined && had !== has;
  const edited = names(differs, ["deploy"]);
  return {
    added: names((had) => had === undefined, ["deploy"]),
    edited,
    removed: names((_, has) => has === undefined, ["deploy"]),
    reproved: names(differs, ["verify", "revert"]).filter((name) => !edited.includes(name)),
  };
}

const textsOf = (inputs: unknown) => filesOf({ data: at(inputs, "data"), binaryData: at(inputs, "binaryData") });
