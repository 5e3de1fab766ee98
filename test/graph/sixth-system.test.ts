/**
 * Sixth system of test/fixtures, deployed by the real engine. The whole program runs in a copy of the checkout to which
 * the system was added.
 */
import { RenderedStack } from "../support/rendered-stack";
import { addSixthSystem } from "../support/sixth-system";
import { inside, nameOf, waitsFor, type StateResource } from "../support/state";

const stack = new RenderedStack();
let output: string;
let resources: StateResource[];

beforeAll(async () => {
  addSixthSystem(stack);
  await stack.create(["helpdesk"]);
  output = await stack.deploy();
  resources = await stack.resources();
});
afterAll(() => stack.remove());

const awaited = (name: string) => {
  const resource = resources.find(({ urn, custom }) => custom && nameOf(urn) === name)!;
  return [...waitsFor(resource, resources)].map(nameOf);
};

test("the sixth system comes up, and the stack shows where it is", () =>
  expect(output).toContain("http://helpdesk-web.helpdesk:3000"));

test("its changes are deployed in the order of the plan, after its dump", () => {
  expect(awaited("helpdesk-migrate-tickets")).toContain("helpdesk-dump");
  expect(awaited("helpdesk-migrate-open-tickets-index")).toContain("helpdesk-migrate-tickets");
});

test("its service waits for all of its changes, and its verification for its service", () => {
  const changes = inside("helpdesk-migrate", resources).map(({ urn }) => nameOf(urn));
  expect(changes).toContain("helpdesk-migrate-open-tickets-index");
  expect(awaited("helpdesk-web")).toEqual(expect.arrayContaining(changes));
  expect(awaited("helpdesk-smoke-test")).toEqual(expect.arrayContaining(["helpdesk-web"]));
});
