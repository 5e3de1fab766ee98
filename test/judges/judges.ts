/** kube-score, checkov and kubeconform. Each is built or installed into the lab's cache when it is missing. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { CommandFailed, run } from "../../lab/command";
import { pythonEnvironment } from "../../lab/python";
import { tool } from "../../lab/toolchain";
import type { Finding } from "./findings";
import { schemaLocation } from "./schemas";

/** Kubernetes of the lab, whose schemas kubeconform has too. */
const kubernetes = "v1.33";

/** An answer of kube-score's. */
interface Scored {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly name: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly summary: string }[] | null;
  }[];
}

/** Grade of a check that found nothing. */
const allOk = 10;

/** Judges one stack, whose objects belong together: policies to pods, budgets to workloads. */
export async function kubeScore(stack: string, file: string): Promise<Finding[]> {
  const program = join(await tool("kube-score"), "kube-score");
  const answer = await output(program, ["score", "--kubernetes-version", kubernetes, "-o", "json", file]);
  return (JSON.parse(answer) as Scored[]).flatMap(({ type_meta, object_meta, checks }) =>
    checks
      .filter(({ grade, skipped }) => !skipped && grade < allOk)
      .flatMap(({ check, comments }) =>
        (comments ?? []).map(({ summary }) => ({
          judge: "kube-score",
          check: check.id,
          says: summary,
          object: `${stack}/${type_meta.kind}/${object_meta.name}`,
        })),
      ),
  );
}

/** An answer of checkov's. */
interface Checked {
  readonly results: {
    readonly failed_checks: readonly {
      readonly check_id: string;
      readonly check_name: string;
      readonly file_path: string;
      /** KIND.NAMESPACE.NAME. */
      readonly resource: string;
    }[];
  };
  readonly summary: { readonly parsing_errors: number };
}

/** Judges the files of all stacks, without asking anybody. */
export async function checkov(directory: string): Promise<Finding[]> {
  const requirements = join(__dirname, "checkov-requirements.txt");
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 16);
  const environment = await pythonEnvironment(`checkov-${hash}`, ["--require-hashes", "--requirement", requirements]);
  const args = ["--framework", "kubernetes", "--skip-download", "--compact", "--quiet", "--output", "json"];
  const answer = await output(join(environment, "bin", "python"), ["-m", "checkov.main", "-d", directory, ...args]);
  const { results, summary } = JSON.parse(answer) as Checked;
  if (summary.parsing_errors > 0) throw new Error(`checkov could not read ${summary.parsing_errors} of the files.`);
  return results.failed_checks.map(({ check_id, check_name, file_path, resource }) => {
    const [kind, , ...name] = resource.split(".");
    return {
      judge: "checkov",
      check: check_id,
      says: check_name,
      object: `${basename(file_path, ".yaml")}/${kind}/${name.join(".")}`,
    };
  });
}

/** An answer of kubeconform's. */
interface Conforming {
  readonly resources: readonly {
    readonly filename: string;
    readonly kind: string;
    readonly name: string;
    readonly status: string;
    readonly msg: string;
  }[];
}

/** Judges the files of all stacks by the schemas in a directory. A kind without a schema is a finding. */
export async function kubeconform(directory: string, schemas: string): Promise<Finding[]> {
  const program = join(await tool("kubeconform"), "kubeconform");
  const location = join(schemas, schemaLocation);
  const answer = await output(program, ["-strict", "-schema-location", location, "-output", "json", directory]);
  return (JSON.parse(answer) as Conforming).resources.map(({ filename, kind, name, status, msg }) => ({
    judge: "kubeconform",
    check: status,
    says: msg.replaceAll(schemas, () => "schemas"),
    object: `${basename(filename, ".yaml")}/${kind}/${name}`,
  }));
}

/** Returns what a program writes, also where it exits with 1 since it has found something. */
async function output(program: string, args: readonly string[]): Promise<string> {
  try {
    return await run(program, args);
  } catch (error) {
    if (error instanceof CommandFailed && error.code === 1 && /^\s*[[{]/.test(error.output)) return error.output;
    throw error;
  }
}
