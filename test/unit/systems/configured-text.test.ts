/** Text of the configuration that looks like a variable: it stays what it is, in every pod. */
import { fill } from "../../../components/checks/in-pod/variables";
import { emptyCluster, readerOf } from "../../support/cluster-reader";
import { runProgram } from "../../support/program";

jest.mock("../../../components/kubernetes/kubeconfig", () => ({
  clusterReader: () => Promise.resolve(readerOf(emptyCluster)),
}));

const text = "${PGPASSWORD}$(PGPASSWORD)";
const configuration = {
  "runsheet:systems": ["mued", "pm", "ai-backend"],
  "mued:rollbackTriggers": { path: `/${text}` },
  "mued:publicUrl": `https://mued.example/${text}`,
  "mued:ingress": { host: "mued.example", tlsSecret: "tls" },
  "pm:expectedDuration": text,
  "pm:dashboardUrl": `https://grafana.example/${text}`,
  "pm:runbookUrl": `https://runbooks.example/${text}`,
  "ai-backend:objectives": { path: `/${text}`, body: { [text]: [text] } },
};

interface Container {
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

test("is no variable of a check or of Kubernetes", async () => {
  const program = await runProgram(configuration, { "pm:slackWebhookUrl": "https://hooks.example/key" });
  const kinds = ["Job", "CronJob", "Deployment"];
  const objects = kinds.flatMap((kind) => program.names(kind).map((name) => program.inputs(kind, name)));
  const values = containersIn(objects).flatMap(({ env = [] }) => env.flatMap(({ value }) => value ?? []));
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
  const withLogin = containersIn(objects).filter(({ env = [] }) => env.some(({ name }) => name === "PGPASSWORD"));
  expect(withLogin.map(checks).filter((list) => list && !/"(sql|logins)":/.test(list))).toEqual([]);
}, 120_000);
