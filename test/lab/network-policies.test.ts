/** Network policies of the systems, as the lab's network enforces them: pods try each way. */
import { nodeAddress, objectStorePort } from "../../lab/cluster/addresses";
import { entranceOf, eventually, kubectl, primaryOf, serviceAddress, systems, type System } from "../support/cluster";
import { answerOf, connection, Stranger, type Tries } from "../support/connections";

/** A port that no configuration names. */
const unnamed = 5433;
const refused = "ECONNREFUSED";

let stranger: Stranger;
beforeAll(async () => {
  stranger = await Stranger.start(53, 443, 6443, unnamed);
  await eventually("it listens", async () => (await connection(stranger, stranger.address, unnamed)) === "open");
});
afterAll(() => stranger.stop());

const application = (system: System): Tries => ({ namespace: system, pod: `deployment/${entranceOf(system)}` });
const database = (system: System) => `${system}-postgresql-rw.${system}`;
const withRedis = ["prism", "omniops", "pm", "ai-backend"];

describe.each(systems)("%s", (system) => {
  const own = application(system);
  const other = systems.find((each) => each !== system)!;
  const otherRedis = withRedis.find((each) => each !== system)!;

  test("reaches its own database and Redis, and names", async () => {
    expect(await connection(own, database(system), 5432)).toBe("open");
    if (withRedis.includes(system)) expect(await connection(own, `${system}-redis.${system}`, 6379)).toBe("open");
  });

  test("does not reach another's database, Redis or application", async () => {
    const entrance = await kubectl(
      "get",
      "service",
      "-n",
      other,
      entranceOf(other),
      "-o",
      "jsonpath={.spec.ports[0].port}",
    );
    expect(await connection(own, database(other), 5432)).toBe(refused);
    expect(await connection(own, `${otherRedis}-redis.${otherRedis}`, 6379)).toBe(refused);
    expect(await connection(own, `${entranceOf(other)}.${other}`, Number(entrance))).toBe(refused);
  });

  test("reaches outside what is named, and no other port or nameserver", async () => {
    for (const port of [53, 443, 6443, unnamed])
      expect(await connection(stranger, stranger.address, port)).toBe("open");
    expect(await connection(own, stranger.address, 443)).toBe("open");
    for (const port of [53, 6443, unnamed]) expect(await connection(own, stranger.address, port)).toBe(refused);
    expect(await answerOf(stranger, stranger.address, "a.test")).toBe("192.0.2.1");
    expect(await answerOf(own, stranger.address, "a.test")).toMatch(/^E(CONNREFUSED|TIMEOUT)$/);
  });

  test("reaches neither the API server nor the object store", async () => {
    expect(await connection(own, "kubernetes.default.svc", 443)).toBe(refused);
    expect(await connection(own, nodeAddress, objectStorePort)).toBe(refused);
  });

  test("is reached at its application by those that are let in, and at nothing else", async () => {
    const port = await kubectl(
      "get",
      "service",
      "-n",
      system,
      entranceOf(system),
      "-o",
      "jsonpath={.spec.ports[0].port}",
    );
    expect(await connection(stranger, `${entranceOf(system)}.${system}`, Number(port))).toBe("open");
    expect(await connection(stranger, database(system), 5432)).toBe(refused);
    if (withRedis.includes(system)) expect(await connection(stranger, `${system}-redis.${system}`, 6379)).toBe(refused);
  });

  test("its database reaches the object store, and no other database or port", async () => {
    const pod = await primaryOf(system);
    const from = (host: string, port: number) =>
      kubectl(
        "exec",
        "-n",
        system,
        pod,
        "-c",
        "postgres",
        "--",
        "bash",
        "-c",
        `timeout 5 bash -c 'exec 3<>/dev/tcp/${host}/${port}'`,
      );
    await from(nodeAddress, objectStorePort);
    await expect(from(database(other), 5432)).rejects.toThrow("Connection refused");
    await expect(from(stranger.address, unnamed)).rejects.toThrow("Connection refused");
  });
});

test.each(withRedis)("Redis of %s connects to nobody", async (system) => {
  const redis = (host: string, port: string) =>
    kubectl("exec", "-n", system, `${system}-redis-0`, "--", "redis-cli", "-h", host, "-p", port, "PING");
  await expect(redis(stranger.address, "443")).rejects.toThrow("Connection refused");
  const address = await serviceAddress(system, `${system}-postgresql-rw`);
  await expect(redis(address, "5432")).rejects.toThrow("Connection refused");
});

test("the machine, which plays the users, is let in", async () => {
  const address = await serviceAddress("ai-backend", "ai-backend");
  expect((await fetch(`http://${address}:8000/health/live`)).status).toBe(200);
});
