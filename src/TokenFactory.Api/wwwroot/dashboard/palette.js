// Colours that people with any colour vision tell apart, by hue or by lightness: each has 3 : 1 against its card (WCAG 2.2, 1.4.11), and any two of them, ink included, lie 15 apart
// in CIELAB, seen with full vision and with the three dichromacies (Machado, Oliveira and Fernandes 2009). PaletteTests holds that. Lines differ in their points too.

const light = ["#305e97", "#8e3800", "#1a9955", "#5632bc", "#8e9498", "#8d4065", "#ae911a", "#00a1c2"];
const dark = ["#5199fa", "#c97017", "#72f2a3", "#9265a2", "#a4a9ab", "#f1216d", "#f6d55e", "#11d9fb"];

const sectors = { household: 0, government: 1, enterprise: 2, unclassified: 4, total: "ink" };

export const symbols = ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect", "emptyTriangle", "emptyDiamond"];

export function theme() {
  return document.documentElement.dataset.theme === "dark"
    ? { name: "dark", series: dark, ink: "#e8eef0", quiet: "#a3b0b6", line: "#33414a", page: "#12181c", card: "#1a2227", rise: dark[2], fall: dark[1] }
    : { name: "light", series: light, ink: "#17212b", quiet: "#54626c", line: "#d5dde2", page: "#f6f8f9", card: "#ffffff", rise: light[2], fall: light[1] };
}

/** The colour of a series: sectors keep theirs in all charts, others take theirs in order. */
export function colour(id, index) {
  const { series, ink } = theme();
  const own = sectors[id];
  return own === "ink" ? ink : series[(own ?? index) % series.length];
}
