/** A preview told as steps of the runbooks. Its floor is the engine's own, whose events it tells. */
import { timed, type Compared } from "./compared";
import { execute, local } from "./execute";

export const told: Compared = {
  ...{ name: "npm run preview", floorName: "pulumi preview", secondsMore: 2 },
  work: () => timed(() => execute("npm", ["run", "--silent", "preview", "--", "--stack", "local"])),
  floor: () => timed(() => local("preview")),
};
