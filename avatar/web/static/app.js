// What every page uses: asking and acting, texts and numbers, elements, announcements, and the stream's events.
// No framework, no inline script; data enters as text nodes, never as HTML.

const data = document.body.dataset;
const language = data.language;
export const page = {
  client: data.client, language, base: data.base, token: data.base.slice(1), name: data.page,
};

// --- texts and numbers -----------------------------------------------------------------------------------------------

const texts = {};
for (const block of document.querySelectorAll("script.texts")) Object.assign(texts, JSON.parse(block.textContent));

const decimals = (value, low, high = low, useGrouping = "always") => new Intl.NumberFormat(language === "es" ? "es-ES" : "en-US", {
  minimumFractionDigits: low, maximumFractionDigits: high, useGrouping,
}).format(value);

/** A number as the language writes it: number(1234.5) -> 1.234,5; digits: as many decimals. null -> –. */
export function number(value, digits) {
  if (value === null || value === undefined || !Number.isFinite(Number(value))) return "–";
  return digits === undefined ? decimals(Number(value), 0, Math.abs(value) < 1 ? 6 : 2) : decimals(Number(value), digits);
}

/** A number that may be too small to read: power(0.00005, 1) -> 5,0e-5. */
export function power(value, digits) {
  return value === 0 || Math.abs(value) >= 0.001 ? number(value) : value.toExponential(digits).replace(".", number(1.5, 1)[1]);
}

/** A measure as the terminal writes it, its thousands not apart: figure(1660.4, 0) -> 1660. */
export function figure(value, digits) {
  return Number.isFinite(value) ? decimals(value, digits, digits, false) : "–";
}

/** 0.853 -> 85 % (Spanish), 85% (English). */
export function percent(value, digits = 0) {
  if (value === null || value === undefined || !Number.isFinite(Number(value))) return "–";
  return number(value * 100, digits) + (language === "es" ? " %" : "%");
}

/** Seconds as people say them: 42 s, 3 min 20 s, 2 h 05 min, 3 d 4 h. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(Number(seconds))) return "–";
  const all = Math.max(0, Math.round(seconds));
  const [day, hour, minute, second] = [Math.floor(all / 86400), Math.floor(all / 3600) % 24, Math.floor(all / 60) % 60, all % 60];
  const unit = (name, value, pad) => t(`web.common.${name}`, {n: pad ? String(value).padStart(2, "0") : String(value)});
  if (day) return `${unit("day", day)} ${unit("hour", hour)}`;
  if (hour) return `${unit("hour", hour)} ${unit("minute", minute, true)}`;
  if (minute) return minute < 10 ? `${unit("minute", minute)} ${unit("second", second, true)}` : unit("minute", minute);
  return unit("second", second);
}

/** A moment in local time, of ISO 8601 text or seconds since 1970: 23/11/2026 07:30 (Spanish), 2026-11-23 07:30. */
export function moment(value) {
  const at = new Date(typeof value === "number" ? value * 1000 : value);
  if (Number.isNaN(at.getTime())) return String(value ?? "–");
  const two = (part) => String(part).padStart(2, "0");
  const [year, month, day] = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())];
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return language === "es" ? `${day}/${month}/${year} ${clock}` : `${year}-${month}-${day} ${clock}`;
}

const MINUTE = "20261126-1840".length;

/** The name of a run or a trial as its moment: 26/11/2026 18:40; with its seconds where another of `all` began in the same minute. */
export function stamped(name, all) {
  const found = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)(-\d+)?$/.exec(name);
  if (!found) return name;
  const [, year, month, day, hour, minute, second, more] = found;
  const shared = all.filter((one) => one.startsWith(name.slice(0, MINUTE))).length > 1;
  return moment(`${year}-${month}-${day}T${hour}:${minute}:${second}`) + (shared ? `:${second}` : "") + (more || "");
}

export function bytes(value) {
  if (!Number.isFinite(Number(value))) return "–";
  const steps = [["GB", 1e9, 1], ["MB", 1e6, 0], ["kB", 1e3, 0]];
  const found = steps.find(([, size]) => value >= size);
  return found ? `${number(value / found[1], found[2])} ${found[0]}` : `${number(value, 0)} B`;
}

/** A text of the page by its key. {name}, {name:.1f}, {name:.0%} and {n:picture|pictures} as on the terminal. */
export function t(key, values = {}) {
  const template = texts[key];
  if (template === undefined) {
    console.error(`no text ${key}`);
    return key;
  }
  const all = {client: page.client, ...values};
  return template.replace(/\{\{|\}\}|\{(\w+)(?:~\w+)?(?::([^}]*))?\}/g, (whole, name, spec) => {
    if (whole === "{{" || whole === "}}") return whole[0];
    return filled(all[name], spec);
  });
}

function filled(value, spec) {
  if (value === null || value === undefined) return "–";
  if (spec && spec.includes("|")) {
    const [one, many] = spec.split("|");
    const shown = typeof value === "number" ? number(value) : String(value);
    return `${shown} ${shown === "1" ? one : many}`;
  }
  const format = /^[,]?\.(\d)([f%])$/.exec(spec || "");
  if (format) return format[2] === "%" ? percent(value, Number(format[1])) : number(value, Number(format[1]));
  return typeof value === "number" ? number(value) : String(value);
}

// --- elements --------------------------------------------------------------------------------------------------------

/** el("button", {class: "primary", onclick: f, disabled: true, data: {id: 3}}, "text", child, …); nothing becomes HTML. */
export function el(tag, attributes = {}, ...children) {
  const made = SVG.has(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") made.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name === "style") Object.assign(made.style, value);
    else if (name === "value" || name === "checked" || name === "open") made[name] = value;
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}
const SVG = new Set(["svg", "path", "circle", "rect", "line", "polyline", "polygon", "g", "text"]);

/** Make of a function that loads one that does so once at a time: who asks meanwhile gets one further load afterwards. */
export function oneAtATime(load) {
  let running = null, again = false;
  const run = async () => {
    do {
      again = false;
      await load();
    } while (again);
  };
  return () => {
    if (running) again = true;
    else running = run().finally(() => { running = null; });
    return running;
  };
}

/** Replace what an element holds. */
export function fill(target, ...children) {
  target.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return target;
}

/** The address of a picture. kind: original, crop, refused, sample (RUN:FILE), trial (TRIAL:PICTURE); size: 160, 480, "full". */
export function picture(kind, id, size = 480, version = "") {
  const query = new URLSearchParams({size: String(size), ...(version ? {v: version} : {})});
  return `${page.base}/picture/${page.client}/${kind}/${encodeURIComponent(id)}?${query}`;
}

/** The address of a page of ours: link("review"), link("training", "bea"), link("") for the clients. */
export function link(name, client = page.client) {
  return `${page.base}/${name ? `client/${client}/${name}` : ""}?lang=${language}`;
}

export function announce(text) {
  const place = document.getElementById("announcer");
  place.textContent = "";
  setTimeout(() => { place.textContent = text; }, 50);
}

/** A short notice in the corner; undo: called by its button. kind: "" or "bad". */
export function toast(text, undo = null, kind = "") {
  const shown = el("div", {class: `toast ${kind}`}, el("span", {}, text));
  const gone = () => shown.remove();
  if (undo) shown.append(el("button", {type: "button", onclick: () => { gone(); undo(); }}, t("web.common.undo")));
  shown.append(el("button", {type: "button", onclick: gone, "aria-label": t("web.common.close")}, "×"));
  document.getElementById("toasts").append(shown);
  announce(text);
  setTimeout(gone, undo || kind ? 12000 : 5000);
  return shown;
}

/** Ask once in a dialog; resolves to true where it is agreed to. kind: "primary" or "bad". */
export function ask(title, text, agree, kind = "primary") {
  return new Promise((resolve) => {
    const close = (answer) => { shown.close(); shown.remove(); resolve(answer); };
    const shown = el("dialog", {"aria-labelledby": "asked"}, el("h2", {id: "asked"}, title), el("p", {class: "lines"}, text),
      el("div", {class: "dialog-buttons"},
        el("button", {type: "button", onclick: () => close(false)}, t("web.common.cancel")),
        el("button", {type: "button", class: kind, onclick: () => close(true)}, agree || t("web.common.ok"))));
    shown.addEventListener("cancel", (event) => { event.preventDefault(); close(false); });
    document.body.append(shown);
    shown.showModal();
  });
}

/** An empty state: what is missing, and the command that fills it. */
export function empty(title, text = "", command = "") {
  return el("section", {class: "empty"}, el("h2", {}, title), text && el("p", {class: "lines"}, text), command && el("code", {}, command));
}

// --- asking and acting -----------------------------------------------------------------------------------------------

export class Problem extends Error {
  constructor(status, answer) {
    super(answer?.error?.text || t("web.common.failed", {detail: `HTTP ${status}`}));
    this.status = status;
    this.key = answer?.error?.key || "";
  }
}

function api(name, client) {
  return `${page.base}/api/${client ? `client/${client}/` : ""}${name}`;
}

async function answered(address, options) {
  let response;
  try {
    response = await fetch(address, {cache: "no-store", ...options});
  } catch (error) {
    throw new Problem(0, {error: {key: "web.common.lost_short", text: t("web.common.lost_short")}});
  }
  const answer = await response.json().catch(() => ({}));
  return [response, answer];
}

/** GET a view. of: the client, that of the page unless named; "" for a view of all. Throws Problem, whose message can be shown. */
export async function view(name, parameters = {}, of = page.client) {
  const query = new URLSearchParams({...parameters, lang: language});
  const [response, answer] = await answered(`${api(name, of)}?${query}`);
  if (!response.ok) throw new Problem(response.status, answer);
  return answer;
}

/**
 * POST an action. body may be a function of the present state (null at first): where another window was faster (409), it is
 * called again with the state that is there now, the action is repeated once, and that is said. A plain body is repeated with
 * `based_on` of the present state. Errors are shown and become null; {quiet: true} throws them instead.
 */
export async function act(action, body = {}, {of = page.client, quiet = false, repeat = true} = {}) {
  const made = (present) => (typeof body === "function" ? body(present)
    : present === null ? body : {...body, based_on: present?.version ?? present?.based_on ?? present});
  const post = (content) => answered(`${api(action, of)}?lang=${language}`, {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(content),
  });
  try {
    let [response, answer] = await post(made(null));
    if (response.status === 409) {
      const again = repeat ? made(answer.present) : null;
      if (again === null || again === undefined) {
        toast(t("web.common.not_repeated"), null, "bad");
        return null;
      }
      [response, answer] = await post(again);
      if (response.ok) toast(t("web.common.repeated"));
    }
    if (!response.ok) throw new Problem(response.status, response.status === 409
      ? {error: {key: "web.common.not_repeated", text: t("web.common.not_repeated")}} : answer);
    return answer;
  } catch (error) {
    if (quiet || !(error instanceof Problem)) throw error;
    toast(error.message, null, "bad");
    return null;
  }
}

// --- the stream: one for all tabs of the browser ---------------------------------------------------------------------

const SIGN_MS = 20000;    // without a sign for so long: no connection
const FAILED_MS = 3000;   // the same where a try has failed
const STEAL_MS = 45000;   // without a word from the tab that holds the stream: another one takes it
const RETRY_MS = 1000;
const MOST_CLIENTS = 16, MOST_GLANCED = 64; // of one stream, those that were asked for last

const handlers = {snapshot: new Set(), delta: new Set(), changed: new Set(), gone: new Set(), connection: new Set()};
const channel = "BroadcastChannel" in window ? new BroadcastChannel(`avatar-stream-${page.token}`) : null;
const known = new Map();  // client/what -> version
const wanted = new Set(), glanced = new Set(); // of the tab that holds the stream: the clients that tabs show, and only list
const followed = new Set(page.client ? [page.client] : []);  // by this tab
let lastSign = Date.now(), lastWord = Date.now(), signed = false, failed = false, stranger = false;
let state = "connecting", holding = null, snapshotCame = false;

/** Call handler(data) for "snapshot" | "delta" | "changed" | "gone" of this page's client, or for "connection": {state, age_s}. */
export function on(kind, handler) {
  handlers[kind].add(handler);
  if (kind === "snapshot" && snapshotCame) want();  // it came before this handler: once more
  return () => handlers[kind].delete(handler);
}

/** Follow more clients than that of the page: their events reach the handlers too; their snapshots have no series. */
export function follow(...clients) {
  const before = followed.size;
  for (const client of clients) followed.add(client);
  if (followed.size > before) want();
}

function want() {
  tell(wish());
}

function wish() {
  return {kind: "want", clients: page.client ? [page.client] : [], light: [...followed].filter((client) => client !== page.client)};
}

function deliver(kind, value) {
  if (value.client && value.client === page.client) tellGone(kind === "gone");
  if (kind === "changed") {
    const name = `${value.client}/${value.what}`;
    const before = known.get(name);
    known.set(name, value.version);
    if (before === undefined || before === value.version) return;
  }
  const mine = value.client === "" || followed.has(value.client);
  if (mine && kind === "snapshot") snapshotCame = true;
  if (mine) for (const handler of handlers[kind]) handler(value);
}

/** Say that the page's client is no longer there; what was known of it is forgotten: when it is back, all of it is news. */
function tellGone(gone) {
  if (gone) {
    for (const name of known.keys()) if (name.startsWith(`${page.client}/`)) known.set(name, "");
    notice(t("web.common.gone"), "bad", "gone");
  } else if (document.getElementById("notice").dataset.about === "gone") notice("");
}

function heard(message) {
  lastWord = Date.now();
  if (message.kind === "want") {
    if (holding) holding.want(message);
  } else if (message.kind === "who") {
    if (!holding) channel.postMessage(wish());
  } else if (message.kind === "sign") {
    lastSign = Date.now();
    signed = true;
    failed = stranger = false;
    look();
  } else if (message.kind === "failed") {
    failed = true;
    stranger = message.stranger;
    look();
  } else deliver(message.kind, message.value);
}

function tell(message) {
  if (channel) channel.postMessage(message);
  heard(message);
}

function begin() {
  if (channel) channel.onmessage = (event) => heard(event.data);
  setInterval(look, 1000);
  document.addEventListener("visibilitychange", look);
  if (!channel || !navigator.locks) hold(new AbortController().signal);
  else queueUp(false);
}

function queueUp(steal) {
  const options = steal ? {steal: true} : {};
  navigator.locks.request(`avatar-stream-${page.token}`, options, () => {
    const ended = new AbortController();
    queueUp.ended = ended;
    return hold(ended.signal);
  }).catch(() => {  // another tab has taken it: this one had not been heard for long
    queueUp.ended?.abort();
    holding = null;
    setTimeout(() => queueUp(false), RETRY_MS);
  });
  if (channel && !steal) channel.postMessage(wish());
}

function latest(set, client) {
  set.delete(client);
  set.add(client);
}

/** Hold the stream: read it and pass it on, until this page closes. */
async function hold(signal) {
  let reading = null, lastId = "", lastIds = "", timer = 0;
  const reopen = () => { clearTimeout(timer); timer = setTimeout(() => { lastId = ""; reading?.abort(); }, 30); };
  holding = {
    want({clients, light}) {
      for (const client of clients) latest(wanted, client);
      for (const client of light) latest(glanced, client);
      reopen();  // with a snapshot for the tab that has come
    },
  };
  for (const client of wish().clients) latest(wanted, client);
  for (const client of wish().light) latest(glanced, client);
  if (channel) channel.postMessage({kind: "who"});
  while (!signal.aborted) {
    const ids = [...wanted].slice(-MOST_CLIENTS).join(",");
    const light = [...glanced].filter((client) => !wanted.has(client)).slice(-MOST_GLANCED).join(",");
    if (`${ids} ${light}` !== lastIds) lastId = "";
    lastIds = `${ids} ${light}`;
    reading = new AbortController();
    signal.addEventListener("abort", () => reading.abort(), {once: true});
    try {
      const response = await fetch(`${page.base}/events?${new URLSearchParams({client: ids, light})}`, {
        headers: lastId ? {"Last-Event-ID": lastId} : {}, cache: "no-store", signal: reading.signal,
      });
      if (!response.ok) {
        tell({kind: "failed", stranger: response.status === 403});
      } else {
        for await (const event of eventsOf(response.body)) {
          tell({kind: "sign"});
          if (!event) continue;
          if (event.id !== null) lastId = event.id;
          tell({kind: event.name, value: event.data});
        }
      }
    } catch (error) {
      if (!reading.signal.aborted) tell({kind: "failed", stranger: false});
    }
    if (!reading.signal.aborted) await new Promise((resolve) => { setTimeout(resolve, RETRY_MS); });
  }
}

/** The events of a stream as {name, id, data}; null for a sign of life alone. */
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return;
    rest += value;
    yield null;
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const found = {name: "", id: null, data: ""};
      for (const line of block.split("\n")) {
        const [, field, content] = /^(\w*): ?(.*)$/.exec(line) || [];
        if (field === "event") found.name = content;
        else if (field === "id") found.id = content;
        else if (field === "data") found.data += content;
      }
      if (found.name && found.name in handlers && found.data) yield {...found, data: JSON.parse(found.data)};
    }
  }
}

/** Look how long ago the last sign came, and show that. */
function look() {
  const age = Date.now() - lastSign;
  const lost = stranger || age > SIGN_MS || (failed && age > FAILED_MS);
  const now = lost ? "lost" : failed || !signed ? state : "connected";
  if (channel && navigator.locks && !holding && Date.now() - lastWord > STEAL_MS) {
    lastWord = Date.now();
    queueUp(true);
  }
  const changed = now !== state;
  state = now;
  data.connection = now;
  const live = document.getElementById("live");
  live.dataset.state = now;
  live.title = now === "connected" ? "" : duration(age / 1000);
  const said = {connected: "web.common.connected", lost: "web.common.lost_short", connecting: "web.common.connecting"}[now];
  if (live.lastElementChild.textContent !== t(said)) live.lastElementChild.textContent = t(said);
  if (lost) notice(stranger ? t("web.common.stranger") : t("web.common.lost", {age: duration(age / 1000)}), "bad", "connection");
  else if (document.getElementById("notice").dataset.about === "connection") notice("");
  if (changed || lost) for (const handler of handlers.connection) handler({state: now, age_s: age / 1000});
}

/** A line above the page; "" takes it away. */
export function notice(text, kind = "", about = "") {
  const place = document.getElementById("notice");
  if (place.textContent !== text) place.textContent = text;
  place.className = `notice ${kind}`;
  place.dataset.about = about;
  place.hidden = !text;
}

document.querySelector(".tabs [aria-current]")?.scrollIntoView({block: "nearest", inline: "center"});

// Every page has a stream, if only to say whether what it shows still comes from a program that runs.
begin();
