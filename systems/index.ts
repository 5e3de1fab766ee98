/** The systems that Runsheet knows. */
import { aiBackend } from "./ai-backend";
import { mued } from "./mued";
import { omniops } from "./omniops";
import { pm } from "./pm";
import { prism } from "./prism";
import type { KnownSystem } from "./known";

export type { KnownSystem } from "./known";

/** In the order in which summaries and documents list them. */
export const systems: readonly KnownSystem[] = [prism, omniops, mued, pm, aiBackend];

export const names = systems.map(({ name }) => name);
