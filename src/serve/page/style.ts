/** How the page looks, by day and by night, on a screen of 320 pixels too. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --background: #ffffff; --card: #f6f7f9; --line: #8a939d;
  --text: #1b1f24; --muted: #59636e; --first: #1f6feb; --rest: #9db4d3; --second: #b84a06;
}
@media (prefers-color-scheme: dark) {
  :root {
    --background: #0f1318; --card: #181d24; --line: #6b7684;
    --text: #e6eaf0; --muted: #9aa6b4; --first: #6cb0ff; --rest: #45618a; --second: #ffa657;
  }
  #paper { filter: invert(1); }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0 auto; padding: 16px; max-width: 1080px;
  background: var(--background); color: var(--text);
  font: 16px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
h1 { font-size: 24px; margin: 0 0 4px; }
h2 { font-size: 16px; margin: 16px 0 8px; }
p { margin: 8px 0; color: var(--muted); overflow-wrap: anywhere; }
.columns { display: grid; gap: 0 24px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 280px), 1fr)); }
.paper { position: relative; max-width: 320px; }
canvas { display: block; border: 1px solid var(--line); border-radius: 8px; }
#paper { width: 100%; aspect-ratio: 1; touch-action: none; cursor: crosshair; }
#pen {
  position: absolute; width: 20px; height: 20px; margin: -10px 0 0 -10px;
  border: 2px solid var(--first); border-radius: 50%; pointer-events: none;
}
#pen.down { background: var(--first); }
#seen { width: 100%; max-width: 196px; aspect-ratio: 1; image-rendering: pixelated; }
#digit { font-size: 28px; line-height: 1; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; color: var(--muted); }
th { width: 1%; padding-right: 8px; text-align: left; white-space: nowrap; }
td:last-child { width: 84px; text-align: right; }
.bar { height: 16px; border-radius: 4px; background: var(--rest); }
.bar.most { background: var(--first); }
button, select {
  font: inherit; color: inherit; background: var(--card); max-width: 100%;
  border: 1px solid var(--line); border-radius: 8px; padding: 8px 16px; min-height: 44px;
}
button { cursor: pointer; }
button:disabled { color: var(--muted); cursor: default; }
svg { display: block; width: 100%; height: 160px; border: 1px solid var(--line); border-radius: 8px; }
polyline { fill: none; stroke: currentColor; stroke-width: 2; vector-effect: non-scaling-stroke; }
.loss { color: var(--second); }
.accuracy { color: var(--first); }
#images { display: flex; flex-wrap: wrap; gap: 8px; }
#images button { padding: 4px; }
#images canvas { width: 42px; height: 42px; image-rendering: pixelated; border: 0; border-radius: 4px; }
:focus-visible { outline: 3px solid var(--first); outline-offset: 2px; }
`;
