// The page of the review: what is shown, what is decided, and what another window decided meanwhile.

import {act, announce, el, empty, fill, notice, on, page, picture, t, toast, view} from "./app.js";
import {Detail} from "./review_detail.js";
import {Limits} from "./review_limits.js";
import {NO_FILTER, ORDERS, Pictures, chosen, reasonCounts} from "./review_rows.js";
import {Wall} from "./review_wall.js";
import {command} from "./typed.js";

const place = (name) => document.getElementById(name);
const CHANGED_MS = 150;   // several changes at once are read once
const MANY = 300;         // pictures of a decision that takes long enough to say so

const pictures = new Pictures();
const filter = {...NO_FILTER};
let order = "number", only = null, lastToast = null;
let turn = Promise.resolve();  // decisions go one after another, each on what the one before has left

const wall = new Wall(place("wall"), pictures, {
  open: (one) => detail.show(one),
  decide: (word, targets, how) => decide(word, targets, how),
  selected: () => drawSelection(),
});
const detail = new Detail(pictures, {
  decide: (word, targets, more) => decide(word, targets, more), undo: () => undo(),
  place: (one) => [wall.shown.indexOf(one) + 1, wall.shown.length],
  step: (by) => step(by), goto: (one) => detail.show(one),
  closed: (one) => {
    const at = one ? wall.shown.indexOf(one) : -1;
    wall.focus(at >= 0 ? at : wall.focused);
  },
});
const limits = new Limits({
  marks: (marks) => { wall.marks = marks; if (only !== null) { only = new Set(marks.keys()); show(); } else wall.repaint(); },
  only: (wanted) => { only = wanted ? new Set(wall.marks.keys()) : null; show(); },
  kept: () => read(),
});

// --- what is shown ---------------------------------------------------------------------------------------------------

/** Ask for the pictures: all at first, then those that changed. */
async function read() {
  let answer;
  try {
    answer = await view("review", pictures.order ? {since: pictures.newest, order: pictures.order} : {});
  } catch (problem) {
    if (!pictures.order) fill(place("nothing"), el("p", {class: "callout bad"}, problem.message), el("button", {type: "button", onclick: () => location.reload()}, t("web.common.retry")));
    return;
  }
  const changed = pictures.take(answer);
  fill(place("nothing"));
  if (changed === null) fillFilters();
  if (changed === null || changed.length) {
    show();
    if (detail.open) await detail.refresh(changed);
  } else drawHead();
}

/** Where it is not known which of several persons is the client: ask, with some pictures of each. */
async function askWho() {
  const open = [...pictures.byId.values()].some((one) => one.verdict === "approved" && !one.identity);
  const found = open ? await view("persons").catch(() => ({persons: []})) : {persons: []};
  place("who").hidden = !found.persons.length;
  fill(place("who"), el("h3", {id: "who-title"}, t("web.review.who")), el("p", {}, t("web.review.who.how")),
    el("div", {class: "row"}, found.persons.map((one) => el("button", {type: "button", class: "who-one", onclick: () => decide("is_client", [pictures.byId.get(one.images[0])], {byMouse: true})},
      one.images.map((id) => el("img", {src: picture("crop", id, 160), alt: "", width: "64", height: "64", decoding: "async"})),
      el("span", {}, `${t("web.review.act.is_client")} · ${t("web.review.who.pictures", {n: one.n})}`)))));
}

function show({keep = true} = {}) {
  const shown = chosen(pictures, filter, order, only);
  place("wall").dataset.shows = filter.verdict;
  wall.shows = {side: "side", likeness: "likeness", alike: "likeness"}[order] || "blur";
  wall.show(shown, {keep});
  drawHead();
  drawSelection();
  const none = place("nothing");
  place("tools").hidden = !pictures.all.length;
  if (!pictures.all.length) {
    const made = empty(t("web.review.empty"), t("web.review.empty_how"));
    made.append(...["import-mj", "import-real"].map((name) => el("p", {}, command(t(`web.next.${name}`)))));
    fill(none, made);
  }
  else if (!shown.length) {
    const made = empty(t("web.review.none"), t("web.review.none_how"));
    made.append(el("button", {type: "button", onclick: clearFilters}, t("web.review.clear_filters")));
    fill(none, made);
  } else fill(none);
}

function drawHead() {
  const counts = pictures.counts();
  const buttons = ["all", "approved", "rejected", "pending", "held"].filter((name) => name === "all" || counts[name] || filter.verdict === name)
    .map((name) => el("button", {type: "button", data: {verdict: name}, "aria-pressed": String(filter.verdict === name), onclick: () => set("verdict", name)},
      t(`web.review.list.${name}`), el("span", {class: "choice-count"}, new Intl.NumberFormat(page.language).format(counts[name]))));
  const held = document.activeElement?.dataset?.verdict;
  fill(place("verdicts"), buttons);
  if (held) place("verdicts").querySelector(`[data-verdict="${held}"]`)?.focus();
  const total = pictures.all.length, n = wall.shown.length;
  place("count").textContent = !total ? "" : n === total ? t("web.review.shown_all", {n}) : t("web.review.shown", {n, total});
  const {steps} = pictures.undo;
  place("undo").disabled = !steps;
  place("undo").textContent = steps ? t("web.review.undo_n", {n: steps}) : t("web.review.undo");
}

function options(name, entries, value) {
  fill(place(name), entries.map(([key, label]) => el("option", {value: key}, label)));
  place(name).value = value;
}

function fillFilters() {
  const counted = reasonCounts(pictures).map(([code, n]) => [code, t("web.review.reason.counted", {name: pictures.reasons[code] || code, n})]);
  const near = pictures.all.some((one) => pictures.groupOf(one).length > 1);
  if (filter.reason[0] !== ":" && filter.reason !== "all" && !counted.some(([code]) => code === filter.reason)) filter.reason = "all";
  options("source", ["all", "mj", "photo"].map((name) => [name, t(`web.review.source.${name}`)]), filter.source);
  options("reason", [["all", t("web.review.reason.all")], ...counted, [":none", t("web.review.reason.none")],
    ...(near ? [[":near", t("web.review.reason.near")]] : []), [":user", t("web.review.reason.user")]], filter.reason);
  options("identity", ["all", "client", "doubtful", "other", "said", "none"].map((name) => [name, t(`web.review.identity.${name}`)]), filter.identity);
  options("order", Object.keys(ORDERS).map((name) => [name, t(`web.review.sort.${name}`)]), order);
}

function set(name, value) {
  if (name === "order") order = value;
  else filter[name] = value;
  remember();
  wall.focused = 0;
  show({keep: false});
  const top = place("wall").getBoundingClientRect().top - wall.covered();
  if (top < 0) scrollBy({top, behavior: "instant"});
}

function clearFilters() {
  Object.assign(filter, NO_FILTER);
  only = null;
  place("search").value = "";
  remember();
  fillFilters();
  show({keep: false});
}

/** Keep the filter in the address, so that a reload shows the same. */
function remember() {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries({...filter, order})) {
    if (value === (name === "order" ? "number" : NO_FILTER[name])) query.delete(name);
    else query.set(name, value);
  }
  history.replaceState(null, "", `${location.pathname}?${query}`);
}

function recall() {
  const query = new URLSearchParams(location.search);
  const known = {verdict: ["approved", "rejected", "pending", "held"], source: ["mj", "photo"], identity: ["client", "doubtful", "other", "said", "none"]};
  for (const [name, values] of Object.entries(known)) if (values.includes(query.get(name))) filter[name] = query.get(name);
  filter.search = query.get("search") || "";
  filter.reason = /^:?[a-z_]+$/.test(query.get("reason") || "") ? query.get("reason") : "all";
  if (query.get("order") in ORDERS) order = query.get("order");
  place("search").value = filter.search;
}

// --- decisions -------------------------------------------------------------------------------------------------------

const ACTIONS = {approve: "approve", reject: "reject", clear: "clear", hold_out: "hold-out", train: "train", is_client: "is-client", face: "face", keep_one: "keep-one"};

/** Which of these pictures a word can be said of, and why of the others it cannot. */
function possible(word, targets) {
  if (word === "approve") return [targets.filter((one) => one.crop), "web.review.left_out.no_face"];
  if (word === "reject") return [targets.filter((one) => one.verdict !== "pending"), "web.review.left_out.pending"];
  if (word === "hold_out" || word === "train") return [targets.filter((one) => one.isPhoto), "web.review.left_out.not_a_photo"];
  return [targets, ""];
}

function decide(word, targets, more = {}) {
  const [named, why] = possible(word, targets);
  const left = targets.length - named.length;
  if (!named.length) {
    if (left) toast(t(why, {n: left}), null, "bad");
    return Promise.resolve();
  }
  const next = !more.byMouse && !detail.open && !wall.selected.size && named.length === 1;
  for (const one of named) one.waits = true;
  wall.repaint(named);
  if (named.length >= MANY) notice(t("web.review.saving", {n: named.length}));
  if (next) wall.focus(wall.focused + 1);
  turn = turn.then(() => carryOut(word, named, more)).then((done) => {
    if (named.length >= MANY) notice("");
    if (!done) return;
    said(word, named, more, left ? ` ${t(why, {n: left})}` : "");
  });
  return turn;
}

/** Carry a decision out; where another window was faster, it is made again on what is there now. */
async function carryOut(word, named, more) {
  const images = named.map((one) => one.id);
  const body = (present) => {
    if (present) pictures.take(present);
    const based = Object.fromEntries(images.map((id) => [id, pictures.byId.get(id)?.stamp]).filter(([, stamp]) => stamp));
    // The stamps name the pictures too: of thousands, that is what a request may weigh.
    return {...(Object.keys(based).length === images.length && word !== "face" ? {} : {images}), based_on: based, ...(more.face === undefined ? {} : {face: more.face}), ...(more.keep ? {keep: more.keep} : {})};
  };
  const answer = await act(ACTIONS[word], body);
  for (const one of named) one.waits = false;
  const changed = answer ? pictures.take(answer) : null;
  after(answer ? changed : named);
  if (word === "is_client" && answer) {
    await read();
    askWho();
  }
  return answer;
}

/** Show pictures as they stand after a change. */
function after(changed) {
  const fits = changed.every((one) => wall.cards.has(one.id) || !wall.shown.includes(one))
    && chosen(pictures, filter, order, only).length === wall.shown.length;
  if (fits && order === "number") {
    wall.repaint(changed);
    drawHead();
    drawSelection();
  } else show();
  if (detail.open) detail.refresh(changed);
}

function said(word, named, more, left) {
  lastToast?.remove();
  lastToast = null;
  const values = {n: named.length, number: String(named[0].number), face: (more.face ?? 0) + 1};
  if (word === "keep_one") {
    values.number = String(pictures.byId.get(more.keep).number);
    values.n = named.length - 1;
  }
  const one = named.length === 1 || word === "keep_one";
  const text = t(`web.review.${one ? "done" : "bulk"}.${word}`, values) + left;
  if (one && word !== "keep_one") announce(text);
  else lastToast = toast(text, () => undo());
}

function undo() {
  turn = turn.then(async () => {
    if (!pictures.undo.steps) {
      announce(t("web.review.nothing_to_undo"));
      return;
    }
    const answer = await act("review-undo", (present) => {
      if (present === null) return {step: pictures.undo.step};
      pictures.undo = present.undo;  // another window has decided something since: that is not taken back unseen
      read();
      return null;
    });
    if (!answer) return;
    const changed = pictures.take(answer);
    lastToast?.remove();
    lastToast = toast(t("web.review.undone", {n: changed.length}));
    after(changed);
  });
  return turn;
}

// --- selection and large view ----------------------------------------------------------------------------------------

function drawSelection() {
  const bar = place("selection"), n = wall.selected.size;
  bar.hidden = !n;
  document.body.classList.toggle("selecting", n > 0);
  if (!n) return;
  const targets = wall.targets();
  const photos = targets.some((one) => one.isPhoto), held = targets.length && targets.every((one) => one.state.startsWith("held"));
  const button = (word, kind, key = "") => el("button", {type: "button", class: kind, data: {act: word}, onclick: () => decide(word, wall.targets())},
    t(`web.review.act.${word}`), key ? el("kbd", {"aria-hidden": "true"}, key) : null);
  const focused = document.activeElement?.dataset?.act;
  fill(bar,
    el("strong", {class: "numbers", role: "status"}, t("web.review.selected", {n})),
    button("approve", "good", "A"), button("reject", "bad", "R"), photos ? button(held ? "train" : "hold_out", "", "H") : null, button("clear", "quiet", "C"),
    el("span", {class: "spacer"}),
    n < wall.shown.length ? el("button", {type: "button", class: "quiet", data: {act: "all"}, onclick: selectAll}, t("web.review.select_all", {n: wall.shown.length})) : null,
    el("button", {type: "button", class: "quiet", data: {act: "none"}, onclick: () => { wall.clearSelection(); wall.focus(wall.focused, false); }}, t("web.review.select_none")));
  if (focused) bar.querySelector(`[data-act="${focused}"]`)?.focus();
}

function selectAll() {
  wall.select(wall.shown.map((one) => one.id));
  announce(t("web.review.selected", {n: wall.selected.size}));
}

function step(by) {
  const at = wall.shown.indexOf(detail.one);
  const to = wall.shown[(at < 0 ? wall.focused : at) + by];
  if (to) detail.show(to);
}

function help() {
  const keys = [["A", "a"], ["R", "r"], ["H", "h"], ["C", "c"], ["U", "u"], [t("web.review.key.arrows_name"), "move"], ["Enter", "enter"],
    [t("web.review.key.space_name"), "space"], [t("web.review.key.shift_name"), "shift"], ["Ctrl + A", "all"], ["1–9", "digit"], ["/", "slash"], ["Esc", "escape"], ["?", "help"]];
  const shown = el("dialog", {class: "keys", "aria-labelledby": "keys-title"}, el("h2", {id: "keys-title"}, t("web.review.help")),
    el("dl", {}, keys.map(([key, name]) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(`web.review.key.${name}`))))),
    el("div", {class: "dialog-buttons"}, el("button", {type: "button", class: "primary", autofocus: true, onclick: () => shown.close()}, t("web.review.close"))));
  const back = document.activeElement;
  shown.addEventListener("close", () => { shown.remove(); if (back?.isConnected) back.focus(); else wall.focus(wall.focused, false); });
  document.body.append(shown);
  shown.showModal();
}

// --- keys ------------------------------------------------------------------------------------------------------------

const typing = (target) => target.matches?.("input:not([type=range]), select, textarea");

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || event.altKey) return;
  const inWall = place("wall").contains(document.activeElement);
  if (event.key === "Escape") {
    if (typing(event.target)) wall.focus(wall.focused, false);
    else if (wall.selected.size) wall.clearSelection();
    return;
  }
  if (typing(event.target)) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
    event.preventDefault();
    selectAll();
    return;
  }
  if (event.ctrlKey || event.metaKey) return;
  const targets = inWall || wall.selected.size ? wall.targets() : [];
  const held = targets.length > 0 && targets.every((one) => one.state.startsWith("held"));
  const does = {
    a: () => decide("approve", targets), r: () => decide("reject", targets), c: () => decide("clear", targets),
    h: () => decide(held ? "train" : "hold_out", targets), u: () => undo(), "?": () => help(), "/": () => place("search").focus(),
  };
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key in does) does[key]();
  else if (inWall && key === "Enter" && !event.target.closest("button") && wall.current) detail.show(wall.current);
  else if (inWall && key === " " && !event.target.closest("button") && wall.current) {
    wall.anchor = wall.focused;
    wall.select([wall.current.id], !wall.selected.has(wall.current.id));
    announce(t("web.review.selected", {n: wall.selected.size}));
  } else return;
  event.preventDefault();
});

for (const name of ["source", "reason", "identity", "order"]) place(name).addEventListener("change", (event) => set(name, event.target.value));
place("search").addEventListener("input", (event) => set("search", event.target.value));
place("search").addEventListener("keydown", (event) => { if (event.key === "Enter") wall.focus(0); });
place("undo").addEventListener("click", () => undo());
place("help-open").addEventListener("click", () => help());

let changedAt = 0;
on("changed", ({what}) => {
  if (what !== "records") return;
  clearTimeout(changedAt);
  changedAt = setTimeout(() => { turn = turn.then(() => read()); }, CHANGED_MS);
});

recall();
read().then(askWho);
