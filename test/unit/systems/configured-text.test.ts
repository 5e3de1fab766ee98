/** Text of the configuration that looks like a variable: it stays what it is, in every pod. */
import { fill } from "../../../components/checks/in-pod/variables";
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const text = "${PGPASSWORD}$(PGPASSWORD)";
/** Other text, which pods get without a check's runner. */
const other = "${PGHOST}$(PGHOST)$$(PGHOST)";
const command = ["program", "--url=$(PGHOST)", "$$(PGHOST)", "${PGHOST}"];
const image = "registry.example/program:1";
const configuration = {
  "runsheet:systems": ["mued", "pm", "ai-backend"],
  "mued:rollbackTriggers": { path: `/${text}` },
  "mued:publicUrl": `https://mued.example/${text}`,
  "mued:ingress": { host: "mued.example", tlsSecret: "tls" },
  "pm:expectedDuration": text,
  "pm:dashboardUrl": `https://grafana.example/${text}`,
  "pm:runbookUrl": `https://runbooks.example/${text}`,
  "ai-backend:objectives": { path: `/${text}`, body: { [text]: [text] } },
  "ai-backend:checks": {
    "own-tests": { image, command },
    "own answer": { url: "/own", answer: { [other]: other } },
    "own reply": { redis: ["GET", other], matches: "^x$" },
  },
  "pm:migrations": { image, command },
  "mued:backup": { command: { image, command } },
  "mued:application": { app: "registry.example/mued" },
  "mued:workloads": { "mued-web": { command, environment: { OWN: other } } },
  "mued:metricsCommand": command,
  "mued:baseline": false,
  "mued:performance": undefined,
};

interface Container {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

/** All containers in an object, at any depth. */
function containersIn(object: unknown): Container[] {
  if (typeof object !== "object" || object === null) return [];
  const { containers = [], initContainers = [] } = object as Partial<Record<string, Container[]>>;
  return [...containers, ...initContainers, ...Object.values(object).flatMap(containersIn)];
}

/** A variable's value in its container: Kubernetes replaces `$(NAME)` of another variable, and `$$` by `$`. */
const inContainer = (value: string) =>
  value.replaceAll(/\$(?:(\$)|\(\w+\))/g, (_, escaped?: string) => escaped ?? "(replaced)");

let containers: readonly Container[];
let commandsOf: (kind: string, name: string) => (readonly string[])[];

beforeAll(async () => {
  const program = await runProgram(configuration, { "pm:slackWebhookUrl": "https://hooks.example/key" });
  const kinds = ["Job", "CronJob", "Deployment"];
  containers = containersIn(kinds.flatMap((kind) => program.names(kind).map((name) => program.inputs(kind, name))));
  commandsOf = (kind, name) =>
    containersIn(program.inputs(kind, name)).flatMap((each) => (each.command ? [each.command] : []));
}, 120_000);

test("is no variable of a check or of Kubernetes", () => {
  const values = containers.flatMap(({ env = [] }) => env.flatMap(({ value }) => value ?? []));
  const configured = values.filter((value) => value.includes("PGPASSWORD")).map(inContainer);
  // Two notifications, two smoke tests, what users reach.
  expect(configured).toHaveLength(5);
  for (const value of configured) {
    expect(value).toContain(JSON.stringify(`$${text}`).slice(1, -1));
    const filled: string[] = [];
    const sent = fill(value, (name) => String(filled.push(name)));
    expect(sent).toContain(text);
    expect(filled).not.toContain("PGPASSWORD");
  }
  // A login of the database is where SQL is asked, and in no notification.
  const checks = (container: Container) => container.env?.find(({ name }) => name === "CHECKS")?.value;
  const withLogin = containers.filter(({ env = [] }) => env.some(({ name }) => name === "PGPASSWORD"));
  expect(withLogin.map(checks).filter((list) => list && !/"(sql|logins)":/.test(list))).toEqual([]);
});

test("is what it is in variables, expected answers and commands of Redis", () => {
  const values = containers.flatMap(({ env = [] }) =>
    env.map(({ name, value = "" }) => ({ name, value: inContainer(value) })),
  );
  // The workload, its batch job, and the schedule of that.
  const own = values.flatMap(({ name, value }) => (name === "OWN" ? [value] : []));
  expect(own).toEqual([other, other, other]);
  const checks = values
    .filter(({ name, value }) => name === "CHECKS" && value.includes(other))
    .flatMap(({ value }) => (JSON.parse(value) as { checks: { name: string }[] }).checks);
  expect(checks).toContainEqual(expect.objectContaining({ name: "own answer", answer: { [other]: other } }));
  expect(checks).toContainEqual(expect.objectContaining({ name: "own reply", redis: ["GET", other] }));
});

test("has Kubernetes' variables in the configuration's commands", () => {
  const ending = (commands: readonly (readonly string[])[]) => commands.map((each) => each.slice(-command.length));
  expect(commandsOf("Deployment", "mued-web")).toEqual([command]);
  expect(commandsOf("Job", "ai-backend-check-own-tests")).toEqual([command]);
  expect(commandsOf("CronJob", "mued-calculate-rag-metrics-daily")).toEqual([command]);
  expect(ending(commandsOf("Job", "mued-backup-command"))).toEqual([command]);
  expect(ending(commandsOf("Job", "pm-migrate-command"))).toContainEqual(command);
});
