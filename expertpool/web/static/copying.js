// Gives each text that is to be pasted elsewhere a button that copies it.

for (const text of document.querySelectorAll("textarea[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-outline-secondary mt-2";
  button.textContent = text.dataset.copy;
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      document.execCommand("copy"); // a page that is not served by TLS has no clipboard
    }
    button.textContent = text.dataset.copied;
  });
  text.after(button);
}
