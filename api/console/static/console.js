// What htmx does not do: tie list entries to their places on a page image, and the keyboard.
"use strict";

// An entry and its place share the number in `data-region`.
function light(number) {
  for (const element of document.querySelectorAll("[data-region]")) {
    element.classList.toggle("on", element.dataset.region === number);
  }
}

function regionOf(event) {
  return event.target instanceof Element ? event.target.closest("[data-region]") : null;
}

function onPointed(event) {
  const region = regionOf(event);
  if (region) light(region.dataset.region);
}

function onClicked(event) {
  const region = regionOf(event);
  if (region instanceof SVGElement && !region.closest("[data-editable]")) {
    const entry = document.querySelector(`[data-region="${region.dataset.region}"]:not(g)`);
    if (entry) (entry.querySelector("[data-item]") ?? entry).focus();
  }
  if (event.target.closest?.("[data-help]")) document.getElementById("help").showModal();
}

function onFocused(event) {
  onPointed(event);
  if (event.target.matches?.("[data-select]")) event.target.select();
  const region = regionOf(event);
  const number = region?.dataset.region;
  if (number) lastNumber = number;
  if (number && !(region instanceof SVGElement)) {
    const place = document.querySelector(`g[data-region="${number}"]`);
    // On a narrow screen the picture lies above, and showing it would take away what has the focus.
    const beside = place?.closest(".split-image");
    if (beside && getComputedStyle(beside).position === "sticky") place.scrollIntoView({ block: "nearest" });
  }
}

let lastNumber = null; // of the entry that had the focus last

function step(by) {
  const items = [...document.querySelectorAll("[data-item]")];
  let at = items.indexOf(document.activeElement);
  if (at < 0) at = items.findIndex((item) => lastNumber && item.closest("[data-region]")?.dataset.region === lastNumber);
  const next = at < 0 ? (by > 0 ? 0 : items.length - 1) : at + by;
  items[next]?.focus();
}

function press(key) {
  const target = document.querySelector(`[data-key="${key}"]`);
  if (!target) return false;
  if (target instanceof HTMLInputElement) target.focus();
  else target.click();
  return true;
}

function isTyping(element) {
  return element instanceof HTMLSelectElement
    || (element instanceof HTMLInputElement && !["checkbox", "submit", "button"].includes(element.type));
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") return void document.activeElement?.blur();
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (!["a", "r", "?"].includes(event.key) || !press(event.key)) return;
  event.preventDefault();
}

// Before htmx has taken a form over, the browser would leave the page with it: it is sent then.
function onTooEarly(event) {
  const form = event.target;
  if (event.defaultPrevented || !form.hasAttribute("hx-post")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  document.addEventListener("htmx:load", () => form.requestSubmit(), { once: true });
}

// Enter saves a value through its form; the next value takes the focus.
function onSubmitted(event) {
  const question = event.target.dataset.confirm;
  if (question && !window.confirm(question)) return void event.preventDefault();
  const value = event.target.querySelector("[data-value]");
  if (value) goTo(value, 1) || document.querySelector("[data-after-last]")?.focus();
}

function goTo(value, by) {
  const values = [...document.querySelectorAll("[data-value]")];
  const next = values[values.indexOf(value) + by];
  next?.focus();
  if (next?.type === "text") next.select();
  return Boolean(next);
}

// The keys of a value: see `value_keys.html`.
function onValueKey(event) {
  const value = event.target.closest?.("[data-value]");
  if (!value || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") return void value.form.reset();
  if (event.key === "Enter") {
    if (event.shiftKey) markEmpty(value);
    value.form.requestSubmit();
  } else if (event.key === "ArrowDown" && !(value instanceof HTMLSelectElement)) goTo(value, 1);
  else if (event.key === "ArrowUp" && !(value instanceof HTMLSelectElement)) goTo(value, -1);
  else return;
  event.preventDefault();
}

function markEmpty(value) {
  if (value.type === "checkbox") value.checked = false;
  else value.value = "";
}

// A value that was not saved takes the focus again; the notice says why.
function onNotSaved(event) {
  if (event.type === "htmx:sendError") {
    const notices = document.getElementById("notices");
    const notice = document.createElement("p");
    notice.className = "notice error";
    notice.textContent = notices.dataset.offline;
    notices.replaceChildren(notice);
  }
  event.target.querySelector?.("[data-value]")?.focus();
}

function onPressed(event) {
  const zoom = event.target.closest?.("[data-zoom]");
  if (!zoom) return;
  const large = zoom.getAttribute("aria-pressed") !== "true";
  zoom.setAttribute("aria-pressed", String(large));
  zoom.closest(".split-image").classList.toggle("large", large);
}

function wordsOf(element) {
  return (element instanceof HTMLInputElement ? element.value : element.textContent).toLowerCase();
}

function onFiltered(event) {
  const wanted = event.target.dataset?.filter;
  if (!wanted) return;
  const text = event.target.value.trim().toLowerCase();
  for (const row of document.querySelectorAll(wanted)) {
    // Of a choice only what is chosen counts, not all that could be.
    const words = [...row.querySelectorAll("td:not(:has(select)), input, option:checked")];
    row.hidden = !words.some((each) => wordsOf(each).includes(text));
  }
}

function onOnlyFaulty(event) {
  if (!event.target.matches?.("[data-only-faulty]")) return;
  event.target.closest("#fields").querySelector("table").classList.toggle("only-faulty", event.target.checked);
}

// A choice that needs no button.
function onChosen(event) {
  if (event.target.matches?.("[data-autosubmit]")) event.target.form.requestSubmit();
}

document.addEventListener("pointerover", onPointed);
document.addEventListener("change", onChosen);
document.addEventListener("change", onOnlyFaulty);
document.addEventListener("click", onPressed);
document.addEventListener("input", onFiltered);
document.addEventListener("click", onClicked);
document.addEventListener("focusin", onFocused);
document.addEventListener("keydown", onKey);
document.addEventListener("keydown", onValueKey);
document.addEventListener("submit", onTooEarly);
document.addEventListener("submit", onSubmitted);
document.addEventListener("htmx:responseError", onNotSaved);
document.addEventListener("htmx:sendError", onNotSaved);
