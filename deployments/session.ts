/** Runs of a stack, one after the other, as whoever started them leaves their log. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Run } from "../drills/timeline";
import { EventLog } from "../engine/event-log";
import type { Resource } from "../runbook/source/graph";
import { Course } from "./course";
import { isOver, type Deployment } from "./deployment";
import { reportPage } from "./page/html";
import { pageOf } from "./page/page";
import { isAlive, type Place, type Started } from "./place";
import { readReports, writeReport } from "./report/files";
import { reportOf } from "./report/report";
import { usualOf } from "./usual";

/** Reads the resources that the stack has, for a run that has not left them. */
export type ReadGraph = () => Promise<readonly Resource[]>;

export class Session {
  private readonly log: EventLog;
  private course: Course | undefined;
  private started: Started | undefined;
  /** True if the next event is the first one of another run. */
  private isNext = true;
  /** Files of the report of the run that is over. Default: it is not written yet. */
  report: readonly string[] | undefined;

  /** @param owner true in the process that begins the runs. Others leave its files to it as long as it is there */
  constructor(
    private readonly place: Place,
    private readonly readGraph: ReadGraph,
    private readonly isOwner = false,
  ) {
    this.log = new EventLog(place.log);
  }

  /** Starter and commit of the newest run. Undefined if another Pulumi than that of `npm run up` began it. */
  get run(): Run | undefined {
    return this.started?.run;
  }

  /** Reads what is new. Writes the report of a run that is over, and removes its log. */
  async poll(now = new Date()): Promise<void> {
    const there = this.place.started();
    const { isNewRun, events } = this.log.read();
    this.isNext ||= isNewRun;
    if (events.length > 0) await this.take(events, there);
    if (!this.course || this.isNext) return;
    if (this.isGone(there)) this.course.hasEnded();
    if (!this.report && this.isLeftToUs(there)) await this.finish(this.course, now);
  }

  /** Course of the newest run, without a run that has told nothing yet. */
  deployment(now = Date.now()): Deployment {
    return this.course?.deployment(now) ?? nothingYet;
  }

  /** Resources of the stack as the newest run knows them. Default: no run has told anything. */
  get graph(): readonly Resource[] {
    return this.course?.graph ?? [];
  }

  close(): void {
    this.log.close();
  }

  /** Takes note in the process that began the run that its engine has ended. */
  async end(now = new Date()): Promise<void> {
    await this.poll(now);
    this.course ??= await this.newCourse();
    this.course.hasEnded();
    if (!this.report) await this.finish(this.course, now);
  }

  private async take(events: readonly EngineEvent[], there: Started | undefined): Promise<void> {
    if (this.isNext) {
      this.course = await this.newCourse();
      this.started = there;
      this.isNext = false;
      this.report = undefined;
    }
    this.course!.take(events);
  }

  private async newCourse(): Promise<Course> {
    const graph = this.place.before() ?? (await this.readGraph());
    return new Course({ graph, usual: usualOf(readReports(this.place.reports, this.place.stack), graph) });
  }

  /** True if the engine of the run no longer runs. Of another Pulumi that is not known. */
  private isGone(there: Started | undefined): boolean {
    if (!this.started) return false;
    // Its files are removed by who began it, or another run has begun.
    if (there?.run.began !== this.started.run.began) return true;
    return there.engine !== undefined && !isAlive(there.engine);
  }

  /** True if nobody else writes the report. */
  private isLeftToUs(there: Started | undefined): boolean {
    if (this.isOwner || !this.started) return true;
    return there?.run.began === this.started.run.began && !isAlive(there.owner);
  }

  private async finish(course: Course, now: Date): Promise<void> {
    const deployment = course.deployment(now.getTime());
    const { stack, reports } = this.place;
    // One that told nothing ended before it began: Pulumi's own words say why.
    if (isOver(deployment) && deployment.began !== undefined) {
      const page = reportPage(await pageOf({ stack, deployment, ...(this.run && { run: this.run }) }));
      this.report = writeReport(reports, reportOf(stack, deployment, this.run, now), page);
    }
    if (isOver(deployment) || deployment.state === "previewed") this.place.clear();
  }
}

const nothingYet: Deployment = {
  ...{
    state: "waiting",
    isStopping: false,
    systems: [],
    others: [],
    counts: {},
    failures: [],
    warnings: [],
    tasks: [],
  },
};
