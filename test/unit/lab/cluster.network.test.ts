import { demandFreeNetwork } from "../../../lab/cluster/network";

const ours = [
  { dst: "default", dev: "eth0" },
  { dst: "192.0.2.0/24", dev: "eth0" },
  { dst: "10.213.64.0/18", dev: "runsheet0" },
  { dst: "10.213.0.1", dev: "runsheet0" },
  { dst: "10.212.0.0/16", dev: "eth0" },
  { dst: "10.214.0.0", dev: "eth0" },
];

const message = (dst: string, dev: string) =>
  `The lab's network 10.213.0.0/16 overlaps this machine's route to ${dst} (interface ${dev}). Nothing was changed. ` +
  "Remove that route (ip route show table all), or use another machine for the lab.";

test("the default route, the neighbours and the lab's own routes are no conflict", () => {
  expect(() => demandFreeNetwork(ours)).not.toThrow();
});

test.each([
  ["10.0.0.0/8", "wg0"],
  ["10.213.200.7", "tun0"],
  ["10.213.0.0/16", "docker0"],
  ["10.212.0.0/15", "eth0"],
])("a route to %s does", (dst, dev) => {
  expect(() => demandFreeNetwork([...ours, { dst, dev }])).toThrow(new Error(message(dst, dev)));
});
