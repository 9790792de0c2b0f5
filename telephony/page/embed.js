// Puts a call button on the town's own site:
//   <script src="https://assistant.ville.example/embed.js" data-label="Appeler la mairie" defer></script>
// The call itself runs in a frame of the assistant's own page; this script hears and keeps nothing.
(() => {
  const script = document.currentScript;
  const home = new URL("embed", script.src);
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = script.dataset.label || "Appeler la mairie";
  button.setAttribute("aria-expanded", "false");
  let frame = null;

  function close() {
    frame?.remove();
    frame = null;
    button.setAttribute("aria-expanded", "false");
  }

  button.addEventListener("click", () => {
    if (frame) return close();
    frame = document.createElement("iframe");
    frame.src = home.href;
    frame.title = "Appel à l’assistant de la mairie";
    frame.allow = `microphone ${home.origin}; autoplay ${home.origin}`;
    frame.width = "340";
    frame.height = "620";
    frame.referrerPolicy = "origin";
    button.after(frame);
    button.setAttribute("aria-expanded", "true");
    frame.focus();
  });

  script.after(button);
})();
