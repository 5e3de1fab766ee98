/** Look of the history, light and dark. */
export const style = `
:root { color-scheme: light dark; --ink: #1f2328; --quiet: #57606a; --grid: #d8dee4; --back: #ffffff; --panel: #f6f8fa;
  --good: #1a7f37; --bad: #c02626; --link: #0858b8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --quiet: #a5aeb8; --grid: #3a424b; --back: #0f1318; --panel: #171c23; --good: #4cc167;
    --bad: #ff8078; --link: #79b8ff; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1400px; padding: 16px; background: var(--back); color: var(--ink);
  font: 15px/1.45 system-ui, "Liberation Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 24px; margin: 8px 0; }
h2 { font-size: 19px; margin: 28px 0 8px; }
h3 { font-size: 16px; margin: 20px 0 6px; }
p { margin: 6px 0; }
ul { padding-left: 20px; margin: 6px 0; }
a { color: var(--link); }
a:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.quiet { color: var(--quiet); }
.bad { color: var(--bad); font-weight: 600; }
.good { color: var(--good); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(320px, 100%), 1fr)); gap: 12px; }
figure { margin: 0; padding: 8px 0; background: var(--panel); border: 1px solid var(--grid); border-radius: 6px; }
figure svg { display: block; max-width: 100%; height: auto; margin: auto; }
figcaption { padding: 0 12px; font-size: 14px; }
.table { overflow-x: auto; border: 1px solid var(--grid); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; overflow-wrap: normal; }
caption { text-align: left; white-space: normal; padding: 8px; color: var(--quiet); }
th, td { text-align: left; vertical-align: top; padding: 6px 10px; border-top: 1px solid var(--grid); white-space: nowrap; }
thead th { background: var(--panel); }
td.long { min-width: 260px; white-space: normal; overflow-wrap: anywhere; }
`;
