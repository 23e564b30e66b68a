// Tells how far a plan is while it is worked out, and goes on when it is over. Without it the page reloads itself.
const box = document.querySelector("[data-plan]");

async function look() {
  const answer = await fetch(box.dataset.plan, { headers: { Accept: "application/json" } });
  const told = answer.ok ? await answer.json() : { waiting: false };
  if (!told.waiting) return location.reload();
  for (const place of document.querySelectorAll("[data-told]")) {
    place.textContent = told[place.dataset.told] ?? "–";
  }
  setTimeout(look, 1000);
}

if (box) setTimeout(look, 500);
