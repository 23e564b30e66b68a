// While a form of a large file is worked on, says so and counts the seconds. The form also works without it.
for (const form of document.querySelectorAll("form:has([data-waiting])")) {
  form.addEventListener("submit", () => {
    const notice = form.querySelector("[data-waiting]");
    const seconds = notice.querySelector("[data-seconds]");
    const began = Date.now();
    notice.hidden = false;
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    setInterval(() => {
      const passed = Math.round((Date.now() - began) / 1000);
      seconds.textContent = seconds.dataset.seconds.replace("#", passed);
    }, 1000);
  });
}
// Coming back to the page by the browser's button, the form can be sent again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
