/** How the view looks, by day and by night, on a screen of 320 pixels too. */
export const liveStyle = `
:root {
  color-scheme: light dark;
  --background: #ffffff; --card: #f6f7f9; --line: #8a939d; --grid: #d9dde3;
  --text: #1b1f24; --muted: #59636e;
  --run-0: #1f6feb; --run-1: #b84a06; --run-2: #1a7f37; --run-3: #8250df; --run-4: #bf3989;
}
@media (prefers-color-scheme: dark) {
  :root {
    --background: #0f1318; --card: #181d24; --line: #6b7684; --grid: #323a45;
    --text: #e6eaf0; --muted: #9aa6b4;
    --run-0: #6cb0ff; --run-1: #ffa657; --run-2: #56d364; --run-3: #d2a8ff; --run-4: #ff9bce;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0 auto; padding: 16px; max-width: 1280px;
  background: var(--background); color: var(--text);
  font: 16px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
h1 { font-size: 24px; margin: 0 0 4px; }
h2 { font-size: 16px; margin: 16px 0 8px; }
p { margin: 8px 0; color: var(--muted); overflow-wrap: anywhere; }
progress { width: 100%; accent-color: var(--run-0); }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
.columns { display: grid; gap: 0 24px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
button {
  font: inherit; color: inherit; background: var(--card); cursor: pointer;
  border: 1px solid var(--line); border-radius: 8px; padding: 8px 16px; min-height: 44px;
}
button:disabled { color: var(--muted); cursor: default; }
input[type=range] { accent-color: var(--run-0); }
svg { display: block; width: 100%; height: 260px; border: 1px solid var(--line); border-radius: 8px; }
svg text { fill: var(--muted); font-size: 12px; }
svg path, svg line { fill: none; }
svg .grid { stroke: var(--grid); }
svg .at { stroke: var(--muted); }
svg .step { stroke-width: 1; opacity: .35; }
svg .smooth { stroke-width: 2; }
svg .measured { stroke-width: 1.5; stroke-dasharray: 5 4; }
.run-0 { stroke: var(--run-0); } .run-1 { stroke: var(--run-1); } .run-2 { stroke: var(--run-2); }
.run-3 { stroke: var(--run-3); } .run-4 { stroke: var(--run-4); }
svg circle { stroke-width: 2; fill: var(--background); }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; background: transparent; }
.swatch.run-1 { background: var(--run-1); } .swatch.run-2 { background: var(--run-2); }
.swatch.run-3 { background: var(--run-3); } .swatch.run-4 { background: var(--run-4); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 4px 12px 4px 0; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { color: var(--muted); font-weight: 600; }
td label { cursor: pointer; }
dl { display: grid; gap: 0 24px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); margin: 0; }
dl div { display: flex; justify-content: space-between; gap: 12px; padding: 4px 0; border-bottom: 1px solid var(--grid); }
dt { color: var(--muted); }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--run-0); outline-offset: 2px; }
`;
