/** Network policies of the AI Backend, as the lab's network enforces them. */
import { entranceOf, kubectl, serviceAddress, type System } from "../support/cluster";

const live = (system: System, port: number, host = `${entranceOf(system)}.${system}.svc.cluster.local`) =>
  `http://${host}:${port}/health/live`;

/** Fetches a URL from a pod of a system. Returns the status code, or the code of the error. */
function fetched(system: System, url: string): Promise<string> {
  const script = `fetch(process.argv[1], { signal: AbortSignal.timeout(5000) })
    .then(({ status }) => status, (error) => error.cause?.code ?? error.name).then(console.log)`;
  return kubectl("exec", "-n", system, `deployment/${entranceOf(system)}`, "--", "node", "-e", script, url);
}

test("who is not named does not reach the service; its own pods and the machine do", async () => {
  const address = await serviceAddress("ai-backend", "ai-backend");
  expect(await fetched("mued", live("ai-backend", 8000))).toBe("ECONNREFUSED");
  expect(await fetched("ai-backend", live("ai-backend", 8000))).toBe("200");
  expect((await fetch(live("ai-backend", 8000, address))).status).toBe(200);
});

test("the service reaches nobody else; systems without policies do", async () => {
  const entrance = live("mued", 3000);
  expect(await fetched("ai-backend", entrance)).toBe("ECONNREFUSED");
  expect(await fetched("pm", entrance)).toMatch(/^\d{3}$/);
});
