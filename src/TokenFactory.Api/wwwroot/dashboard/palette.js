// Colours that people with any colour vision tell apart (after Okabe and Ito, "Color Universal Design", 2008, darkened or lightened until each has 3 : 1 against its
// page. Lines differ in their points too.

const light = ["#0b62b5", "#b4500a", "#0a7d5a", "#8a3d9e", "#5b6b73", "#b3246b", "#75700b", "#1987a6"];
const dark = ["#66b3ff", "#ffa35c", "#3fcf9f", "#d79bea", "#a9b8c0", "#ff8abf", "#d3cb4a", "#62d4f2"];

const sectors = { household: 0, government: 1, enterprise: 2, unclassified: 4, total: "ink" };

export const symbols = ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect", "emptyTriangle", "emptyDiamond"];

export function theme() {
  return document.documentElement.dataset.theme === "dark"
    ? { name: "dark", series: dark, ink: "#e8eef0", quiet: "#a3b0b6", line: "#33414a", page: "#12181c", card: "#1a2227", rise: "#3fcf9f", fall: "#ffa35c" }
    : { name: "light", series: light, ink: "#17212b", quiet: "#54626c", line: "#d5dde2", page: "#f6f8f9", card: "#ffffff", rise: "#0a7d5a", fall: "#b4500a" };
}

/** The colour of a series: sectors keep theirs in all charts, others take theirs in order. */
export function colour(id, index) {
  const { series, ink } = theme();
  const own = sectors[id];
  return own === "ink" ? ink : series[(own ?? index) % series.length];
}
