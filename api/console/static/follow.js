// Shows what a chat model writes as it comes: a form with `data-follow` asks for it, and the whole
// answer takes the place of what is shown (the nearest element of that name).
"use strict";

const EVENT = /^event: (.*)\ndata: (.*)$/;

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (text + value).split("\n\n");
    text = parts.pop();
    for (const [, name, data] of parts.map((part) => part.match(EVENT)).filter(Boolean)) {
      yield [name, JSON.parse(data)];
    }
  }
}

function request(form) {
  const headers = { Accept: "text/event-stream" };
  const address = form.getAttribute("hx-post");
  if (!address) return fetch(form.getAttribute("hx-get"), { headers });
  return fetch(address, { method: "POST", headers, body: new URLSearchParams(new FormData(form)) });
}

async function follow(form) {
  const response = await request(form);
  if (!response.ok || !response.headers.get("content-type")?.startsWith("text/event-stream")) throw new Error();
  const shown = form.closest(form.dataset.follow);
  for await (const [name, html] of events(response.body)) {
    if (name === "sentence" || name === "entry") {
      form.querySelector("[data-told]").insertAdjacentHTML("beforeend", html);
    } else {
      // A section is replaced, what a page keeps is filled anew.
      htmx.swap(shown, html, { swapStyle: form.getAttribute("hx-swap") });
      return;
    }
  }
  throw new Error();
}

document.addEventListener("htmx:load", (event) => {
  const found = event.detail.elt.querySelectorAll?.("[data-follow]") ?? [];
  for (const form of [...found, ...(event.detail.elt.matches?.("[data-follow]") ? [event.detail.elt] : [])]) {
    // Where it cannot be followed, htmx asks for the whole answer.
    follow(form).catch(() => form.isConnected && htmx.trigger(form, "unfollowed"));
  }
});
