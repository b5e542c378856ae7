import type { PanelSize, Theme } from "./_chart.ts";

/** Colours of a drawing on white paper; the font is the one of the PNG. */
export const paper: Theme = {
  id: "curves",
  background: "#ffffff",
  text: "#1b1f24",
  muted: "#59636e",
  line: "#d9dde3",
  series: ["#1f6feb", "#d1570a"],
  font: "PT Sans, sans-serif",
};

/** A panel of such a drawing. */
export const paperSize: PanelSize = { width: 480, height: 320 };
