// Small comforts; every page works without this file.
document.documentElement.classList.add("js");

// After a form was sent, the keyboard goes on where the answer is.
const done = document.querySelector(".done, .error");
if (done && !location.hash) {
  done.tabIndex = -1;
  done.focus();
}

// A text that is being written is not lost by a click on a link.
let unsaved = false;
for (const field of document.querySelectorAll("textarea")) {
  field.addEventListener("input", () => { unsaved = field.value.trim() !== ""; });
  field.form?.addEventListener("submit", () => { unsaved = false; });
}
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
