/** Loss of a region, on paper: what a stack would need in another one, and what of it is missing. Nothing is run. */
import { table } from "../../drawing/markdown";
import type { StackSettings } from "../stack-settings";

/** Thing that is needed, and whether it is there, as far as the configuration says. */
export interface Need {
  readonly what: string;
  readonly state: "there" | "missing" | "not known";
  readonly why: string;
}

/**
 * Lists what the stack would need.
 * @param backend URL of Pulumi's backend. Default: not known
 */
export function needsOf(stack: StackSettings, backend: string | undefined): Need[] {
  return [
    ...storeNeeds(stack.configured("runsheet:backups")),
    missing(
      "A cluster in another region",
      `runsheet:context is ${stack.configured<string>("runsheet:context") ?? "not set"}, and names one cluster`,
    ),
    stateNeed(backend),
    ...stack.systems.flatMap((system) => systemNeeds(stack, system)),
  ];
}

const there = (what: string, why: string): Need => ({ what, state: "there", why });
const missing = (what: string, why: string): Need => ({ what, state: "missing", why });
const unknown = (what: string, why: string): Need => ({ what, state: "not known", why });

function storeNeeds(backups: { readonly bucket?: string; readonly region?: string } | undefined): Need[] {
  if (!backups) return [missing("Backups", "runsheet:backups is not set: dumps stay in the cluster")];
  const { bucket = "<>", region = "us-east-1" } = backups;
  // Pulumi.production.yaml has such a text in the place of a value that only its owner knows.
  if (bucket.startsWith("<")) return [missing("Backups", "runsheet:backups.bucket is not filled in")];
  return [
    there("Backups", `in the bucket ${bucket}, in the region ${region}`),
    missing(
      "A copy of the backups in another region",
      `Runsheet copies no bucket, and no key names a copy: set up replication of ${bucket} at the store`,
    ),
  ];
}

function stateNeed(backend: string | undefined): Need {
  const what = "Pulumi's state and passphrase, outside of the region";
  if (backend === undefined)
    return unknown(what, "PULUMI_BACKEND_URL is not set here: the state is where pulumi login has said");
  if (backend.startsWith("file:"))
    return missing(what, "PULUMI_BACKEND_URL is a directory of this machine: keep the state in a store with a copy");
  return unknown(what, "PULUMI_BACKEND_URL names a store, whose region and copies are its own");
}

function systemNeeds(stack: StackSettings, system: string): Need[] {
  const { host = stack.configured<string>(`${system}:publicUrl`) } =
    stack.configured<{ host?: string }>(`${system}:ingress`) ?? {};
  const redis = stack.configured<{ engine?: string }>(`${system}:redis`)?.engine;
  return [
    databaseNeed(stack, system),
    ...(redis === "kubernetes" ? [missing(`${system}: Redis`, "it is not backed up, and starts empty")] : []),
    ...(system === "pm" ? [missing("pm: Neo4j", "the stack does not back it up")] : []),
    ...(system === "ai-backend"
      ? [missing("ai-backend: models", "their backup is on a volume of the cluster: they come from the image again")]
      : []),
    ...(host === undefined
      ? []
      : [missing(`${system}: DNS of ${host}`, "Runsheet makes no records: people change it")]),
  ];
}

function databaseNeed(stack: StackSettings, system: string): Need {
  const what = `${system}: the database`;
  if (!stack.isMade(system)) return unknown(what, "the stack does not run it: its platform says how it survives");
  return stack.configured("runsheet:backups") === undefined
    ? missing(what, "it is not archived")
    : there(what, "restore.from and restore.server bring it back, once a copy of its archive is in the other region");
}

/** Formats the list as Markdown. It has neither an RTO nor an RPO, since nothing was measured. */
export function paperText(stack: string, needs: readonly Need[], at: Date): string {
  const count = (state: Need["state"]) => needs.filter((need) => need.state === state).length;
  return [
    "# region, on paper",
    `**On paper: nothing was run, nothing was restored, and no RTO or RPO was measured.** Stack ${stack}, ${at.toISOString()}.`,
    `Missing: ${count("missing")}. Not known from the configuration: ${count("not known")}. There: ${count("there")}.`,
    table(
      ["needed", "", "reason"],
      needs.map(({ what, state, why }) => [what, state === "there" ? state : `**${state}**`, why]),
    ),
    "The nearest that can be run: `lost-cluster` builds the stack again from its object store, in the same region, and `restore-elsewhere` restores its databases beside it.",
  ]
    .join("\n\n")
    .concat("\n");
}
