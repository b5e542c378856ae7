/** How the page looks, by day and by night, on a screen of 320 pixels too. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --background: #f3f5f8; --card: #ffffff; --line: #d5dbe3; --edge: #8590a0;
  --text: #1b1f24; --muted: #58626e; --first: #1a62d6; --on-first: #ffffff;
  --rest: #a9bddb; --good: #1a7f37; --bad: #b42318;
  --more: #ffa657; --less: #4696ff;
  --run0: #1a62d6; --run1: #b84a06; --run2: #1a7f37; --run3: #8250df;
}
@media (prefers-color-scheme: dark) {
  :root {
    --background: #0e1217; --card: #171c23; --line: #2d3640; --edge: #6b7684;
    --text: #e6eaf0; --muted: #9aa6b4; --first: #6cb0ff; --on-first: #0e1217;
    --rest: #405f8c; --good: #57d27b; --bad: #ff8a80;
    --run0: #6cb0ff; --run1: #ffa657; --run2: #57d27b; --run3: #c297ff;
  }
  #paper:not(.photo) { filter: invert(1) hue-rotate(180deg); }
}
* { box-sizing: border-box; }
/* Nothing moves when the rest is there. */
html { scrollbar-gutter: stable; }
[hidden] { display: none !important; }
body {
  margin: 0 auto; padding: 20px 16px 32px; max-width: 1120px;
  background: var(--background); color: var(--text);
  font: 16px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
header { margin: 0 4px 16px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; }
h2 { font-size: 18px; line-height: 1.3; margin: 0 0 12px; }
h3 { font-size: 15px; margin: 16px 0 8px; }
p { margin: 0; color: var(--muted); overflow-wrap: anywhere; }
/* Lines that the network's name will take. */
#status { min-height: 72px; }
@media (min-width: 480px) { #status { min-height: 48px; } }
@media (min-width: 860px) { #status { min-height: 24px; } }
.note { font-size: 14px; margin-top: 10px; }
main { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 860px) {
  main { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .wide { grid-column: 1 / -1; }
}
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px;
  padding: 16px 20px 20px;
}
.paper { position: relative; overflow: hidden; border-radius: 10px; }
canvas { display: block; image-rendering: pixelated; }
#paper {
  width: 100%; aspect-ratio: 4 / 3; touch-action: none; cursor: crosshair;
  border: 1px solid var(--edge); border-radius: 10px; image-rendering: auto;
  background: #fff;
}
#pen {
  position: absolute; width: 20px; height: 20px; margin: -10px 0 0 -10px;
  border: 2px solid var(--first); border-radius: 50%; pointer-events: none;
}
#pen.down { background: var(--first); }
#boxes { position: absolute; inset: 0; pointer-events: none; }
.box { position: absolute; border: 2px solid var(--first); border-radius: 6px; }
.box span {
  position: absolute; left: -2px; bottom: 100%; padding: 0 6px;
  background: var(--first); color: var(--on-first); border-radius: 4px;
  font-size: 14px; line-height: 20px;
}
.buttons { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 12px; align-items: end; }
button, select {
  font: inherit; color: inherit; background: var(--card); max-width: 100%;
  border: 1px solid var(--edge); border-radius: 8px; padding: 8px 14px; min-height: 44px;
}
a { color: var(--first); }
button { cursor: pointer; }
button:hover:not(:disabled) { border-color: var(--first); }
button.main { background: var(--first); border-color: var(--first); color: var(--on-first); }
button:disabled { color: var(--muted); background: var(--card); border-color: var(--line); cursor: default; }
button[aria-pressed=true] { background: var(--first); border-color: var(--first); color: var(--on-first); }
label { display: grid; gap: 4px; font-size: 14px; color: var(--muted); }
label select { color: var(--text); font-size: 16px; }
#digit-title { margin-bottom: 8px; min-height: 40px; }
#digit { font-size: 32px; line-height: 40px; vertical-align: -3px; margin-left: 4px; }
#digits { display: flex; flex-wrap: wrap; gap: 8px; margin-bottom: 12px; }
.chip { min-width: 44px; padding: 4px 10px; }
.answer { min-height: 368px; display: grid; gap: 20px; grid-template-columns: minmax(0, 1fr) 132px; }
.pictures { display: grid; gap: 14px; align-content: start; }
figure { margin: 0; min-width: 0; }
figcaption { color: var(--muted); font-size: 14px; margin-top: 4px; }
.pictures canvas { width: 100%; background: #000; aspect-ratio: 1; border: 1px solid var(--edge); border-radius: 8px; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; color: var(--muted); font-size: 14px; padding-bottom: 4px; }
#bars th { width: 1%; padding: 2px 10px 2px 0; text-align: left; white-space: nowrap; font-weight: 600; }
#bars td:last-child { width: 84px; padding-left: 8px; text-align: right; white-space: nowrap; }
.bar { height: 16px; min-width: 1px; border-radius: 4px; background: var(--rest); }
.bar.most { background: var(--first); }
.image { padding: 2px; min-height: 0; min-width: 0; border-color: var(--line); }
.image canvas { width: 100%; aspect-ratio: 1; border-radius: 5px; }
#images { display: grid; gap: 4px; grid-template-columns: repeat(10, minmax(0, 1fr)); }
#layers { display: grid; gap: 14px 28px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); }
.layer { position: relative; }
.layer h3 { margin: 0 0 6px; font-weight: 400; font-size: 14px; color: var(--muted); }
.layer code { color: var(--text); font-size: 14px; }
.maps { display: grid; gap: 3px; grid-template-columns: repeat(8, 1fr); }
@media (min-width: 480px) { .maps { grid-template-columns: repeat(16, 1fr); } }
.maps canvas, #filters canvas { width: 100%; aspect-ratio: 1; border-radius: 3px; }
.sum {
  position: absolute; z-index: 1; top: calc(100% + 6px); left: 0; width: max-content;
  max-width: 100%; padding: 10px 12px; pointer-events: none;
  background: var(--card); border: 1px solid var(--edge); border-radius: 8px;
  box-shadow: 0 4px 16px #0004;
}
.sum p { font-size: 14px; color: var(--text); }
.products { display: flex; flex-wrap: wrap; gap: 12px; margin: 8px 0; align-items: start; }
.sum table { width: auto; }
.sum td { padding: 1px 4px; text-align: right; font-size: 12px; line-height: 1.25; white-space: nowrap; border: 1px solid var(--line); }
.map { position: relative; width: 112px; }
.map canvas { width: 100%; border-radius: 3px; }
.mark { position: absolute; outline: 2px solid var(--first); }
#layers .units { grid-template-columns: 1fr; max-width: 400px; }
#layers .units canvas { aspect-ratio: auto; }
.charts { display: grid; gap: 12px 24px; margin-top: 18px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); }
svg { display: block; width: 100%; height: 200px; }
svg text { fill: var(--muted); font-size: 13px; }
svg path, svg line { fill: none; }
svg .grid { stroke: var(--line); }
svg .smooth { stroke-width: 2; stroke-linejoin: round; }
svg .measured { display: none; }
svg circle { stroke-width: 2; fill: var(--card); }
.run-0 { color: var(--run0); stroke: var(--run0); }
.run-1 { color: var(--run1); stroke: var(--run1); stroke-dasharray: 7 3; }
.run-2 { color: var(--run2); stroke: var(--run2); stroke-dasharray: 2 3; }
.run-3 { color: var(--run3); stroke: var(--run3); stroke-dasharray: 10 3 2 3; }
svg circle { stroke-dasharray: none; }
.swatch { display: inline-block; width: 14px; height: 14px; border-radius: 4px; background: currentColor; vertical-align: -2px; }
.scroll { overflow-x: auto; margin-top: 12px; }
.scroll th, .scroll td { padding: 6px 12px 6px 0; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
.scroll th:first-child { text-align: left; font-weight: 400; }
.scroll thead th { color: var(--muted); font-weight: 400; font-size: 14px; }
#filters { display: grid; gap: 6px; grid-template-columns: repeat(auto-fill, 40px); }
#watched { display: flex; flex-wrap: wrap; gap: 10px; }
#watched canvas { width: 48px; height: 48px; border-radius: 6px; }
#watched figcaption { text-align: center; }
.right { color: var(--good); }
.wrong { color: var(--bad); }
:focus-visible { outline: 3px solid var(--first); outline-offset: 2px; }
`;
