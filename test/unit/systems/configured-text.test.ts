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

test("is no variable of a check or of Kubernetes", async () => {
  const program = await runProgram(configuration, { "pm:slackWebhookUrl": "https://hooks.example/key" });
  const kinds = ["Job", "CronJob", "Deployment"];
  const objects = kinds.flatMap((kind) => program.names(kind).map((name) => program.inputs(kind, name)));
  const values = containersIn(objects).flatMap(({ env = [] }) => env.flatMap(({ value }) => value ?? []));
  const configured = values.filter((value) => value.includes("PGPASSWORD"));
  // Two notifications, two smoke tests, what users reach.
  expect(configured).toHaveLength(5);
  expect(configured.filter((value) => /(?<!\$)\$\(PGPASSWORD/.test(value))).toEqual([]);
  const filled: string[] = [];
  for (const value of configured) fill(value, (name) => String(filled.push(name)));
  expect(filled).not.toContain("PGPASSWORD");
}, 120_000);
