/** Passwords of before, which are tried until each is refused. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Kubectl } from "../kubectl";
import { logOf, removePod, startPod } from "../pod";
import { loginFile, loginsIn } from "./logins";

const secret = "runsheet-drill-leaked";
const pod = "runsheet-drill-leaked";

/** Time for the logins to be tried first, and to be refused at last, in seconds. */
const trySeconds = 120;
const refuseSeconds = 300;

/** System whose passwords are tried. */
export interface Leaking {
  readonly system: string;
  readonly namespace: string;
  /** Database that it works with. */
  readonly live: string;
  /** Image with psql and bash. */
  readonly image: string;
}

/** Passwords of a system. They are kept in a Secret beside the others, and nowhere else. */
export class LeakedPasswords {
  constructor(
    private readonly kubectl: Kubectl,
    private readonly of: Leaking,
  ) {}

  /** Copies the logins of now, and resolves to the names of their Secrets. Empty if the stack makes none. */
  async keep(): Promise<string[]> {
    const { namespace } = this.of;
    const logins = loginsIn(await this.kubectl.run("get", "secrets", "-n", namespace, "-o", "json"), this.of);
    await this.kubectl.run("delete", "secret", "-n", namespace, secret, "--ignore-not-found");
    if (logins.length === 0) return [];
    await this.kubectl.create({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: secret, namespace },
      stringData: Object.fromEntries(logins.map((login, index) => [String(index), loginFile(login)])),
    });
    return logins.map(({ name }) => name);
  }

  /**
   * Begins to try the logins. Resolves once each is accepted.
   * @throws Error that names those that are not: their refusal later would show nothing
   */
  async tryAll(names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const { namespace, image } = this.of;
    const files = names.map((_, index) => [`LOGIN_${index}`, { secret, key: String(index), asFile: true }] as const);
    const script = readFileSync(join(__dirname, "try-logins.sh"), "utf8");
    const variables = files.map(([name]) => `"$${name}"`).join(" ");
    await startPod(this.kubectl, {
      namespace,
      name: pod,
      image,
      command: ["bash", "-c", `set -- ${variables}\n${script}`],
      environment: Object.fromEntries(files),
    });
    await this.until("accepted", names, trySeconds, "before the drill");
  }

  /**
   * Resolves to the time since which each login is refused, in milliseconds since 1970.
   * @throws Error that names those that are not
   */
  refused(names: readonly string[]): Promise<Record<string, number>> {
    return names.length === 0 ? Promise.resolve({}) : this.until("refused", names, refuseSeconds, "by now");
  }

  /** Removes the pod and the copies. */
  async remove(): Promise<void> {
    const { namespace } = this.of;
    await removePod(this.kubectl, { namespace, name: pod });
    await this.kubectl.run("delete", "secret", "-n", namespace, secret, "--ignore-not-found");
  }

  private async until(
    state: "accepted" | "refused",
    names: readonly string[],
    seconds: number,
    when: string,
  ): Promise<Record<string, number>> {
    const { namespace } = this.of;
    for (const end = Date.now() + seconds * 1000; ; await sleep(500)) {
      const states = statesIn(await logOf(this.kubectl, { namespace, name: pod }));
      const others = names.filter((name) => states[name]?.state !== state);
      if (others.length === 0) return Object.fromEntries(names.map((name) => [name, states[name]!.since]));
      if (Date.now() > end)
        throw new Error(
          `the password of before is not ${state} ${when}: ${others.map((name) => `${namespace}/${name} (${states[name]?.state ?? "not tried"})`).join(", ")}`,
        );
    }
  }
}

/** State of a login, and since when. */
interface LoginState {
  readonly state: string;
  /** Time in milliseconds since 1970. */
  readonly since: number;
}

/** Reads what try-logins.sh printed. A time without an answer does not begin a refusal anew. */
export function statesIn(log: string): Record<string, LoginState> {
  const states: Record<string, LoginState> = {};
  const refused: Record<string, number> = {};
  for (const line of log.split("\n")) {
    const [, at, name, state] = /^(\d{13}) (\S+) (accepted|refused|unreachable)$/.exec(line) ?? [];
    if (at === undefined || name === undefined || state === undefined) continue;
    if (state === "accepted") delete refused[name];
    if (state === "refused") refused[name] ??= Number(at);
    states[name] = { state, since: state === "refused" ? refused[name]! : Number(at) };
  }
  return states;
}
