// Chooses which counterexample is drawn; everything is readable without it.
"use strict";
const paths = [...document.querySelectorAll("#drawing .path")];
const findings = [...document.querySelectorAll(".findings > li")];
const cells = [...document.querySelectorAll(".matrix button")];
const shown = document.getElementById("shown");
const told = document.getElementById("cell");

function draw(chosen) {
  for (const path of paths) path.toggleAttribute("hidden", !chosen.includes(path));
  const words = chosen.map((path) => path.querySelector("title").textContent);
  if (chosen.length) centre(chosen[0]);
  if (paths.length) shown.textContent = words.length ? `Shown: ${words.join(" · ")}` : "No path between these two.";
}

// On a narrow screen the drawing is wider than what is seen of it.
function centre(path) {
  const view = document.getElementById("drawing").parentElement;
  const [seen, there] = [view.getBoundingClientRect(), path.getBoundingClientRect()];
  view.scrollLeft += there.left + there.width / 2 - (seen.left + seen.width / 2);
}

function choose(pair) {
  for (const cell of cells) cell.setAttribute("aria-pressed", String(cell.dataset.pair === pair));
  for (const finding of findings) finding.classList.toggle("chosen", finding.dataset.pair === pair);
  const cell = cells.find((one) => one.dataset.pair === pair);
  if (cell) told.textContent = cell.getAttribute("aria-label");
}

for (const cell of cells) {
  cell.addEventListener("click", () => {
    choose(cell.dataset.pair);
    draw(paths.filter((path) => path.dataset.pair === cell.dataset.pair));
  });
}
for (const button of document.querySelectorAll(".show")) {
  button.addEventListener("click", () => {
    const path = document.getElementById(button.dataset.path);
    choose(path.dataset.pair);
    draw([path]);
    document.getElementById("topology").scrollIntoView({ block: "start" });
  });
}

// One stop for the Tab key; the arrows walk through the matrix.
const rows = [...document.querySelectorAll(".matrix tbody tr")].map((row) => [...row.querySelectorAll("td")]);
const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
function step(from, [down, right]) {
  let [row, column] = from;
  do {
    row += down;
    column += right;
  } while (rows[row]?.[column] && !rows[row][column].querySelector("button"));
  return rows[row]?.[column]?.querySelector("button");
}
rows.forEach((row, down) =>
  row.forEach((place, right) =>
    place.addEventListener("keydown", (event) => {
      const next = steps[event.key] && step([down, right], steps[event.key]);
      if (!next) return;
      event.preventDefault();
      event.target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    })));
if (cells.length) cells[0].tabIndex = 0;
if (paths.length) draw([paths[0]]);
