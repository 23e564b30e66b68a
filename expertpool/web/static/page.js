// Hastens what also works without it.

// After a refused form the summary of errors takes the focus.
document.getElementById("errors")?.focus();

// Menus close on Escape and on a click elsewhere.
const menus = document.querySelectorAll("details.ep-menu");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});
