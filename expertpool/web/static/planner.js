// Lets lessons of a timetable be dragged: what a drop would break is shown beside the cell, and a button keeps it.
// The page of a lesson does the same without script.

const table = document.querySelector(".ep-timetable");
const box = document.querySelector("dialog.ep-drop");
const print = document.querySelector("[data-print]");
let held = null;

if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

function asked(lesson, cell) {
  const by = table.dataset.by;
  const query = new URLSearchParams({ day: cell.dataset.day, start: cell.dataset.start, by });
  query.set("room", by === "room" ? cell.dataset.column : (lesson.dataset.room ?? "any"));
  query.set("teacher", by === "teacher" ? cell.dataset.column : (lesson.dataset.teacher ?? "any"));
  return `${lesson.dataset.effect}?${query}`;
}

function close() {
  box.close();
  document.querySelector(".is-asked")?.classList.remove("is-asked");
}

async function tell(lesson, cell) {
  let told;
  try {
    const answer = await fetch(asked(lesson, cell));
    told = answer.ok ? await answer.text() : null;
  } catch {
    told = null;
  }
  if (told === null) box.textContent = box.dataset.failed;
  else box.innerHTML = told;
  cell.classList.add("is-asked");
  box.show();
  const place = cell.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const beside = place.right + size.width + 8 < window.innerWidth ? place.right + 4 : place.left - size.width - 4;
  box.style.left = `${Math.max(8, beside)}px`;
  box.style.top = `${Math.max(8, Math.min(place.top, window.innerHeight - size.height - 8))}px`;
  box.querySelector("button")?.focus();
}

function start() {
  for (const lesson of document.querySelectorAll("[data-lesson]")) {
    lesson.draggable = true;
    lesson.addEventListener("dragstart", (event) => {
      held = lesson;
      close();
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", lesson.dataset.lesson);
    });
    lesson.addEventListener("dragend", () => {
      held = null;
      document.querySelector(".is-over")?.classList.remove("is-over");
    });
  }
  for (const cell of table.querySelectorAll("td[data-day]")) {
    cell.addEventListener("dragover", (event) => {
      if (!held) return;
      event.preventDefault();
      cell.classList.add("is-over");
    });
    cell.addEventListener("dragleave", () => cell.classList.remove("is-over"));
    cell.addEventListener("drop", (event) => {
      event.preventDefault();
      cell.classList.remove("is-over");
      if (held) tell(held, cell);
    });
  }
  box.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
}

if (table && box && "movable" in table.dataset) start();
