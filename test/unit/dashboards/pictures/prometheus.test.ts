import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Prometheus } from "../../../../dashboards/pictures/prometheus";
import { freePort } from "../../../support/free-port";

let server: Server;
let answer: { status: number; text: string };
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(decodeURIComponent(request.url!.replace(/\+/g, " ")));
    response.writeHead(answer.status).end(answer.text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => void server.close());

const url = (path = "") => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const success = (result: unknown) => ({ status: 200, text: JSON.stringify({ status: "success", data: { result } }) });

test("values over time are numbers, with their labels", async () => {
  answer = success([
    {
      metric: { pod: "a" },
      values: [
        [10, "1.5"],
        [20, "NaN"],
      ],
    },
  ]);
  const found = await new Prometheus(url()).range('up{pod="a"}', { from: 10, to: 20 }, 15);
  expect(found).toEqual([
    {
      labels: { pod: "a" },
      values: [
        [10, 1.5],
        [20, NaN],
      ],
    },
  ]);
  expect(asked).toEqual(['/api/v1/query_range?query=up{pod="a"}&start=10&end=20&step=15']);
});

test("the values at a time are asked below a path that the address has", async () => {
  answer = success([{ metric: {}, value: [20, "3"] }]);
  expect(await new Prometheus(url("/prometheus")).instant("up", 20)).toEqual([{ labels: {}, values: [[20, 3]] }]);
  expect(asked).toEqual(["/prometheus/api/v1/query?query=up&time=20"]);
});

test("an error of Prometheus is told with its address", async () => {
  answer = { status: 400, text: JSON.stringify({ status: "error", error: "parse error" }) };
  await expect(new Prometheus(url()).instant("up(", 20)).rejects.toThrow(`${url()}: parse error`);
});

test("an answer that is not of Prometheus is told", async () => {
  answer = { status: 502, text: "<html>Bad Gateway" };
  await expect(new Prometheus(url()).instant("up", 20)).rejects.toThrow(`${url()}: answered 502: <html>Bad Gateway`);
});

test("a Prometheus that is not there is told", async () => {
  const port = await freePort();
  await expect(new Prometheus(`http://127.0.0.1:${port}`).instant("up", 20)).rejects.toThrow(
    `http://127.0.0.1:${port}: Prometheus cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}`,
  );
});
