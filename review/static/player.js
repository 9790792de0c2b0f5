// The sound of a call beside its words. Without this file the browser's own player remains.
const audio = document.getElementById("audio");
const turns = [...document.querySelectorAll(".turn[data-from]")]
  .map((item) => ({ item, from: Number(item.dataset.from) }))
  .sort((a, b) => a.from - b.from);
const STEP = 5;

function jump(seconds) {
  const end = Number.isFinite(audio.duration) ? audio.duration : Infinity;
  audio.currentTime = Math.min(Math.max(0, audio.currentTime + seconds), end);
}

function toggle() {
  if (audio.paused) audio.play(); else audio.pause();
}

// The turn that is being played is marked for the eye and for screen readers; nothing scrolls by itself.
function mark() {
  const now = audio.currentTime + 0.05;
  let current = null;
  for (const turn of turns) if (turn.from <= now) current = turn;
  for (const turn of turns) {
    if (turn === current && !(audio.paused && audio.currentTime === 0)) {
      turn.item.setAttribute("aria-current", "true");
    } else {
      turn.item.removeAttribute("aria-current");
    }
  }
}

if (audio) {
  for (const button of document.querySelectorAll("[data-jump]")) {
    button.addEventListener("click", () => jump(Number(button.dataset.jump)));
  }
  const speed = document.getElementById("speed");
  speed.addEventListener("change", () => { audio.playbackRate = Number(speed.value); });
  for (const button of document.querySelectorAll("[data-at]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      audio.currentTime = Number(button.dataset.at);
      audio.play();
    });
  }
  for (const name of ["timeupdate", "seeked", "play", "pause"]) audio.addEventListener(name, mark);
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // keys that a field, a button or the player itself needs are theirs
    if (event.target.closest("input, textarea, select, button, summary, a, audio")) return;
    if (event.key === " ") toggle();
    else if (event.key === "ArrowLeft") jump(-STEP);
    else if (event.key === "ArrowRight") jump(STEP);
    else return;
    event.preventDefault();
  });
}
