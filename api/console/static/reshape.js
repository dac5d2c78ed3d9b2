// Merge the fields that are ticked, split the one that is chosen, and show how changed fields read.
// Comes after `boxes.js`, whose names it uses.
"use strict";

const PAUSE = 600; // ms without a change, before the fields are read
let line = null; // the cut that is shown, with its axis and place
let changed = new Set();
let waiting = 0;

const cutting = () => line !== null;
const picks = () => [...editor.querySelectorAll("[data-pick]:checked")];

function showTools() {
  const picked = picks().length;
  const enabled = {
    undo: undoing.length, redo: redoing.length, cut: chosen, divide: chosen, read: chosen,
    remove: picked, merge: picked > 1,
  };
  for (const button of editor.querySelectorAll("[data-tool]")) {
    if (button.dataset.tool in enabled) button.disabled = !enabled[button.dataset.tool];
  }
  const count = editor.querySelector("[data-picked]");
  if (count) count.value = picked;
  for (const box of editor.querySelectorAll("[data-pick]")) {
    const number = box.closest("tr").dataset.region;
    editor.querySelector(`g[data-region="${number}"]`)?.classList.toggle("picked", box.checked);
  }
}

function pick(group) {
  const box = editor.querySelector(`tr[data-region="${group.dataset.region}"] [data-pick]`);
  box.checked = !box.checked;
  showTools();
}

function pickedNames() {
  return picks().map((box) => nameOf(box.closest("tr")));
}

function reshape(name, button) {
  if (name === "merge") send("merge", { was: pickedNames(), how: button.dataset.how });
  else if (name === "remove") send("remove", { was: pickedNames() });
  else if (name === "cut") startCut();
  else if (name === "divide") divide();
  else if (name === "read") read([nameOf(chosen)]);
}

function divide() {
  send("divide", { was: nameOf(chosen), pieces: editor.querySelector("[data-pieces]").value.trim() });
}

// Keys of a chosen box, beside those that move it.
function reshapeKey(key) {
  if (key === "c") startCut();
  else if (key === "d") divide();
  else if (key === "x") pick(chosen);
  else if (key === "m" && picks().length > 1) reshape("merge", tool("merge"));
  else return false;
  return true;
}

function startCut() {
  if (cutting()) return void endCut();
  const box = boxOf(chosen);
  line = { axis: "x", at: (box.x0 + box.x1) / 2, drawn: shape("line", { class: "cut" }) };
  svgOf(chosen).append(line.drawn);
  tool("cut").setAttribute("aria-pressed", "true");
  drawCut();
  chosen.focus({ preventScroll: true });
}

function endCut() {
  line?.drawn.remove();
  line = null;
  tool("cut")?.setAttribute("aria-pressed", "false");
}

function drawCut() {
  const { x0, y0, x1, y1 } = boxOf(chosen);
  const [low, high] = line.axis === "x" ? [x0, x1] : [y0, y1];
  line.at = Math.min(Math.max(line.at, low + SMALLEST), high - SMALLEST);
  const ends = line.axis === "x"
    ? { x1: line.at, x2: line.at, y1: y0, y2: y1 }
    : { x1: x0, x2: x1, y1: line.at, y2: line.at };
  for (const [key, value] of Object.entries(ends)) line.drawn.setAttribute(key, value);
}

function turnCut(axis) {
  if (line.axis === axis) return;
  const box = boxOf(chosen);
  line.axis = axis;
  line.at = axis === "x" ? (box.x0 + box.x1) / 2 : (box.y0 + box.y1) / 2;
}

function showCut(event) {
  const svg = svgOf(event.target);
  if (svg !== svgOf(chosen)) return;
  const at = pointOf(svg, event);
  turnCut(event.shiftKey ? "y" : "x");
  line.at = at[line.axis];
  drawCut();
}

// A click beside the chosen box cuts nothing.
function cutAt(point) {
  const box = boxOf(chosen);
  const inside = point.x > box.x0 && point.x < box.x1 && point.y > box.y0 && point.y < box.y1;
  if (!inside) return void endCut();
  line.at = point[line.axis];
  drawCut();
  saveCut();
}

function saveCut() {
  const whole = line.axis === "x" ? WIDTH : heightOf(svgOf(chosen));
  const { axis, at } = line;
  endCut();
  send("cut", { was: nameOf(chosen), axis, at: (at / whole).toFixed(6) });
}

function cutKey(event) {
  const step = STEPS[event.key];
  if (step) {
    turnCut(step[0] ? "x" : "y");
    line.at += (step[0] || step[1]) * (event.shiftKey ? 5 : 1);
    drawCut();
  } else if (event.key === "Enter") saveCut();
  else if (event.key === "Escape" || event.key === "c") endCut();
  else return false;
  return true;
}

// Reading takes a moment: what changes meanwhile is read together.
function onFieldsChanged(event) {
  for (const name of event.detail) changed.add(name);
  clearTimeout(waiting);
  if (changed.size) waiting = setTimeout(() => { read([...changed]); changed = new Set(); }, PAUSE);
}

function read(names) {
  const query = new URLSearchParams(names.map((name) => ["name", name]));
  const path = editor.dataset.path.replace(/\/fields$/, "/trial");
  document.getElementById("trial").setAttribute("aria-busy", "true");
  htmx.ajax("GET", `${path}?${query}`, { source: "#trial", target: "#trial", swap: "innerHTML" });
}

function onRead(event) {
  if (event.target.id === "trial") event.target.removeAttribute("aria-busy");
}

// Ticking is no change of the row.
function onPicked(event) {
  if (!event.target.matches?.("[data-pick]")) return;
  event.stopPropagation();
  showTools();
}

editor.addEventListener("change", onPicked, true);
document.addEventListener("fields-changed", onFieldsChanged);
document.addEventListener("htmx:afterRequest", onRead);
