/** A search for drift. Its floor is the refresh in it, which Pulumi alone does, and which asks no database. */
import { search } from "../drift/search";
import { timed, type Compared } from "./compared";
import { local } from "./execute";

export const drift: Compared = {
  ...{ name: "a search for drift", floorName: "pulumi refresh --preview-only" },
  work: () => timed(() => search({ stack: "local", checks: true, say: () => undefined })),
  floor: () => timed(() => local("refresh", "--preview-only")),
};
