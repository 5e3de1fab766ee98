/** Clock that stands still but while the code under test sleeps. */
import timers from "node:timers/promises";

export class SimulatedClock {
  /** Seconds since the beginning of the test. */
  seconds = 0;

  /** Takes the place of the timers and the clock of this test file. */
  constructor() {
    jest.spyOn(timers, "setTimeout").mockImplementation((milliseconds) => {
      this.seconds += (milliseconds ?? 0) / 1000;
      return Promise.resolve();
    });
    jest.spyOn(Date, "now").mockImplementation(() => this.seconds * 1000);
  }
}
