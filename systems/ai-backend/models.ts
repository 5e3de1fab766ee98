/** "ML Model Backups": the volume that holds the models. */
import type { Mount } from "../../components/pod";

export interface ModelVolume {
  readonly mount: Mount;
}
