/** A search for drift. Its floor is the refresh in it, which Pulumi alone does. */
import { search } from "../drift/search";
import { seconds, type Compared } from "./compared";
import { local } from "./execute";

export const drift: Compared = {
  ...{ name: "a search for drift", floorName: "pulumi refresh --preview-only", limit: 2 },
  work: () => seconds(() => search({ stack: "local", checks: true, say: () => undefined })),
  floor: () => seconds(() => local("refresh", "--preview-only")),
};
