import type { Scenario } from "../scenario";
import { databaseCorruption } from "./database-corruption";
import { failover } from "./failover";
import { pointInTime } from "./point-in-time";

export const scenarios: readonly Scenario[] = [databaseCorruption, pointInTime, failover];
