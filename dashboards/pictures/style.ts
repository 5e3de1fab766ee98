/** Look of the pictures: that of Grafana's light theme, roughly. */
export const style = `
* { box-sizing: border-box; margin: 0; }
body { position: relative; background: #f4f5f5; color: #24292e; font: 13px "Liberation Sans", "DejaVu Sans", sans-serif; }
header { position: absolute; left: 12px; top: 12px; }
h1 { font-size: 21px; }
header p { color: #5a6066; margin-top: 2px; }
h2 { position: absolute; font-size: 15px; padding: 6px 4px; }
section { position: absolute; background: #fff; border: 1px solid #dcdde0; border-radius: 3px; padding: 4px 8px; overflow: hidden; }
h3 { font-size: 13px; line-height: 26px; height: 26px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
svg { display: block; }
.nothing { text-align: center; color: #8a9096; padding-top: 20px; font-size: 16px; }
.legend { display: flex; flex-wrap: wrap; overflow: hidden; font-size: 12px; line-height: 18px; }
.legend span { margin-right: 14px; white-space: nowrap; }
.legend i { display: inline-block; width: 12px; height: 3px; margin-right: 4px; vertical-align: middle; }
.figures { display: flex; height: calc(100% - 26px); align-items: center; justify-content: space-around; gap: 10px; }
.figures div { text-align: center; min-width: 0; }
.figures b { display: block; white-space: nowrap; }
.figures small { display: block; color: #5a6066; font-size: 12px; overflow: hidden; text-overflow: ellipsis; }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: 0 8px; align-items: center; }
.bars span { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; font-size: 12px; }
.bars div { background: #eceef0; }
.bars i { display: block; }
.bars b { text-align: right; font-size: 12px; white-space: nowrap; }
table { width: 100%; border-collapse: collapse; font-size: 12px; }
th, td { text-align: left; padding: 0 6px; height: 22px; border-bottom: 1px solid #eceef0; white-space: nowrap; }
th.value, td.value { text-align: right; }
caption { caption-side: bottom; text-align: left; color: #5a6066; padding: 2px 6px; }
`;
