// Before anything is painted, so that a dark page does not flash white. Not a module: modules wait for the document.
{
  const asked = new URLSearchParams(location.search).get("theme");
  const kept = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
  const choice = ["light", "dark"].includes(asked) ? asked : kept;
  document.documentElement.dataset.theme = choice === "light" || choice === "dark"
    ? choice
    : matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
