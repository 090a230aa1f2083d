// The page of the clients: a card each, asked for as it comes into view; below them the queue of trainings.

import {act, bytes, duration, el, fill, follow, link, moment, number, on, page, percent, t, toast, view} from "./app.js";
import {command} from "./typed.js";

const SIGNS = {done: "✓", todo: "○", outdated: "!", optional: "–"};
const GOING = new Set(["live", "unwatched", "ending"]);
const ENDS = {verified: "good", failed: "bad", stopped: "warn", killed: "bad"};
const QUEUE_KINDS = {done: "good", failed: "bad", stopped: "warn", running: "accent", waiting: ""};
const QUEUE_SIGNS = {done: "✓", failed: "✗", stopped: "■", running: "●", waiting: "○"};
const AT_ONCE = 3;  // cards that are asked for at the same time: a browser has six connections
const FOLLOWED = 64;     // clients that one stream tells of
const AGAIN_MS = 30000;
const SEARCH_FROM = 7;  // clients

const place = (id) => document.getElementById(id);
const cards = new Map();   // client -> {box, known}
const wanting = [];        // clients whose card is to be asked for
let asking = 0;
let queued = new Set();

// --- the list --------------------------------------------------------------------------------------------------------

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) { watcher.unobserve(entry.target); want(entry.target.dataset.client); }
}, {rootMargin: "400px"});

async function list() {
  const found = await view("clients", {}, "").catch((problem) => problem);
  if (found instanceof Error) {
    fill(place("clients"), el("div", {class: "callout bad", role: "alert"}, found.message), el("button", {type: "button", onclick: list}, t("web.common.retry")));
    return;
  }
  const ids = found.clients;
  place("count").textContent = t("web.clients.found", {n: ids.length});
  place("search").hidden = ids.length < SEARCH_FROM;
  place("queue-section").hidden = !ids.length;
  for (const id of cards.keys()) if (!ids.includes(id)) { cards.get(id).box.remove(); cards.delete(id); }
  if (!ids.length) {
    fill(place("clients"), el("section", {class: "empty"}, el("h2", {}, t("web.clients.none")), el("p", {}, t("web.clients.none_next")), command(t("web.clients.command.new"))));
    return;
  }
  for (const id of ids) {
    if (cards.has(id)) continue;
    const box = el("article", {class: "card client", data: {client: id}, "aria-label": id}, el("div", {class: "skeleton card-skeleton"}));
    cards.set(id, {box, known: null});
  }
  fill(place("clients"), ids.map((id) => cards.get(id).box));
  for (const id of ids) if (!cards.get(id).known) watcher.observe(cards.get(id).box);
  filter();
}

function filter() {
  const typed = place("search").value.trim().toLowerCase();
  let shown = 0;
  for (const [id, {box, known}] of cards) {
    box.hidden = Boolean(typed) && !`${id} ${known?.name || ""} ${known?.trigger || ""}`.toLowerCase().includes(typed);
    shown += box.hidden ? 0 : 1;
  }
  place("count").textContent = t("web.clients.found", {n: shown});
}

function want(id) {
  if (!wanting.includes(id)) wanting.push(id);
  next();
}

async function next() {
  if (asking >= AT_ONCE || !wanting.length) return;
  const id = wanting.shift();
  const card = cards.get(id);
  if (!card) { next(); return; }
  asking += 1;
  try {
    card.known = await view("card", {}, id);
    drawCard(card);
    follow(id);
    if (card.bytes === undefined) measure(id);
  } catch (problem) {
    if (!card.known) {
      fill(card.box, el("h2", {}, id), el("p", {class: "bad"}, t("web.clients.broken")), el("p", {class: "small lines"}, problem.message));
    }
  }
  asking -= 1;
  next();
}

/** The disk is measured after all cards are there: it may take a second where there are many pictures. */
async function measure(id) {
  const found = await view("disk", {}, id).catch(() => null);
  const card = cards.get(id);
  if (!found || !card) return;
  card.bytes = found.bytes;
  card.disk.textContent = t("web.clients.disk", {size: bytes(found.bytes)});
}

// --- a card ----------------------------------------------------------------------------------------------------------

const thumbnail = (client, id) => el("img", {
  src: `${page.base}/picture/${client}/crop/${encodeURIComponent(id)}?size=160`, alt: "", width: "80", height: "80", loading: "lazy", decoding: "async",
});

function drawCard(card) {
  const {known, box} = card;
  const {client} = known;
  card.disk = el("span", {class: "soft small"}, card.bytes === undefined ? "" : t("web.clients.disk", {size: bytes(card.bytes)}));
  card.training = el("div", {class: "client-training"});
  card.queue = el("button", {type: "button", class: "small", onclick: () => enqueue(client), "aria-label": t("web.clients.queue.add_one", {client})}, t("web.clients.queue.add"));
  const focused = box.contains(document.activeElement) ? document.activeElement.className : null;
  const faces = known.thumbnails.length
    ? el("div", {class: "faces", "aria-hidden": "true"}, known.thumbnails.map((id) => thumbnail(client, id)))
    : el("div", {class: "faces none", "aria-hidden": "true"}, el("span", {}, client.slice(0, 2).toUpperCase()));
  fill(box, faces,
    el("div", {class: "client-head"}, el("h2", {}, el("a", {href: link("training", client)}, known.name || client)),
      el("p", {class: "soft small"}, [known.name && known.name !== client ? client : null, t("web.clients.trigger", {trigger: known.trigger})].filter(Boolean).join(" · "))),
    el("p", {class: "small"}, t("web.clients.pictures", {n: known.pictures}), " · ", t("web.clients.approved", {n: known.approved}), card.disk.textContent || card.bytes === undefined ? " · " : "", card.disk),
    el("ol", {class: "stages", "aria-label": t("web.clients.stages", {client})}, known.stages.map(stage)),
    card.training, nextStep(known, card));
  drawTraining(card);
  drawQueued(card);
  if (focused) box.querySelector(`.${focused.split(" ").join(".")}`)?.focus();
  filter();
}

function stage({name, label, state, count, why}) {
  const said = `${label.text}: ${t(`web.clients.stage.${state}`)}${why ? ` — ${why.text}` : ""}`;
  return el("li", {class: state, title: said, data: {stage: name}},
    el("span", {class: "stage-sign", "aria-hidden": "true"}, SIGNS[state]), el("span", {class: "visually-hidden"}, said), el("span", {class: "stage-name", "aria-hidden": "true"}, t(`web.clients.short.${name}`)));
}

function nextStep({client, next: step}, card) {
  return el("div", {class: "client-next"}, el("div", {class: "row between"},
    el("span", {}, el("span", {class: "soft small"}, `${t("web.clients.next")}: `), step.page
      ? el("a", {class: "strong", href: link(step.page, client)}, step.label.text) : el("span", {class: "strong"}, step.label.text)),
    card.queue), command(step.command.text));
}

function drawTraining(card) {
  const run = card.known.training;
  const box = card.training;
  card.box.classList.toggle("is-training", Boolean(run && GOING.has(run.state)));
  if (!run) { fill(box, el("span", {class: "soft small"}, t("web.clients.never"))); return; }
  if (!GOING.has(run.state)) {
    fill(box, el("span", {class: `badge ${ENDS[run.state]}`}, t(`web.training.state.${run.state}`)), " ",
      el("span", {class: "soft small"}, run.ended ? moment(run.ended) : "", run.model ? ` · ${run.model}` : ""));
    return;
  }
  const share = run.total ? Math.min(run.step / run.total, 1) : 0;
  const filled = el("span", {style: {width: `${share * 100}%`}});
  fill(box, el("div", {class: "row between"},
    el("a", {class: "badge accent live-run", href: link("training", card.known.client)}, el("span", {"aria-hidden": "true"}, "●"),
      run.step ? t("web.clients.training", {step: run.step, total: run.total}) : t(`web.training.phase.${run.phase || "starting"}`)),
    el("span", {class: "soft small numbers"}, run.eta_s ? `${percent(share)} · ${t("web.clients.left", {time: duration(run.eta_s)})}` : "")),
  el("div", {class: "bar", role: "progressbar", "aria-label": t("web.training.state.live"), "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(Math.round(share * 100))}, filled));
}

// --- the queue -------------------------------------------------------------------------------------------------------

async function queue(found = null) {
  const shown = found || await view("queue", {}, "").catch(() => null);
  if (!shown) return;
  queued = new Set(shown.entries.filter((one) => ["waiting", "running", "stopped"].includes(one.state)).map((one) => one.client));
  for (const card of cards.values()) drawQueued(card);
  if (!shown.entries.length) { fill(place("queue"), el("p", {class: "soft"}, t("web.clients.queue.none"))); return; }
  const names = ["client", "state", "time", "what"];
  const through = shown.left_s === null ? null : el("p", {}, t("web.clients.queue.through", {time: duration(shown.left_s), when: moment(shown.through)}),
    shown.unknown.length ? ` (${t("web.clients.queue.unknown", {clients: shown.unknown.join(", ")})})` : "");
  const open = shown.entries.some((one) => ["waiting", "stopped"].includes(one.state)) && !shown.entries.some((one) => one.state === "running");
  fill(place("queue"), through,
    el("div", {class: "table-wrap"}, el("table", {},
      el("thead", {}, el("tr", {}, names.map((name) => el("th", {scope: "col"}, el("span", {class: name === "what" ? "visually-hidden" : ""}, t(`web.clients.queue.${name}`)))))),
      el("tbody", {}, shown.entries.map(entry)))),
    shown.warnings.map((warning) => el("div", {class: "callout warn"}, el("div", {class: "lines"}, warning.text))),
    open && el("p", {}, t("web.clients.queue.run"), " ", command(t("web.clients.command.queue"))));
}

function entry(one) {
  const badge = el("span", {class: `badge ${QUEUE_KINDS[one.state]}`}, el("span", {"aria-hidden": "true"}, QUEUE_SIGNS[one.state]), one.label.text);
  const time = one.left_s ? t("web.clients.left", {time: duration(one.left_s)}) : one.seconds ? duration(one.seconds) : "–";
  const remove = el("button", {type: "button", class: "small quiet", onclick: () => dequeue(one.client), "aria-label": t("web.clients.queue.remove_one", {client: one.client})}, t("web.clients.queue.remove"));
  return el("tr", {}, el("td", {}, el("a", {href: link("training", one.client)}, one.client)),
    el("td", {}, badge, one.cause && el("div", {class: "small soft lines"}, one.cause.text)), el("td", {class: "numbers"}, time), el("td", {}, one.state === "running" ? "" : remove));
}

function drawQueued(card) {
  if (!card.queue) return;
  const {training} = card.known;
  card.queue.hidden = card.known.next.stage !== "train" || queued.has(card.known.client) || Boolean(training && GOING.has(training.state));
}

async function enqueue(client) {
  const found = await act("queue-add", {}, {of: client});
  if (!found) return;
  toast(t("web.clients.queue.added", {client}), () => dequeue(client));
  queue(found);
}

async function dequeue(client) {
  const found = await act("queue-remove", {client}, {of: ""});
  if (!found) return;
  toast(t("web.clients.queue.removed", {client}));
  queue(found);
}

// --- the stream ------------------------------------------------------------------------------------------------------

on("delta", ({client, run, rows}) => {
  const card = cards.get(client);
  const shown = card?.known?.training;
  if (!shown || shown.run !== run) { if (card?.known) want(client); return; }
  for (const row of rows) {
    if (row.phase) shown.phase = row.phase;
    if (row.step) Object.assign(shown, {step: row.step, total: row.total || shown.total, eta_s: row.eta_s});
  }
  if (GOING.has(shown.state)) drawTraining(card);
  else want(client);
});
on("snapshot", ({client, run, step, phase}) => {  // what came between the card and the stream
  const card = cards.get(client);
  const shown = card?.known?.training;
  if (card?.known && run && (!shown || shown.run !== run || shown.step < step || (shown.phase !== phase && GOING.has(shown.state)))) want(client);
});
on("changed", ({client, what}) => {
  if (client) { if (what !== "trial" && cards.get(client)?.known) want(client); }
  else if (what === "queue") queue();
  else list();
});
on("gone", list);
on("connection", ({state}) => { if (state === "connected" && cards.size) { list(); queue(); } });
place("search").addEventListener("input", filter);
setInterval(() => {  // the stream follows so many clients; of more, those in view are asked for again
  if (cards.size <= FOLLOWED || document.hidden) return;
  for (const [id, {box, known}] of cards) {
    const {top, bottom} = box.getBoundingClientRect();
    if (known && bottom > 0 && top < innerHeight) want(id);
  }
}, AGAIN_MS);

list().then(() => queue());
