/** How the page looks, by day and by night; no file and no script is needed. */
export const style = `
:root {
  color-scheme: light dark;
  --background: #ffffff; --card: #f6f7f9; --line: #d9dde3;
  --text: #1b1f24; --muted: #59636e;
  --first: #1f6feb; --second: #d1570a; --right: 31 111 235; --wrong: 207 34 46;
}
@media (prefers-color-scheme: dark) {
  :root {
    --background: #0f1318; --card: #181d24; --line: #323a45;
    --text: #e6eaf0; --muted: #9aa6b4;
    --first: #6cb0ff; --second: #ffa657; --right: 88 166 255; --wrong: 255 110 110;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 24px; max-width: 1080px;
  background: var(--background); color: var(--text);
  font: 14px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums;
}
h1 { overflow-wrap: anywhere; font-size: 22px; margin: 0 0 4px; }
h2 { font-size: 16px; margin: 28px 0 8px; }
p { margin: 0 0 8px; color: var(--muted); overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; }
svg text { font-family: system-ui, sans-serif !important; }
.cards, .charts { display: grid; gap: 12px; }
.cards { grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); margin: 16px 0; }
.charts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); }
.cards div, .charts > figure { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; }
.cards dt { color: var(--muted); font-size: 12px; }
.cards dd { margin: 0; font-size: 18px; font-weight: 600; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: 3px 8px; text-align: right; border: 1px solid var(--line); white-space: nowrap; }
th { color: var(--muted); font-weight: 600; background: var(--card); }
td.none { color: var(--muted); opacity: .5; }
.facts { display: grid; gap: 0 24px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr)); margin: 0; }
.facts div { display: flex; justify-content: space-between; gap: 12px; padding: 4px 0; border-bottom: 1px solid var(--line); }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
.worst { display: grid; gap: 8px; grid-template-columns: repeat(auto-fill, minmax(92px, 1fr)); }
.charts > figure { text-align: left; min-width: 0; }
.short { max-height: 260px; overflow: auto; }
.inside { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start; margin-bottom: 16px; padding: 12px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.inside h3 { flex: 0 0 100%; margin: 0; font-size: 14px; }
.inside figure { max-width: 100%; }
.inside img { height: auto; max-width: 100%; border-radius: 4px; }
figcaption { overflow-wrap: anywhere; }
figure { margin: 0; text-align: center; font-size: 12px; color: var(--muted); }
figure b { display: block; font-size: 14px; color: var(--text); }
img { image-rendering: pixelated; background: #000; }
.worst img { width: 84px; height: 84px; border-radius: 4px; }
.filters { max-width: 100%; height: auto; border-radius: 4px; }
pre { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px; font-size: 12px; }
summary { cursor: pointer; color: var(--muted); margin: 12px 0 8px; }
`;
