/** Style sheet of a page: light and dark as the reader's system is, from 360 pixels on, and for paper. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1f2328; --quiet: #57606a; --line: #d0d7de; --card: #f6f8fa; --link: #0550ae;
}
@media (prefers-color-scheme: dark) {
  :root { --page: #14171b; --text: #e6e8eb; --quiet: #a4adb8; --line: #3d444d; --card: #1e2329; --link: #7ab7ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 0; top: 0; padding: .5rem 1rem; background: var(--page); z-index: 1; }
header, main, nav { max-width: 54rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 1.5rem 0 .5rem; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
h1, h2, h3, p, li, summary { overflow-wrap: anywhere; }
p, ul { margin: .5rem 0; }
ul { padding-left: 1.25rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; list-style: none; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code { font: .9em ui-monospace, "Liberation Mono", Menlo, monospace; background: var(--card); padding: .1em .2em; border-radius: 4px; }
pre { margin: .5rem 0; padding: .75rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px;
  white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; line-height: 1.45; }
pre code { background: none; padding: 0; font-size: inherit; }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: 6px; padding: 0 .75rem; }
details[open] { padding-bottom: .5rem; }
summary { cursor: pointer; padding: .5rem 0; font-weight: 600; }
.scroll { overflow-x: auto; margin: .5rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { border: 1px solid var(--line); padding: .35rem .5rem; text-align: left; vertical-align: top; min-width: 6rem; }
td:first-child { min-width: 9rem; }
th { background: var(--card); }
figure { margin: 1rem 0; overflow-x: auto; }
figcaption { color: var(--quiet); font-size: .9rem; }
figure svg { display: block; max-width: 100%; height: auto; }
figure svg text { fill: var(--text); font-family: Helvetica, "Liberation Sans", Arial, sans-serif; }
figure svg .node path, figure svg .node polygon { fill: var(--card); stroke: var(--quiet); }
figure svg .edge path { stroke: var(--quiet); }
figure svg .edge polygon { fill: var(--quiet); stroke: var(--quiet); }
figure svg a { text-decoration: none; }
figure svg a:focus-visible path { stroke: var(--link); stroke-width: 3; }
@media print {
  nav, .skip { display: none; }
  body { font-size: 10pt; }
}
`.trim();
