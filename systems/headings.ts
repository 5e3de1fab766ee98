/** Headings of the runbook documents that the systems were made from, each with the place that it has now. */
import { aiBackendHeadings } from "./ai-backend/headings";
import { muedHeadings } from "./mued/headings";
import { omniopsHeadings } from "./omniops/headings";
import { pmHeadings } from "./pm/headings";
import { prismHeadings } from "./prism/headings";
import type { Heading } from "./heading";

/** Headings by the system's name, in the order of the document. */
export const headings: Readonly<Record<string, readonly Heading[]>> = {
  prism: prismHeadings,
  omniops: omniopsHeadings,
  mued: muedHeadings,
  pm: pmHeadings,
  "ai-backend": aiBackendHeadings,
};
