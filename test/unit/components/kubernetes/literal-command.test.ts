/** Arguments of containers, in which Kubernetes replaces `$(NAME)` by a variable and `$$` by `$`. */
import { podSpec } from "../../../../components/kubernetes/pod";

const commandOf = (word: string, more = {}) =>
  podSpec("demo", { namespace: "demo", image: "demo", command: [word], ...more }, {}, {}).containers;

test.each([
  ["$(PGPASSWORD)", "$$(PGPASSWORD)"],
  ["$$(PGPASSWORD)", "$$$$(PGPASSWORD)"],
  ["echo $$", "echo $$$"],
  ['exit "$(cat $(A))"', 'exit "$$(cat $$(A))"'],
  ["${NAME} $NAME 5$", "${NAME} $NAME 5$"],
])("%s reaches the program as it is, as %s", (word, escaped) => {
  expect(commandOf(word)).toEqual([expect.objectContaining({ command: [escaped] })]);
});

test("a command may have variables", () =>
  expect(commandOf("$(PGHOST)", { replacesVariables: true })).toEqual([
    expect.objectContaining({ command: ["$(PGHOST)"] }),
  ]));
