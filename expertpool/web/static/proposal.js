// Waits on a progress page, of a proposal or an import, and goes on when it is over. Without it the page reloads itself.
const box = document.querySelector("[data-progress]");

async function look() {
  const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
  if (!answer.ok || !(await answer.json()).waiting) location.reload();
  else setTimeout(look, 700);
}

if (box) setTimeout(look, 400);
