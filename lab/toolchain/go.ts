/** The Go toolchain on this machine. */
import { CommandFailed, run } from "../command";

/** Version that the modules in `lab/go` ask for: Pulumi's asks for a patch release. */
const oldest = [1, 26, 6] as const;
const name = `Go ${oldest.join(".")}`;
const remedy = `Install ${name} or newer (https://go.dev/doc/install) and put its bin directory on PATH.`;

/**
 * Environment of each build. Programs run anywhere (no C library), Go is the machine's own, and neither a workspace nor
 * the user's flags change the result.
 */
const environment = {
  CGO_ENABLED: "0",
  GOTOOLCHAIN: "local",
  GOWORK: "off",
  GOFLAGS: "-mod=readonly -buildvcs=false",
  GOOS: undefined,
  GOARCH: undefined,
};

/** Runs `go` in a module's directory. */
export const go = (directory: string, args: readonly string[], log?: string) =>
  run("go", args, { cwd: directory, env: environment, log });

/**
 * The version of Go, such as "go1.26.8".
 * @throws Error if there is no Go, or if it is too old, with what to do
 */
export async function goVersion(directory: string): Promise<string> {
  const version = await go(directory, ["env", "GOVERSION"]).catch((error: unknown) => {
    if (error instanceof CommandFailed) throw error;
    throw new Error(`The lab's programs are built with Go, and there is no \`go\` on PATH. ${remedy}`);
  });
  return demandNewEnough(version.trim());
}

/** Returns `version` unless it is older than the modules in `lab/go` allow. */
export function demandNewEnough(version: string): string {
  const [, ...numbers] = /^(?:devel )?go(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  const differences = oldest.map((least, index) => Number(numbers[index] ?? 0) - least);
  const newEnough = (differences.find((difference) => difference !== 0) ?? 0) >= 0;
  if (!newEnough) throw new Error(`The lab's programs need ${name}, and \`go\` on PATH is ${version}. ${remedy}`);
  return version;
}

/** The directory of a module that the module in `directory` requires. It is downloaded if it is not there. */
export async function moduleDirectory(directory: string, module: string): Promise<string> {
  const answer = JSON.parse(await go(directory, ["mod", "download", "-json", module])) as { Dir: string };
  return answer.Dir;
}
