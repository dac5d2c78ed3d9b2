// Move, resize, draw and remove the fields' boxes on a proposal's blank forms. Each change is saved
// at once; what undoes it comes back with the answer. `reshape.js` merges and splits fields.
"use strict";

const WIDTH = 1000;
const SMALLEST = 4; // drawing units: 0.4 % of the page's width
const STEPS = { ArrowLeft: [-2, 0], ArrowRight: [2, 0], ArrowUp: [0, -2], ArrowDown: [0, 2] };
const GRIPS = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

const editor = document.getElementById("editor");
const undoing = [];
const redoing = [];
let chosen = null; // the <g> that has the handles
let drag = null;
let nudged = false;
let adding = false;

const svgOf = (element) => element.closest("svg[data-editable]");
const heightOf = (svg) => svg.viewBox.baseVal.height;
const tool = (name) => editor.querySelector(`[data-tool="${name}"]`);
const drawing = () => tool("draw").getAttribute("aria-pressed") === "true";

function shape(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function pointOf(svg, event) {
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  return { x: clamp(x, WIDTH), y: clamp(y, heightOf(svg)) };
}

function clamp(value, most) {
  return Math.min(Math.max(value, 0), most);
}

function boxOf(group) {
  const rect = group.querySelector("rect");
  const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
  return { x0: x, y0: y, x1: x + width, y1: y + height };
}

function put(group, box) {
  const rect = group.querySelector("rect");
  rect.setAttribute("x", box.x0);
  rect.setAttribute("y", box.y0);
  rect.setAttribute("width", box.x1 - box.x0);
  rect.setAttribute("height", box.y1 - box.y0);
  const text = group.querySelector("text");
  text?.setAttribute("x", box.x0);
  text?.setAttribute("y", box.y0 - 3);
  if (group === chosen) grip(group, box);
}

function grip(group, box) {
  for (const old of group.querySelectorAll(".grip")) old.remove();
  // As large on the screen however far the form is enlarged.
  const size = 9 / svgOf(group).getScreenCTM().a;
  for (const name of GRIPS) {
    const x = name.includes("w") ? box.x0 : name.includes("e") ? box.x1 : (box.x0 + box.x1) / 2;
    const y = name.includes("n") ? box.y0 : name.includes("s") ? box.y1 : (box.y0 + box.y1) / 2;
    group.append(shape("rect", {
      class: `grip ${name}`, "data-grip": name, x: x - size / 2, y: y - size / 2, width: size, height: size,
    }));
  }
}

function choose(group) {
  if (chosen === group) return;
  saveNudge();
  chosen?.classList.remove("chosen");
  for (const old of chosen?.querySelectorAll(".grip") ?? []) old.remove();
  chosen = group;
  endCut();
  showTools();
  if (!group) return;
  group.classList.add("chosen");
  group.parentNode.append(group); // above its neighbours
  grip(group, boxOf(group));
  group.focus({ preventScroll: true });
  const row = document.querySelector(`tr[data-region="${group.dataset.region}"]`);
  if (getComputedStyle(group.closest(".split-image")).position === "sticky") row?.scrollIntoView({ block: "nearest" });
}

function moved(box, dx, dy, svg) {
  const x = clamp(box.x0 + dx, WIDTH - (box.x1 - box.x0));
  const y = clamp(box.y0 + dy, heightOf(svg) - (box.y1 - box.y0));
  return { x0: x, y0: y, x1: x + box.x1 - box.x0, y1: y + box.y1 - box.y0 };
}

function resized(box, name, dx, dy, svg) {
  const out = { ...box };
  if (name.includes("w")) out.x0 = Math.min(clamp(box.x0 + dx, WIDTH), box.x1 - SMALLEST);
  if (name.includes("e")) out.x1 = Math.max(clamp(box.x1 + dx, WIDTH), box.x0 + SMALLEST);
  if (name.includes("n")) out.y0 = Math.min(clamp(box.y0 + dy, heightOf(svg)), box.y1 - SMALLEST);
  if (name.includes("s")) out.y1 = Math.max(clamp(box.y1 + dy, heightOf(svg)), box.y0 + SMALLEST);
  return out;
}

function fractions(box, svg) {
  const part = (value, whole) => clamp(value / whole, 1).toFixed(6);
  return {
    x0: part(box.x0, WIDTH), x1: part(box.x1, WIDTH),
    y0: part(box.y0, heightOf(svg)), y1: part(box.y1, heightOf(svg)),
  };
}

// Requests wait for each other (hx-sync): each is made on the revision that the one before left.
function send(action, values, target = "#editor") {
  htmx.ajax("POST", `${editor.dataset.path}/${action}`, { source: editor, target, swap: "innerHTML", values });
}

function cellOf(number) {
  return document.getElementById(`saved-${number}`);
}

function nameOf(group) {
  return cellOf(group.dataset.region).querySelector("[name=was]").value;
}

function save(group, before) {
  const number = group.dataset.region;
  group.before = before;
  send("box", {
    number, was: nameOf(group), ...fractions(boxOf(group), svgOf(group)),
  }, `#saved-${number}`);
}

function saveNudge() {
  if (!nudged || !chosen) return;
  const before = nudged;
  nudged = false;
  save(chosen, before);
}

function remove(group) {
  nudged = false;
  send("remove", { was: nameOf(group) });
}

function add(svg, box) {
  tool("draw").setAttribute("aria-pressed", "false");
  adding = true;
  send("add", { page_no: svg.dataset.page, ...fractions(box, svg) });
}

function onDown(event) {
  const svg = svgOf(event.target);
  if (!svg || event.button !== 0) return;
  event.preventDefault();
  const start = pointOf(svg, event);
  svg.setPointerCapture(event.pointerId);
  if (drawing()) {
    const rubber = shape("rect", { class: "rubber" });
    svg.append(rubber);
    drag = { svg, start, rubber };
    return;
  }
  if (cutting()) return void cutAt(start);
  const name = event.target.dataset.grip;
  const group = event.target.closest(".region");
  if (group && (event.shiftKey || event.ctrlKey || event.metaKey)) return void pick(group);
  choose(group);
  drag = group && { svg, start, group, name, box: boxOf(group) };
}

function onMove(event) {
  if (cutting()) return void showCut(event);
  if (!drag) return;
  const { svg, start, group, name, box, rubber } = drag;
  const at = pointOf(svg, event);
  if (rubber) {
    drag.drawn = {
      x0: Math.min(start.x, at.x), y0: Math.min(start.y, at.y), x1: Math.max(start.x, at.x), y1: Math.max(start.y, at.y),
    };
    const { x0, y0, x1, y1 } = drag.drawn;
    for (const [key, value] of [["x", x0], ["y", y0], ["width", x1 - x0], ["height", y1 - y0]]) rubber.setAttribute(key, value);
    return;
  }
  const [dx, dy] = [at.x - start.x, at.y - start.y];
  if (!drag.moving && Math.hypot(dx, dy) < 2) return; // a click with an unsteady hand
  drag.moving = true;
  put(group, name ? resized(box, name, dx, dy, svg) : moved(box, dx, dy, svg));
}

function onUp() {
  const done = drag;
  drag = null;
  done?.rubber?.remove();
  if (done?.moving) save(done.group, done.box);
  const drawn = done?.drawn;
  if (drawn && drawn.x1 - drawn.x0 >= SMALLEST && drawn.y1 - drawn.y0 >= SMALLEST) add(done.svg, drawn);
}

function onAbort() {
  if (drag?.moving) put(drag.group, drag.box);
  drag?.rubber?.remove();
  drag = null;
}

// In capture: the page's own keys come after.
function onBoxKey(event) {
  if (event.key === "Escape" && drag) return void onAbort();
  const typing = event.target.matches?.("input:not([type=checkbox]), select, textarea");
  if ((event.ctrlKey || event.metaKey) && !typing) {
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) return void (event.preventDefault(), back());
    if (key === "y" || key === "z") return void (event.preventDefault(), again());
    return;
  }
  if (event.altKey || !chosen || event.target !== chosen) return;
  if (cutting()) {
    if (!cutKey(event)) return;
  } else if (event.key === "Escape") leave();
  else if (event.key === "Delete" || event.key === "Backspace") remove(chosen);
  else if (STEPS[event.key]) nudge(event);
  else if (!reshapeKey(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
}

function leave() {
  const number = chosen.dataset.region;
  choose(null);
  editor.querySelector(`[data-place="${number}"]`).focus();
}

function nudge(event) {
  const [dx, dy] = STEPS[event.key];
  const box = boxOf(chosen);
  nudged ||= box;
  put(chosen, event.shiftKey ? resized(box, "se", dx, dy, svgOf(chosen)) : moved(box, dx, dy, svgOf(chosen)));
}

function back() {
  saveNudge();
  take(undoing, "undo");
}

function again() {
  saveNudge();
  take(redoing, "redo");
}

function take(stack, way) {
  const swap = stack.pop();
  if (swap) send("undo", { swap, way });
  showTools();
}

function onTool(event) {
  const place = event.target.closest("[data-place]");
  if (place) {
    const group = editor.querySelector(`g[data-region="${place.dataset.place}"]`);
    choose(group);
    return void group.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  if (event.target.closest("[data-zoom]")) return void requestAnimationFrame(showChosen);
  const name = event.target.closest("[data-tool]")?.dataset.tool;
  if (name === "undo") back();
  else if (name === "redo") again();
  else if (name) reshape(name, event.target.closest("[data-tool]"));
  if (name !== "draw") return;
  const svg = editor.querySelector("svg[data-editable]");
  // Without a mouse a new box starts in the middle, to be moved by keys.
  if (event.detail === 0) return void add(svg, { x0: 400, y0: heightOf(svg) / 2 - 15, x1: 600, y1: heightOf(svg) / 2 + 15 });
  choose(null);
  tool("draw").setAttribute("aria-pressed", String(!drawing()));
}

// After enlarging: the handles keep their size, and the box stays in sight.
function showChosen() {
  if (!chosen) return;
  grip(chosen, boxOf(chosen));
  chosen.scrollIntoView({ block: "center", inline: "center" });
}

function onSaved(told) {
  for (const input of document.querySelectorAll("input[name=revision]")) input.value = told.revision;
  if (told.way === "edit") redoing.length = 0;
  (told.way === "undo" ? redoing : undoing).push(told.swap);
  document.dispatchEvent(new CustomEvent("fields-changed", { detail: told.changed }));
}

function onSwapped(event) {
  const saved = event.target.querySelector?.("[data-saved]");
  if (saved?.dataset.saved) onSaved(JSON.parse(saved.dataset.saved));
  if (event.target === editor) afterRedrawn();
  showTools();
}

function afterRedrawn() {
  chosen = null;
  drag = null;
  // The new field is the last one and wants a label.
  if (adding) [...editor.querySelectorAll("tr[data-region] [name=label]")].pop()?.focus();
  else if (document.activeElement === document.body) editor.querySelector("[data-place]")?.focus();
  adding = false;
}

// A refused change goes back to where it was; the notice says why.
function onRefused(event) {
  adding = false;
  const number = event.detail.requestConfig?.parameters?.number;
  const group = number && editor.querySelector(`g[data-region="${number}"]`);
  if (group?.before) put(group, group.before);
}

editor.addEventListener("pointerdown", onDown);
editor.addEventListener("pointermove", onMove);
editor.addEventListener("pointerup", onUp);
editor.addEventListener("pointercancel", onAbort);
editor.addEventListener("click", onTool);
document.addEventListener("keydown", onBoxKey, true);
document.addEventListener("keyup", saveNudge);
document.addEventListener("htmx:afterSwap", onSwapped);
document.addEventListener("htmx:responseError", onRefused);
