// The calls that are being held, as they change. Can be paused; never moves the focus (RGAA 7.5, 13.8).
const box = document.getElementById("live");
const status = document.getElementById("live-status");
const list = document.getElementById("live-list");
const button = document.getElementById("live-pause");
let source = null;
let alerts = null;

function show(now) {
  const count = now.live_count;
  const text = count ? `${count} appel${count > 1 ? "s" : ""} en cours` : "Aucun appel en cours";
  if (status.textContent !== text) status.textContent = text;
  if (now.alerts) {
    if (alerts !== null && now.alerts.length > alerts) {
      status.textContent = `Nouvelle alerte : ${now.alerts[0].kind}. Rechargez la page pour la voir.`;
    }
    alerts = now.alerts.length;
  }
  if (!list || !now.live) return;
  list.replaceChildren(...now.live.map((call) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = box.dataset.calls + call.id;
    link.textContent = call.reference;
    item.append(link, `, ${call.minutes} min, ${call.subject || call.state}, ligne ${call.line}`);
    return item;
  }));
}

function start() {
  source = new EventSource(box.dataset.source);
  source.addEventListener("now", (event) => show(JSON.parse(event.data)));
}

function stop() {
  source?.close();
  source = null;
}

button.addEventListener("click", () => {
  const paused = source !== null;
  if (paused) stop(); else start();
  button.setAttribute("aria-pressed", String(paused));
  button.textContent = paused ? "Reprendre" : "Suspendre";
});
start();
