// Calls the town hall from the browser: microphone, WebRTC, transcript, keypad.
//
//   idle ─► microphone ─► ticket ─► connecting ─► talking ─► idle
//                                        ▲  network lost │  the same conversation, a new connection
//                                        └───────────────┘
// One Call object per call; the page below it only shows what the call says.

const GATHER_MS = 2000; // host addresses are found at once
const GATHER_HELPED_MS = 6000; // STUN and TURN servers are asked
const CONNECT_MS = 15000;
const UNSTABLE_MS = 4000; // a connection that is silent for so long is made anew
const RESUME_MS = 18000; // the server waits 20 s
const RETRY_MS = 2000;
const LEVEL_MS = 100;
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

async function askServer(path, said) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(said),
    });
  } catch {
    throw new Problem(UNREACHABLE);
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(body.error ?? UNREACHABLE);
  return body;
}

function gathered(peer, limit) {
  return new Promise((resolve) => {
    if (peer.iceGatheringState === "complete") return resolve();
    setTimeout(resolve, limit);
    peer.addEventListener("icegatheringstatechange", () => {
      if (peer.iceGatheringState === "complete") resolve();
    });
  });
}

// How loud a stream is, 0 to 100, on a scale of decibels as ears have it.
class Level {
  constructor(context, stream) {
    this.analyser = new AnalyserNode(context, { fftSize: 1024 });
    this.samples = new Float32Array(this.analyser.fftSize);
    context.createMediaStreamSource(stream).connect(this.analyser);
  }

  read() {
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, one) => sum + one * one, 0) / this.samples.length;
    return Math.max(0, Math.min(100, 100 + (10 * Math.log10(power + 1e-10) * 100) / 60));
  }
}

class Call {
  // `show` has: connecting(), talking(stream), sounding(stream), levels(own, far), line(message),
  // unstable(yes), problem(text), ended()
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
      this.timer = setTimeout(() => this.end(NO_MEDIA), CONNECT_MS);
      const { ticket, ice_servers: servers, relay_only: relay } = await askServer("api/ticket", {});
      this.ice = { iceServers: servers, iceTransportPolicy: relay ? "relay" : "all" };
      await this.connect({ ticket });
    } catch (error) {
      this.end(error instanceof Problem ? error.message : UNREACHABLE);
    }
  }

  // `right`: the ticket of a new call, or the secret of one that goes on.
  async connect(right) {
    const peer = (this.peer = new RTCPeerConnection(this.ice));
    for (const track of this.microphone.getAudioTracks()) {
      peer.addTrack(track, this.microphone);
      track.addEventListener("ended", () => this.over || this.show.problem(UNPLUGGED));
    }
    this.channel = peer.createDataChannel("call");
    this.channel.addEventListener("message", (event) => this.hear(event.data));
    this.channel.addEventListener("close", () => this.peer === peer && !this.resuming && this.end());
    peer.addEventListener("track", ({ track }) => {
      if (this.peer === peer) this.stream = new MediaStream([track]);
    });
    peer.addEventListener("connectionstatechange", () => this.peer === peer && this.follow());
    await peer.setLocalDescription();
    await gathered(peer, this.ice.iceServers.length ? GATHER_HELPED_MS : GATHER_MS);
    if (this.over) return;
    const { sdp, type } = peer.localDescription;
    const answer = await askServer("api/offer", { sdp, type, ticket: "", ...right });
    if (this.over) return;
    this.secret = answer.resume;
    await peer.setRemoteDescription({ sdp: answer.sdp, type: answer.type });
  }

  follow() {
    const state = this.peer.connectionState;
    if (state === "connected") return this.begun ? this.goOn() : this.begin();
    if (!this.begun) return state === "failed" && this.end(NO_MEDIA);
    this.show.unstable(true);
    if (state === "failed") this.resume();
    else if (state === "disconnected") this.unstable ??= setTimeout(() => this.resume(), UNSTABLE_MS);
  }

  begin() {
    this.begun = true;
    clearTimeout(this.timer);
    this.show.talking(this.stream);
    this.measure();
    this.changed = () => this.resume();
    addEventListener("online", this.changed);
    navigator.connection?.addEventListener("change", this.changed);
  }

  goOn() {
    clearTimeout(this.unstable);
    this.unstable = null;
    this.show.sounding(this.stream);
    this.show.unstable(false);
    this.measure();
  }

  // The network changed: a new connection, the same conversation.
  async resume() {
    if (this.over || this.resuming) return;
    this.resuming = true;
    this.show.unstable(true);
    const until = Date.now() + RESUME_MS;
    while (!this.over && Date.now() < until) {
      const old = this.peer;
      try {
        await this.connect({ resume: this.secret });
        old.close();
        if (await this.connected()) return void (this.resuming = false);
      } catch (error) {
        if (error instanceof Problem && error.message !== UNREACHABLE) return this.end(error.message);
      }
      old.close();
      await new Promise((again) => setTimeout(again, RETRY_MS));
    }
    this.end(CUT);
  }

  async connected() {
    const peer = this.peer;
    for (let waited = 0; waited < 8000 && !this.over; waited += 100) {
      if (peer.connectionState === "connected") return true;
      if (peer.connectionState === "failed") return false;
      await new Promise((next) => setTimeout(next, 100));
    }
    return false;
  }

  // Both sides' loudness, so that everyone sees whether his microphone works.
  measure() {
    clearInterval(this.meter);
    this.context?.close();
    const context = (this.context = new AudioContext());
    const own = new Level(context, this.microphone);
    const far = new Level(context, this.stream);
    this.meter = setInterval(() => this.show.levels(own.read(), far.read()), LEVEL_MS);
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
    clearTimeout(this.unstable);
    clearInterval(this.meter);
    removeEventListener("online", this.changed);
    navigator.connection?.removeEventListener("change", this.changed);
    this.release();
    if (problem) this.show.problem(problem);
    this.show.ended(Boolean(this.begun));
  }

  release() {
    for (const track of this.microphone?.getTracks() ?? []) track.stop();
    this.context?.close();
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
    $("levels").hidden = false;
    $("state").textContent = "En communication. Parlez, la mairie vous écoute.";
    setKeypad(true);
  },
  sounding(stream) {
    $("voice").srcObject = stream;
  },
  levels(own, far) {
    $("own-level").value = own;
    $("far-level").value = far;
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
    $("levels").hidden = true;
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
