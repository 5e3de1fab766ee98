/** A search for drift. Its floor is the refresh in it, which Pulumi alone does. */
import { search } from "../drift/search";
import { timed, type Compared } from "./compared";
import { local } from "./execute";

export const drift: Compared = {
  ...{ name: "a search for drift", floorName: "pulumi refresh --preview-only", limit: 2 },
  work: () => timed(() => search({ stack: "local", checks: true, say: () => undefined })),
  floor: () => timed(() => local("refresh", "--preview-only")),
};
