/** Block of lines at the end of a terminal. */
import { Screen, takesControl } from "../../../../deployments/terminal/screen";

const escape = "\u001b";

function terminal(columns = 20, rows = 6) {
  let written = "";
  const write = (text: string) => ((written += text), true);
  const read = () => {
    const text = written;
    written = "";
    return text;
  };
  return { read, terminal: { columns, rows, write } };
}

test("the block is drawn over the one before, lines that stay are above it", () => {
  const { read, terminal: own } = terminal();
  const screen = new Screen(own, true);
  screen.show([], ["one", "two"]);
  expect(read()).toBe("one\ntwo\n");
  screen.show(["stays"], ["three"]);
  expect(read()).toBe(`${escape}[2A${escape}[1G${escape}[0Jstays\nthree\n`);
  screen.show([], ["three"]);
  expect(read()).toBe("");
  screen.erase();
  expect(read()).toBe(`${escape}[1A${escape}[1G${escape}[0J`);
});

test("a line of the block is never wider than the terminal; one that stays is whole", () => {
  const { read, terminal: own } = terminal(10);
  new Screen(own, true).show(["a line that stays"], ["0123456789", "012345678"]);
  expect(read()).toBe("a line that stays\n01234567…\n012345678\n");
});

test("the block is never higher than the terminal", () => {
  const { read, terminal: own } = terminal(20, 4);
  new Screen(own, true).show([], ["1", "2", "3", "4", "5"]);
  expect(read()).toBe("1\n2\n  and 3 more\n");
});

test("without control characters there is no block", () => {
  const { read, terminal: own } = terminal();
  const screen = new Screen(own, false);
  screen.show(["stays"], ["block"]);
  screen.erase();
  expect(read()).toBe("stays\n");
});

test.each([
  [{}, true],
  [{ TERM: "xterm" }, true],
  [{ TERM: "dumb" }, false],
  [{ NO_COLOR: "1" }, false],
  [{ NO_COLOR: "" }, true],
])("with %j control characters are used: %s", (environment, used) => expect(takesControl(environment)).toBe(used));
