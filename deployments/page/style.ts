/** Style sheet of a deployment's page: that of the runbooks, and the colours of the states. */
import { style as runbookStyle } from "../../runbook/render/style";

export const style = `
${runbookStyle}
:root { --done: #116329; --running: #0550ae; --failed: #a40e26; --broken: #7d4e00; --done-back: #dafbe1; --running-back: #ddf4ff; --failed-back: #ffebe9; }
@media (prefers-color-scheme: dark) {
  :root { --done: #7ee787; --running: #7ab7ff; --failed: #ffa198; --broken: #e3b341; --done-back: #12261e; --running-back: #121d2f; --failed-back: #2d1418; }
}
.news { max-width: 54rem; margin: 0 auto; padding: .5rem 1rem 0; color: var(--quiet); min-height: 2.1em; }
.run { font-size: 1.1rem; font-weight: 600; }
.steps { list-style: none; padding: 0; margin: .75rem 0; }
.step { border: 1px solid var(--line); border-left-width: .4rem; border-radius: 6px; padding: .35rem .75rem; margin: .35rem 0; }
.step h3 { margin: 0; font-size: 1rem; display: flex; flex-wrap: wrap; gap: 0 .6rem; align-items: baseline; }
.step details { border: 0; padding: 0; margin: 0; }
.step summary { font-weight: 400; font-size: .9rem; padding: .15rem 0; }
.step li { list-style: disc; }
.time { white-space: nowrap; }
.step .state { font-weight: 600; }
.step .time, .usual { color: var(--quiet); font-weight: 400; font-size: .9rem; }
.step.waiting h3, .step.empty h3, .step.left h3, .step.unchanged h3 { font-weight: 400; color: var(--quiet); }
.step.done { border-left-color: var(--done); } .step.done .state { color: var(--done); }
.step.running { border-color: var(--running); background: var(--running-back); } .step.running .state, .run.running { color: var(--running); }
.step.failed { border-color: var(--failed); background: var(--failed-back); } .step.failed .state, .run.failed { color: var(--failed); }
.step.running .usual, .step.running .time, .step.failed .time, .step.failed .usual { color: var(--text); }
.step.broken { border-left-color: var(--broken); } .step.broken .state, .run.interrupted { color: var(--broken); }
.run.succeeded { color: var(--done); }
.mark { display: inline-block; width: 1.2em; text-align: center; }
.step.running .mark { animation: turn 2s linear infinite; }
@keyframes turn { to { transform: rotate(360deg); } }
@media (prefers-reduced-motion: reduce) { .step.running .mark { animation: none; } }
.log pre { max-height: 18rem; overflow-y: auto; }
figure svg .node.is-done path { fill: var(--done-back); stroke: var(--done); }
figure svg .node.is-running path { fill: var(--running-back); stroke: var(--running); }
figure svg .node.is-failed path { fill: var(--failed-back); stroke: var(--failed); }
`.trim();
