/** GitHub's REST API for one repository, against a server that speaks it. */
import { Repository } from "../../../github/api";
import { GitHubServer, token } from "../../support/github-server";

let items: unknown[];
const github = new GitHubServer((method, path, body, search) => {
  if (path === "items") return { status: 200, body: items };
  return path === "echo" ? { status: 201, body: { method, body, query: search.get("a") } } : undefined;
});
beforeAll(() => github.start());
beforeEach(() => {
  items = [];
  Object.assign(github, { asked: [], broken: undefined });
});
afterAll(() => github.stop());

const repository = () => new Repository({ api: github.api, repository: "team/app", token }, "contents: read");
const pages = () => github.asked.map((each) => each.replace("GET /repos/team/app/", ""));

test("the first item that is wanted is found, and no further page is asked for", async () => {
  items = Array.from({ length: 250 }, (_, id) => ({ id }));
  expect(await repository().find<{ id: number }>("items", ({ id }) => id === 120)).toEqual({ id: 120 });
  expect(pages()).toEqual(["items?per_page=100&page=1", "items?per_page=100&page=2"]);
});

test("none is found at the end of the list", async () => {
  items = Array.from({ length: 100 }, (_, id) => ({ id }));
  expect(await repository().find("items?a=b", () => false)).toBeUndefined();
  expect(pages()).toEqual(["items?a=b&per_page=100&page=1", "items?a=b&per_page=100&page=2"]);
});

test("a request has its method and body, and its answer is returned", async () =>
  expect(await repository().ask("POST", "echo?a=b", { some: "text" })).toEqual({
    ...{ method: "POST", body: { some: "text" }, query: "b" },
  }));

test("a refusal names the permission that the caller needs", () =>
  expect(repository().ask("GET", "nothing")).rejects.toThrow(
    new Error(
      `GET ${github.api}/repos/team/app/nothing was answered with 404: Not Found; give the job the permission contents: read`,
    ),
  ));

test.each([
  ["x".repeat(300), "x".repeat(200)],
  ['{"error":1}', '{"error":1}'],
])("an answer that is none of the API's is shown as it begins", async (body, shown) => {
  github.broken = { status: 502, body };
  await expect(repository().ask("GET", "items")).rejects.toThrow(
    new Error(`GET ${github.api}/repos/team/app/items was answered with 502: ${shown}`),
  );
});
