import type { Scenario } from "../scenario";
import { badMigration } from "./bad-migration";
import { badRelease } from "./bad-release";
import { databaseCorruption } from "./database-corruption";
import { failover } from "./failover";
import { lostCluster } from "./lost-cluster";
import { modelVolume } from "./model-volume";
import { objectStoreLost } from "./object-store-lost";
import { pointInTime } from "./point-in-time";
import { redisFailure } from "./redis-failure";
import { restoreElsewhere } from "./restore-elsewhere";
import { secretLeak } from "./secret-leak";
import { zoneLoss } from "./zone-loss";

export const scenarios: readonly Scenario[] = [
  databaseCorruption,
  redisFailure,
  pointInTime,
  lostCluster,
  failover,
  badRelease,
  badMigration,
  secretLeak,
  restoreElsewhere,
  objectStoreLost,
  zoneLoss,
  modelVolume,
];
