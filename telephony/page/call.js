// Calls the town hall from the browser: microphone, WebRTC, transcript, keypad.
//
//   idle ─► microphone ─► connecting ─► talking ─► idle
// One Call object per call; the page below it only shows what the call says.

const GATHER_MS = 2000; // host addresses are found at once; nothing else is waited for
const CONNECT_MS = 15000;
const LEAVE_MS = 300; // so that "bye" leaves before the connection closes

const REFUSED = "Le micro n’est pas autorisé. Autorisez-le pour cette page (l’icône à gauche de l’adresse), puis appelez de nouveau.";
const MICROPHONE = {
  NotAllowedError: REFUSED,
  SecurityError: REFUSED,
  NotFoundError: "Aucun micro n’a été trouvé. Branchez un micro ou un casque, puis appelez de nouveau.",
  NotReadableError: "Le micro est déjà utilisé par un autre programme. Fermez-le, puis appelez de nouveau.",
  AbortError: "Le micro n’a pas pu démarrer. Débranchez-le et rebranchez-le, puis appelez de nouveau.",
};
const NO_MICROPHONE = "Le micro ne répond pas. Vérifiez qu’il est branché, puis appelez de nouveau.";
const INSECURE = "Votre navigateur n’autorise le micro que sur une adresse sécurisée, qui commence par https. Appelez la mairie par téléphone : le numéro est en bas de la page.";
const TOO_OLD = "Votre navigateur ne sait pas téléphoner. Essayez avec un navigateur à jour, ou appelez la mairie par téléphone.";
const UNREACHABLE = "La mairie n’a pas pu être jointe. Vérifiez votre connexion à Internet, puis appelez de nouveau.";
const NO_MEDIA = "Le son n’a pas pu passer : votre réseau bloque peut-être les appels. Essayez depuis un autre réseau, ou appelez la mairie par téléphone.";
const CUT = "La liaison a été coupée. Vous pouvez appeler de nouveau.";
const UNPLUGGED = "Le micro a été débranché : la mairie ne vous entend plus. Raccrochez, rebranchez-le, puis appelez de nouveau.";

class Problem extends Error {}

function checkBrowser() {
  if (!window.isSecureContext) throw new Problem(INSECURE);
  if (!window.RTCPeerConnection || !navigator.mediaDevices?.getUserMedia) throw new Problem(TOO_OLD);
}

async function openMicrophone() {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (error) {
    throw new Problem(MICROPHONE[error.name] ?? NO_MICROPHONE);
  }
}

async function askServer(offer) {
  let response;
  try {
    response = await fetch("api/offer", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ sdp: offer.sdp, type: offer.type }),
    });
  } catch {
    throw new Problem(UNREACHABLE);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(body.error ?? UNREACHABLE);
  return body;
}

function gathered(peer) {
  return new Promise((resolve) => {
    if (peer.iceGatheringState === "complete") return resolve();
    setTimeout(resolve, GATHER_MS);
    peer.addEventListener("icegatheringstatechange", () => {
      if (peer.iceGatheringState === "complete") resolve();
    });
  });
}

class Call {
  // `show` has: connecting(), talking(stream), line(message), unstable(yes), problem(text), ended()
  constructor(show) {
    this.show = show;
    this.over = false;
  }

  async start() {
    try {
      checkBrowser();
      this.microphone = await openMicrophone();
      if (this.over) return this.release(); // hung up while the browser was asking
      this.show.connecting();
      await this.connect();
    } catch (error) {
      this.end(error instanceof Problem ? error.message : UNREACHABLE);
    }
  }

  async connect() {
    const peer = (this.peer = new RTCPeerConnection());
    for (const track of this.microphone.getAudioTracks()) {
      peer.addTrack(track, this.microphone);
      track.addEventListener("ended", () => this.over || this.show.problem(UNPLUGGED));
    }
    this.channel = peer.createDataChannel("call");
    this.channel.addEventListener("message", (event) => this.hear(event.data));
    this.channel.addEventListener("close", () => this.end());
    peer.addEventListener("track", ({ track }) => (this.stream = new MediaStream([track])));
    peer.addEventListener("connectionstatechange", () => this.follow());
    this.timer = setTimeout(() => this.end(NO_MEDIA), CONNECT_MS);
    await peer.setLocalDescription();
    await gathered(peer);
    if (this.over) return;
    const answer = await askServer(peer.localDescription);
    if (!this.over) await peer.setRemoteDescription({ sdp: answer.sdp, type: answer.type });
  }

  follow() {
    const state = this.peer.connectionState;
    if (state === "failed") return this.end(this.begun ? CUT : NO_MEDIA);
    if (state === "connected" && !this.begun) {
      this.begun = true;
      clearTimeout(this.timer);
      this.show.talking(this.stream);
    } else if (this.begun) {
      this.show.unstable(state !== "connected");
    }
  }

  hear(data) {
    const message = JSON.parse(data);
    if (message.type === "line" && message.text) this.show.line(message);
    else if (message.type === "ended") this.hangUp(); // leaving is the answer it waits for
  }

  press(digit) {
    if (this.channel?.readyState === "open") this.channel.send(JSON.stringify({ type: "key", digit }));
  }

  hangUp() {
    if (this.channel?.readyState === "open") this.channel.send(JSON.stringify({ type: "bye" }));
    this.end();
  }

  end(problem) {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    this.release();
    if (problem) this.show.problem(problem);
    this.show.ended(Boolean(this.begun));
  }

  release() {
    for (const track of this.microphone?.getTracks() ?? []) track.stop();
    const peer = this.peer;
    if (peer) setTimeout(() => peer.close(), LEAVE_MS);
  }
}

// -- the page ---------------------------------------------------------------------------------

const $ = (id) => document.getElementById(id);
const button = $("call");
const keys = [...$("keypad").querySelectorAll("button")];
const WHO = { caller: "Vous", bot: "La mairie" };

let call = null;
let clock = null;

function setKeypad(enabled) {
  if (!enabled && $("keypad").contains(document.activeElement)) button.focus();
  for (const key of keys) key.disabled = !enabled;
}

function showDuration(startedAt) {
  const seconds = Math.floor((Date.now() - startedAt) / 1000);
  const two = (number) => String(number).padStart(2, "0");
  $("duration").textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}

const show = {
  connecting() {
    $("state").textContent = "Appel en cours…";
  },
  talking(stream) {
    $("voice").srcObject = stream;
    const startedAt = Date.now();
    clock = setInterval(() => showDuration(startedAt), 1000);
    $("state").textContent = "En communication. Parlez, la mairie vous écoute.";
    setKeypad(true);
  },
  line({ who, text }) {
    const line = document.createElement("p");
    const name = document.createElement("span");
    line.className = `line ${who === "caller" ? "caller" : "bot"}`;
    name.className = "who";
    name.textContent = `${WHO[who] ?? WHO.bot}\u00a0: `;
    line.append(name, text);
    $("empty")?.remove();
    $("transcript").append(line);
    $("transcript").scrollTop = $("transcript").scrollHeight;
  },
  unstable(yes) {
    $("state").textContent = yes ? "La liaison est mauvaise, un instant…" : "En communication.";
  },
  problem(text) {
    $("problem").textContent = text;
  },
  ended(talked) {
    call = null;
    clearInterval(clock);
    $("voice").srcObject = null;
    $("state").textContent = talked ? "Appel terminé. Merci de votre appel." : "Prêt à appeler.";
    button.textContent = "Appeler";
    button.classList.remove("busy");
    setKeypad(false);
  },
};

button.addEventListener("click", () => {
  if (call) return call.hangUp();
  $("problem").textContent = "";
  $("spoken").hidden = $("keys").hidden = false;
  $("duration").textContent = "00:00";
  for (const line of $("transcript").querySelectorAll(".line")) line.remove();
  $("state").textContent = "Autorisez le micro pour commencer.";
  button.textContent = "Raccrocher";
  button.classList.add("busy");
  call = new Call(show);
  call.start();
});

for (const key of keys) key.addEventListener("click", () => call?.press(key.dataset.digit));

// Digits work from the keyboard while the keypad has the focus, so that they never surprise.
$("keypad").addEventListener("keydown", (event) => {
  const key = keys.find((one) => one.dataset.digit === event.key);
  if (!key || key.disabled) return;
  key.focus();
  call?.press(event.key);
});

window.addEventListener("pagehide", () => call?.hangUp());
