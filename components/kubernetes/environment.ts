import * as pulumi from "@pulumi/pulumi";
import type { input } from "@pulumi/kubernetes/types";

/** Value that a container reads from a Secret. It appears in no manifest, preview or log. */
export interface SecretKey {
  readonly secret: pulumi.Input<string>;
  readonly key: string;
  /** Leaves the variable out if the Secret or key is missing. Default: false. The container does not start. */
  readonly optional?: boolean;
  /**
   * Text that is new whenever the value is, of a Secret whose name stays: pods that run roll with it. Tasks are not done again.
   * Default: none. The value does not change, or the Secret's name does.
   */
  readonly revision?: pulumi.Input<string>;
}

/** Key of a Secret that a container gets as a file. The variable's value is the file's path. */
export interface SecretFile {
  readonly secret: pulumi.Input<string>;
  readonly key: string;
  readonly asFile: true;
}

/** Environment of a container: plain values, references to secrets, and paths of files. */
export type Environment = Readonly<Record<string, pulumi.Input<string> | SecretKey | SecretFile>>;

/**
 * Converts an environment to a container's `env`, sorted by name.
 * @param files files of its pod
 */
export function containerEnvironment(environment: Environment, files: readonly SecretFile[]): input.core.v1.EnvVar[] {
  return Object.entries(environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      if (typeof value === "string") return { name, value: withoutReferences(value) };
      if (!isOfSecret(value)) return { name, value: pulumi.output(value).apply(withoutReferences) };
      if (isFile(value)) return { name, value: `${directoryOf(indexIn(files, value))}/${value.key}` };
      return { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key, optional: value.optional } } };
    });
}

/**
 * Keeps Kubernetes from replacing `$(NAME)` by another variable, and `$$` by `$`. A resource may leave an output without a
 * value.
 */
function withoutReferences<Text extends string | undefined>(text: Text): Text {
  return text?.replaceAll(/\$(?=[$(])/g, () => "$$") as Text;
}

/** Returns a command whose program gets it as it is. */
export const literalCommand = (command: readonly pulumi.Input<string>[]): pulumi.Input<string>[] =>
  command.map((word) =>
    typeof word === "string" ? withoutReferences(word) : pulumi.output(word).apply(withoutReferences),
  );

/** Annotation of pods that were started with these values of Secrets whose names stay. */
const valuesAnnotation = "runsheet/secret-values";

/** Returns the annotation with which pods roll when a value of such a Secret is new. Empty if there is none. */
export function annotationOfValues(environment: Environment = {}): Readonly<Record<string, pulumi.Input<string>>> {
  const values = Object.values(environment).filter(isOfSecret);
  const revisions = values.flatMap((value) =>
    "revision" in value && value.revision !== undefined ? [value.revision] : [],
  );
  if (revisions.length === 0) return {};
  return { [valuesAnnotation]: pulumi.all(revisions).apply((all) => [...new Set(all)].sort().join("-")) };
}

/** Lists the variables that no Secret gives their values. */
export const plainVariables = (environment: Environment): string[] =>
  Object.entries(environment).flatMap(([name, value]) => (isOfSecret(value) && !isFile(value) ? [] : [name]));

/** Lists the files of a pod's environments, each once. */
export function secretFiles(environments: readonly (Environment | undefined)[]): SecretFile[] {
  const all = environments.flatMap((environment) => Object.values(environment ?? {}).filter(isFile));
  return all.filter((file, index) => indexIn(all, file) === index);
}

/** Volumes with the files, and where containers mount them. */
export function secretVolumes(files: readonly SecretFile[]): {
  readonly volumes: input.core.v1.Volume[];
  readonly mounts: input.core.v1.VolumeMount[];
} {
  return {
    volumes: files.map(({ secret, key }, index) => ({
      name: `secret-${index}`,
      secret: { secretName: secret, items: [{ key, path: key }] },
    })),
    mounts: files.map((_, index) => ({ name: `secret-${index}`, mountPath: directoryOf(index), readOnly: true })),
  };
}

const directoryOf = (index: number) => `/secrets/${index}`;

/** Finds a file by its Secret and key. The same Secret is the same object: only Pulumi knows its name. */
const indexIn = (files: readonly SecretFile[], { secret, key }: SecretFile) =>
  files.findIndex((file) => file.secret === secret && file.key === key);

const isOfSecret = (value: Environment[string]): value is SecretKey | SecretFile =>
  typeof value === "object" && "secret" in value && "key" in value;

const isFile = (value: Environment[string]): value is SecretFile => isOfSecret(value) && "asFile" in value;
