// Writes to the town hall: a form, a log, and the answers that can be chosen.
//
//   message ─► begin, if nothing is begun ─► one turn ─► the answer in the log, the focus in the form
// Everything that is shown is text; nothing that comes from the server is read as HTML.

const UNREACHABLE = "La mairie n’a pas pu être jointe. Vérifiez votre connexion à Internet, puis envoyez de nouveau.";
const EMPTY = "Écrivez un message, par exemple : « Quels sont les horaires de la mairie ? »";
const NOT_SIX = "La référence a six chiffres et le code aussi. Par exemple : référence 482 913, code 751 204.";
const THINKING = "La mairie répond…";
const ENDED = "Conversation terminée. Un nouveau message en commence une autre.";
const LOST = 404; // the conversation is over: it was quiet for too long, or the server restarted

class Problem extends Error {
  constructor(text, status = 0) {
    super(text);
    this.status = status;
  }
}

async function ask(path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers["X-Conversation-Token"] = token;
  let response;
  try {
    response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  } catch {
    throw new Problem(UNREACHABLE);
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(answer.error ?? UNREACHABLE, response.status);
  return answer;
}

class Conversation {
  // `show` has: line(who, text), choices(list), ended()
  constructor(show) {
    this.show = show;
    this.begun = null;
  }

  async resume(reference, code) {
    const begun = await ask("written/resume", { reference, code });
    this.leave();
    this.begun = begun;
    for (const text of begun.earlier) this.show.line("bot", text);
    this.read(begun);
  }

  async say(text) {
    if (!this.begun) {
      this.begun = await ask("written", {});
      this.show.line("bot", this.begun.say);
    }
    const { conversation, token } = this.begun;
    this.show.line("caller", text);
    this.show.choices([]);
    try {
      this.read(await ask(`written/${conversation}`, { text }, token));
    } catch (problem) {
      if (problem.status === LOST) this.begun = null;
      throw problem;
    }
  }

  read({ say, choices, ended }) {
    if (say) this.show.line("bot", say);
    this.show.choices(choices);
    if (ended) {
      this.begun = null;
      this.show.ended();
    }
  }

  leave() {
    const begun = this.begun;
    this.begun = null;
    if (!begun) return;
    const headers = { "Content-Type": "application/json", "X-Conversation-Token": begun.token };
    const path = `written/${begun.conversation}/leave`;
    fetch(path, { method: "POST", headers, body: "{}", keepalive: true }).catch(() => {});
  }
}

// -- the page ---------------------------------------------------------------------------------

const $ = (id) => document.getElementById(id);
const message = $("message");
const WHO = { caller: "Vous", bot: "La mairie" };

const show = {
  line(who, text) {
    const line = document.createElement("p");
    const name = document.createElement("span");
    line.className = `line ${who}`;
    name.className = "who";
    name.textContent = `${WHO[who]}\u00a0: `;
    line.append(name, text);
    const log = $("written");
    log.append(line);
    log.tabIndex = 0; // it may scroll from now on, so the keyboard must reach it
    const long = line.offsetHeight > log.clientHeight; // then its first words are shown
    log.scrollTop = long ? line.offsetTop - log.offsetTop : log.scrollHeight;
  },
  choices(list) {
    $("choices").hidden = list.length === 0;
    const buttons = list.map(({ label, text }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => send(text));
      return button;
    });
    $("choices").replaceChildren(...buttons);
  },
  ended() {
    $("thinking").textContent = ENDED;
  },
};

const conversation = new Conversation(show);
let sending = false;

function complain(field, place, text) {
  place.textContent = text;
  for (const one of field) {
    if (text) one.setAttribute("aria-invalid", "true");
    else one.removeAttribute("aria-invalid");
  }
}

async function send(text) {
  if (sending) return;
  sending = true;
  complain([message], $("writing-problem"), "");
  $("thinking").textContent = THINKING;
  for (const button of $("choices").children) button.disabled = true;
  message.focus(); // it stays there: the next message can be written while this one is answered
  try {
    await conversation.say(text);
    if ($("thinking").textContent === THINKING) $("thinking").textContent = "";
  } catch (problem) {
    $("thinking").textContent = "";
    complain([], $("writing-problem"), problem instanceof Problem ? problem.message : UNREACHABLE);
    if (!message.value) message.value = text; // nothing that was written is lost
    for (const button of $("choices").children) button.disabled = false;
  } finally {
    sending = false;
  }
}

function submit() {
  const text = message.value.trim();
  if (sending) return;
  if (!text) {
    complain([message], $("writing-problem"), EMPTY);
    return message.focus();
  }
  message.value = "";
  send(text);
}

$("write").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});

// Enter sends, Shift+Enter makes a new line; Enter that ends a composed letter does neither.
message.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});

$("resume-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = [$("reference"), $("code")];
  const [reference, code] = fields.map((field) => field.value.replace(/[\s.-]/g, ""));
  complain(fields, $("resume-problem"), "");
  if (!/^\d{6}$/.test(reference) || !/^\d{6}$/.test(code)) {
    complain(fields, $("resume-problem"), NOT_SIX);
    return (/^\d{6}$/.test(reference) ? fields[1] : fields[0]).focus();
  }
  try {
    await conversation.resume(reference, code);
    for (const field of fields) field.value = "";
    $("resume").open = false;
    message.focus();
  } catch (problem) {
    complain(fields, $("resume-problem"), problem instanceof Problem ? problem.message : UNREACHABLE);
    fields[0].focus();
  }
});

window.addEventListener("pagehide", () => conversation.leave());
