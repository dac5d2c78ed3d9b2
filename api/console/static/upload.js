// Send dropped or chosen files one by one, each with its progress and its outcome.
"use strict";

const form = document.getElementById("upload");
const outcomes = document.getElementById("outcomes");
const waiting = [];
let sending = false;

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function add(files) {
  for (const file of files) {
    const note = element("span", { textContent: form.dataset.waiting, className: "muted" });
    const bar = element("progress", { max: 1, value: 0 });
    const entry = element("li", { className: "outcome" }, element("b", { textContent: file.name }), bar, note);
    outcomes.prepend(entry);
    if (file.size > Number(form.dataset.limit)) refuse(entry, file, form.dataset.tooLarge);
    else waiting.push({ file, entry, bar, note });
  }
  sendNext();
}

function refuse(entry, file, text) {
  entry.className = "outcome refused";
  entry.replaceChildren(
    element("b", { textContent: file.name }), element("span", { className: "error", textContent: `✗ ${text}` }));
}

function sendNext() {
  const next = waiting.shift();
  if (!next || sending) {
    if (next) waiting.unshift(next);
    return;
  }
  sending = true;
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.setRequestHeader("X-CSRF-Token", form.elements.csrf_token.value);
  request.setRequestHeader("X-Fragment", "outcomes");
  request.setRequestHeader("HX-Request", "true");
  request.upload.addEventListener("progress", (event) => {
    next.bar.value = event.loaded / event.total;
    if (event.loaded === event.total) next.note.textContent = form.dataset.checking;
  });
  request.addEventListener("loadend", () => {
    sending = false;
    settle(next, request);
    sendNext();
  });
  request.send(body(next.file));
}

function body(file) {
  const data = new FormData();
  data.append("files", file, file.name);
  if (form.elements.collection) data.append("collection", form.elements.collection.value);
  return data;
}

function settle({ file, entry }, request) {
  if (request.status === 401) return void location.assign("/login?next=/upload");
  if (request.status === 0) return void refuse(entry, file, form.dataset.broken);
  const answer = new DOMParser().parseFromString(request.responseText, "text/html");
  const outcome = answer.querySelector(".outcome");
  if (outcome) entry.replaceWith(document.adoptNode(outcome));
  else refuse(entry, file, answer.body.textContent.trim());
}

function over(event) {
  event.preventDefault();
  form.querySelector("#drop").classList.toggle("over", event.type === "dragover");
}

if (form) {
  document.documentElement.classList.add("scripted");
  form.elements.files.addEventListener("change", (event) => {
    add(event.target.files);
    event.target.value = "";
  });
  document.addEventListener("dragover", over);
  document.addEventListener("dragleave", over);
  document.addEventListener("drop", (event) => {
    over(event);
    add(event.dataTransfer.files);
  });
}
