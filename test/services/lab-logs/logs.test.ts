/** Questions of `npm run lab:logs` to two real VictoriaLogs. */
import { setTimeout as sleep } from "node:timers/promises";
import { readLogs, textOf, type LogQuery } from "../../../lab/log-stores";
import { freePort } from "../../support/free-port";
import { startVictoriaLogs, type Running } from "../victorialogs";

let output: Running;
let audit: Running;
let empty: Running;
/** Beginning of the lines, a minute ago. */
const start = Date.now() - 60_000;
const timeOf = (second: number) => new Date(start + second * 1000).toISOString();

beforeAll(async () => {
  [output, audit, empty] = await Promise.all([startVictoriaLogs(), startVictoriaLogs(), startVictoriaLogs()]);
  await insert(output, [
    { second: 0, system: "pm", workload: "pm-backend", kind: "output", _msg: "started" },
    {
      second: 3,
      system: "pm",
      workload: "pm-frontend",
      kind: "output",
      _msg: '{"level":"error","msg":"a \\"quote\\""}',
    },
    { second: -7200, system: "pm", workload: "pm-backend", kind: "output", _msg: "two hours ago" },
    // Of one millisecond, and written in the wrong order.
    { second: 5, nanoseconds: 20, system: "prism", workload: "prism-api", kind: "output", _msg: "second" },
    { second: 5, nanoseconds: 10, system: "prism", workload: "prism-api", kind: "output", _msg: "first" },
    { second: 1, system: "ai-backend", workload: "ai-backend", kind: "application", _msg: "asked" },
  ]);
  await insert(audit, [{ second: 2, system: "ai-backend", workload: "ai-backend", kind: "audit", _msg: "answered" }]);
}, 200_000);
afterAll(() => Promise.all([output, audit, empty].map((each) => each?.stop())));

type Line = { readonly second: number; readonly nanoseconds?: number } & Record<string, unknown>;

async function insert(store: Running, lines: readonly Line[]) {
  const nanosecond = (second: number, nanoseconds: number) =>
    timeOf(second).replace("Z", `${String(nanoseconds).padStart(6, "0")}Z`);
  const body = lines.map(({ second, nanoseconds = 0, ...line }) =>
    JSON.stringify({ ...line, _time: nanosecond(second, nanoseconds) }),
  );
  const response = await fetch(`${store.url}/insert/jsonline?_stream_fields=system,workload,kind`, {
    method: "POST",
    body: body.join("\n"),
  });
  expect(response.status).toBe(200);
  const query = encodeURIComponent("* | stats count() lines");
  for (const end = Date.now() + 90_000; Date.now() < end; await sleep(100)) {
    const count = await fetch(`${store.url}/select/logsql/query?query=${query}`);
    if ((await count.text()).includes(`"${lines.length}"`)) return;
  }
  throw new Error("the store does not find the lines that it took");
}

const read = (query: Partial<LogQuery> & { readonly system: string }) =>
  readLogs([output.url, audit.url], { since: "15m", limit: 200, ...query });

test("the lines of a system are in columns, oldest first", async () => {
  const { lines, more } = await read({ system: "pm" });
  expect(textOf(lines).split("\n")).toEqual([
    `${timeOf(0)}  pm-backend   output  started`,
    `${timeOf(3)}  pm-frontend  output  {"level":"error","msg":"a \\"quote\\""}`,
  ]);
  expect(more).toBe(false);
});

test("lines of one millisecond keep their order", async () => {
  const { lines } = await read({ system: "prism" });
  expect(lines.map(({ time, message }) => [time, message])).toEqual([
    [timeOf(5), "first"],
    [timeOf(5), "second"],
  ]);
});

test("both stores are asked", async () => {
  const { lines } = await read({ system: "ai-backend" });
  expect(lines).toEqual([
    { time: timeOf(1), workload: "ai-backend", kind: "application", message: "asked" },
    { time: timeOf(2), workload: "ai-backend", kind: "audit", message: "answered" },
  ]);
});

test("one kind", async () => {
  const { lines } = await read({ system: "ai-backend", kind: "audit" });
  expect(lines.map(({ message }) => message)).toEqual(["answered"]);
});

test("older lines", async () => {
  const { lines } = await read({ system: "pm", since: "3h" });
  expect(lines.map(({ message }) => message)[0]).toBe("two hours ago");
});

test("the newest lines, if there are more than the limit", async () => {
  expect(await read({ system: "ai-backend", limit: 1 })).toEqual({
    lines: [{ time: timeOf(2), workload: "ai-backend", kind: "audit", message: "answered" }],
    more: true,
  });
});

test("a system without logs is refused, with those that have some", () =>
  expect(read({ system: "omniops" })).rejects.toThrow(
    new Error('there are no logs of the system "omniops"; there are: ai-backend, pm, prism'),
  ));

test("a kind that the system has not is refused, with those that it has", () =>
  expect(read({ system: "pm", kind: "audit" })).rejects.toThrow(
    new Error('there are no logs of the kind "audit" of pm; there are: output'),
  ));

test("a store in which nothing is yet", () =>
  expect(readLogs([empty.url], { system: "pm", since: "15m", limit: 200 })).rejects.toThrow(
    new Error('there are no logs of the system "pm"; there are no logs at all yet'),
  ));

test("a store that is away", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  await expect(readLogs([url], { system: "pm", since: "15m", limit: 200 })).rejects.toThrow(
    new Error(`the store of logs at ${url} does not answer: connect ECONNREFUSED ${url.replace("http://", "")}`),
  );
});

test("a store that refuses the question", async () => {
  const query = { system: "pm", since: "yesterday", limit: 200 };
  await expect(readLogs([output.url], query)).rejects.toThrow(
    `the store of logs at ${output.url} answered 400: cannot parse \`query\` arg`,
  );
});
