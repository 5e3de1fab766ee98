/** Disaster and recovery as lines in a picture. */
import { duration } from "../duration";
import type { Report } from "../report";
import { colours } from "./frame";

type Moments = Pick<Report, "disaster" | "recovered">;

/**
 * Returns the lines of both moments.
 * @param labelled writes above each what it is, and when. Default: true
 */
export function moments({ disaster, recovered }: Moments, labelled = true) {
  // The label of the earlier one ends at its line, and the other's begins at its own: they cannot cover each other.
  const [first, second] = recovered < disaster ? (["left", "right"] as const) : (["right", "left"] as const);
  return {
    silent: true,
    symbol: "none",
    data: [
      moment(disaster, "disaster", colours.disaster, first, labelled),
      moment(recovered, "recovered", colours.good, second, labelled),
    ],
  };
}

const moment = (seconds: number, what: string, color: string, align: "left" | "right", show: boolean) => ({
  xAxis: seconds,
  lineStyle: { color, width: 2, type: "solid" as const },
  label: {
    show,
    position: "start" as const,
    distance: 6,
    formatter: `${what} at ${duration(seconds)}`,
    color,
    fontSize: 12,
    fontWeight: "bold" as const,
    padding: [0, 6] as [number, number],
    align,
  },
});
