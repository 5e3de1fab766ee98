/** Notification of a failed deployment: whom it reaches. */
import * as pulumi from "@pulumi/pulumi";
import * as runtime from "@pulumi/pulumi/runtime/resource";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { failureNotification } from "../../../../components/runbook/failure-notification";

// Without an engine nobody takes hooks.
jest.spyOn(runtime, "registerErrorHook").mockResolvedValue(undefined);

const asked: string[] = [];
let server: Server;
let address: string;
const warned = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url!);
    // With 307 a client that follows sends the message once more.
    if (request.url!.startsWith("/moved"))
      response.writeHead(307, { location: `http://localhost:${port()}/elsewhere` });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  address = `http://127.0.0.1:${port()}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked.length = 0;
  warned.mockClear();
});

const port = () => (server.address() as AddressInfo).port;

async function notify(path: string): Promise<void> {
  const hook = failureNotification("pm", `${address}${path}`, (failed) => [`${failed} has failed`]);
  await hook.callback({ name: "pm-migrate", errors: ["FAILED"] } as unknown as pulumi.ErrorHookArgs);
}

test("the webhook gets it", async () => {
  await notify("/hook");
  expect(asked).toEqual(["/hook"]);
  expect(warned).not.toHaveBeenCalled();
});

test("a redirect to another host is not followed, and is told without the address", async () => {
  await notify("/moved/secret-part");
  expect(asked).toEqual(["/moved/secret-part"]);
  expect(warned.mock.calls).toEqual([["could not notify of the failure of pm: the webhook answered 307"]]);
});
