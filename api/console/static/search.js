// A pasted or dropped screenshot becomes the form's image; a box drawn on a page a part of it.
"use strict";

const form = document.getElementById("search");
const input = document.getElementById("image");
const drop = document.getElementById("drop");
const preview = document.getElementById("preview");
const remove = document.getElementById("no-image");

function take(file) {
  const kept = new DataTransfer();
  kept.items.add(file);
  input.files = kept.files;
  show();
}

async function show() {
  const [file] = input.files;
  preview.hidden = remove.hidden = !file;
  if (!file) return;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, 320 / picture.width, 160 / picture.height);
    preview.width = Math.max(1, picture.width * scale);
    preview.height = Math.max(1, picture.height * scale);
    preview.getContext("2d").drawImage(picture, 0, 0, preview.width, preview.height);
  } catch {
    preview.hidden = true; // no image the browser knows: the server says what is wrong with it
  }
}

input.addEventListener("change", show);
remove.addEventListener("click", () => {
  input.value = "";
  show();
});
document.addEventListener("paste", (event) => {
  const file = [...event.clipboardData.files].find((each) => each.type.startsWith("image/"));
  if (!file) return;
  event.preventDefault();
  take(file);
});
for (const name of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) take(event.dataTransfer.files[0]);
  });
}

const cutting = document.getElementById("cutting");
if (cutting) {
  const rect = cutting.querySelector("rect");
  let start = null;

  const place = (event) => {
    const frame = cutting.getBoundingClientRect();
    const within = (value) => Math.min(1, Math.max(0, value));
    return [within((event.clientX - frame.left) / frame.width), within((event.clientY - frame.top) / frame.height)];
  };
  const draw = ([x0, y0, x1, y1]) => {
    rect.removeAttribute("hidden");
    rect.setAttribute("x", 1000 * x0);
    rect.setAttribute("y", 1000 * y0);
    rect.setAttribute("width", 1000 * (x1 - x0));
    rect.setAttribute("height", 1000 * (y1 - y0));
  };
  if (cutting.dataset.box) draw(cutting.dataset.box.split(",").map(Number));

  cutting.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    start = place(event);
    cutting.setPointerCapture(event.pointerId);
  });
  cutting.addEventListener("pointermove", (event) => {
    if (!start) return;
    const [x, y] = place(event);
    const box = [Math.min(x, start[0]), Math.min(y, start[1]), Math.max(x, start[0]), Math.max(y, start[1])];
    draw(box);
    const meant = box[2] - box[0] > 0.02 && box[3] - box[1] > 0.02;
    form.elements.box.value = meant ? box.map((side) => side.toFixed(4)).join(",") : "";
  });
  cutting.addEventListener("pointerup", () => {
    start = null;
  });
}
