// The results page: the grid of a trial as it is drawn, its order, and one candidate that is taken.
import { act, ask, duration, el, empty, fill, moment, number, on, oneAtATime, percent, stamped, t, view } from "./app.js";
import { Viewer } from "./compare.js";
import { shownPicture } from "./trial_pictures.js";
import { command } from "./typed.js";

const $ = (id) => document.getElementById(id);
let state = null;
let shown = ""; // the view as it was drawn last
let busy = ""; // take, measure, deliver
const cells = new Map(); // where, candidate, prompt and seed -> what is shown of it: a picture is not loaded again for its caption
const parts = new Map(); // block or finalist -> its element
const viewer = new Viewer($("viewer"), take);

// --- loading --------------------------------------------------------------------------------------------------------

const load = oneAtATime(async () => {
  const wanted = new URLSearchParams(location.search).get("trial");
  let found;
  try {
    found = await view("results", wanted ? { trial: wanted } : {});
  } catch (problem) {
    if (problem.status || !state) tell(problem.message); // without an answer what was shown stays, greyed
    return;
  }
  if (found.empty) return tell(found.empty, found.next);
  const same = shown === JSON.stringify(found);
  state = found;
  if (same && !busy) return;
  shown = JSON.stringify(found);
  $("state").hidden = true;
  $("results").hidden = false;
  draw();
});

/** Say why there is nothing to show; next: the step that comes first, with its command. */
function tell(said, next = null) {
  const [title, ...rest] = said.split("\n");
  const section = empty(title, next ? t("web.training.none_next", { label: next.label.text }) : rest.join("\n"));
  if (next) section.append(command(next.command.text));
  fill($("state"), section);
  $("state").hidden = false;
  $("results").hidden = true;
  shown = "";
}

function draw() {
  const focused = document.activeElement;
  drawAll();
  if (focused === document.activeElement || !$("results").contains(focused) && focused.isConnected) return;
  const label = focused.getAttribute("aria-label");
  const there = focused.isConnected ? focused : label && [...$("results").querySelectorAll("button")].find((one) => one.getAttribute("aria-label") === label);
  if (there) there.focus({ preventScroll: true }); // what is drawn anew takes the keyboard's place away
}

function drawAll() {
  drawTrials();
  drawProgress();
  fill($("told"), state.told.map((one) => el("p", { class: `res-told ${one.style}` }, sign(one.style), one.text)));
  drawBest();
  drawOrder();
  fill($("blocks"), state.blocks.map((one) => unchanged(`block ${one.n}`, one, block)));
  $("finals-section").hidden = !state.finals.length;
  fill($("finals"), state.finals.map((one) => unchanged(`final ${one.candidate}`, one, final)));
  viewer.show(state);
}

const sign = (style) => ({ warn: "⚠ ", bad: "✕ ", good: "✓ " })[style] ?? "";

function drawTrials() {
  $("trials").hidden = state.trials.length < 2;
  fill($("trial"), state.trials.map((id) => el("option", { value: id, selected: id === state.trial }, stamped(id, state.trials))));
}

function drawProgress() {
  const seen = state.done + state.failed;
  const bar = el("div", { class: `bar${state.drawing ? "" : state.done === state.total ? " good" : " warn"}`, role: "progressbar", "aria-valuemin": 0,
    "aria-valuemax": state.total, "aria-valuenow": seen, "aria-label": t("web.results.whole", { done: state.done, total: state.total }) },
    el("span", { style: { width: `${state.total ? (100 * seen) / state.total : 0}%` } }));
  const left = state.left_s === null ? t("web.results.left_unknown") : t("web.results.left", { left: duration(state.left_s) });
  fill($("progress"),
    el("div", { class: "res-progress-line" },
      el("strong", {}, t(state.drawing ? "web.results.drawing" : "web.results.whole", { done: state.done, total: state.total })),
      state.drawing && el("span", { class: "soft" }, left),
      state.failed > 0 && el("span", { class: "badge bad" }, `✕ ${t("web.results.failed", { n: state.failed })}`),
      el("span", { class: "soft res-when" }, moment(state.made_at))),
    bar,
    !state.drawing && state.unmeasured > 0 && el("div", { class: "res-measure" },
      el("span", {}, t("web.results.unmeasured", { n: state.unmeasured })),
      el("button", { type: "button", disabled: Boolean(busy), onclick: measure }, t(busy === "measure" ? "web.results.measuring" : "web.results.measure"))));
}

// --- the proposed one -----------------------------------------------------------------------------------------------

function named(candidate) {
  return state.named[candidate] ?? candidate;
}

function badges(candidate) {
  const place = state.places.find((one) => one.candidate === candidate);
  const found = [];
  if (candidate === state.taken) found.push(["good", "taken"]);
  if (candidate === state.proposed) found.push(["accent", state.done < state.total ? "first" : "proposed"]);
  if (place?.tied) found.push(["", "tied"]);
  if (place && !place.eligible) found.push(["bad", "out"]);
  return found.map(([kind, name]) => el("span", { class: `badge ${kind}` }, t(`web.results.badge.${name}`)));
}

function picturesOf(candidate) {
  return allCells().filter((cell) => cell.candidate === candidate && cell.picture);
}

function allCells() {
  return [...state.blocks, ...state.finals].flatMap((block) => block.rows.flatMap((row) => row.cells));
}

function drawBest() {
  const name = state.taken || state.proposed;
  if (!name) {
    const nothing = !state.drawing && !state.unmeasured && state.done > 0;
    return fill($("best"), nothing && el("p", { class: "callout warn" }, t("web.results.nothing_best")));
  }
  const place = state.places.find((one) => one.candidate === name);
  const ours = picturesOf(name).slice(0, 3);
  fill($("best"), el("div", { class: "card res-best" },
    el("div", { class: "res-best-pictures" }, ours.map((cell) => shownPicture(state, cell, 480))),
    el("div", { class: "res-best-text" },
      el("p", { class: "res-kicker" }, t(state.taken ? "web.results.in_use" : state.done < state.total ? "web.results.so_far" : "web.results.proposed")),
      el("h2", { id: "best-title" }, named(name)),
      el("p", { class: "res-badges" }, badges(name)),
      place && likenessWords(place),
      place?.reasons.map((one) => el("p", { class: one.style === "warn" ? "warn" : "" }, sign(one.style), one.text)),
      reference(),
      el("div", { class: "row res-actions" },
        !state.taken && takeButton(name, "primary"),
        el("button", { type: "button", disabled: !ours.length, onclick: () => viewer.open(ours[0], "beside") }, t("web.results.compare")),
        state.taken && el("button", { type: "button", class: "primary", disabled: Boolean(busy), onclick: deliver },
          t(busy === "deliver" ? "web.results.delivering" : "web.results.deliver"))),
      state.taken && el("p", { class: "soft small" }, `${t("web.results.next")}: ${t("web.results.next_what")}`))));
}

function likenessWords(place) {
  if (place.likeness === null) return null;
  const low = state.yardstick?.low;
  const words = low === undefined || low === null ? "" : place.likeness >= low ? t("web.results.enough") : t("web.results.under", { low });
  return el("p", { class: "res-likeness" }, el("span", { class: "res-figure" }, number(place.likeness, 2)),
    el("span", {}, `${t("web.results.col.likeness")} · ${t("web.results.n", { n: place.n })}`, words && el("br"), words));
}

function reference() {
  if (!state.reference) return null;
  return el("figure", { class: "res-reference" },
    el("figcaption", { class: "soft small" }, t(`web.results.reference.${state.reference.kind}`)),
    el("div", { class: "strip" }, state.reference.images.slice(0, 8).map((id) => shownPicture(state, { photo: id }, 160))));
}

function takeButton(candidate, kind = "") {
  return el("button", { type: "button", class: `${kind} take`, disabled: Boolean(busy), "aria-label": t("web.results.take_named", { candidate: named(candidate) }),
    onclick: () => take(candidate) }, t(busy === candidate ? "web.results.taking" : "web.results.take"));
}

// --- the order ------------------------------------------------------------------------------------------------------

function drawOrder() {
  if (!state.places.length) return fill($("order"));
  const names = ["place", "candidate", "likeness", "faces", "copies", "free", "why"];
  const scale = scaleOf();
  const head = el("tr", { role: "row" }, names.map((name) => el("th", { scope: "col", role: "columnheader" }, t(`web.results.col.${name}`))),
    el("th", { role: "columnheader" }, el("span", { class: "visually-hidden" }, t("web.results.take"))));
  fill($("order"), el("h2", { id: "order-title" }, t("web.results.order")),
    state.critical_difference !== null && el("p", { class: "res-difference" }, `≈ ${t("web.results.difference", { value: state.critical_difference })}`),
    el("div", { class: "table-wrap" }, el("table", { class: "res-order", role: "table" }, el("thead", { role: "rowgroup" }, head),
      el("tbody", { role: "rowgroup" }, state.places.map((place) => row(place, names, scale))))),
    scale && el("p", { class: "soft small res-keys" }, state.critical_difference !== null && el("span", { class: "key-tie" }, t("web.results.key_tie")),
      state.yardstick && el("span", { class: "key-photo" }, t("web.results.key_photo")), parseFloat(scale(state.floor ?? -9)) >= 0 && el("span", { class: "key-base" }, t("web.results.key_base"))));
}

function row(place, names, scale) {
  const told = [
    el("span", { class: "res-rank" }, place.rank ?? "–"),
    [el("strong", {}, named(place.candidate)), el("span", { class: "res-badges" }, badges(place.candidate))],
    [el("span", { class: "numbers" }, number(place.likeness, 2)), track(place, scale), el("span", { class: "soft small" }, t("web.results.n", { n: place.n }))],
    percent(place.faces),
    [t(`web.results.copies.${place.copies}`), figure(place.copy_risk, number(place.copy_risk, 2))],
    [t(`web.results.free.${place.free}`), figure(place.flexibility, percent(place.flexibility))],
    place.reasons.map((one) => el("p", { class: one.style === "warn" ? "warn" : "" }, sign(one.style), one.text)),
  ];
  return el("tr", { role: "row", class: place.candidate === state.taken ? "taken" : place.candidate === state.proposed ? "proposed" : "" },
    told.map((one, at) => el("td", { role: "cell", class: `col-${names[at]}`, data: { label: t(`web.results.col.${names[at]}`) } }, one)),
    el("td", { role: "cell", class: "col-take" }, place.eligible && place.candidate !== state.taken && takeButton(place.candidate, "small")));
}

const figure = (value, shown) => (value === null ? null : el("span", { class: "soft small numbers" }, shown));

// From the least to the greatest figure that is drawn, with some room.
function scaleOf() {
  const values = [...state.places.map((place) => place.likeness), state.yardstick?.low].filter((value) => typeof value === "number");
  if (values.length < 2) return null;
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (floorIsNear(low, high)) low = state.floor;
  const room = Math.max(high - low, 0.02) * 0.08;
  return (value) => `${(100 * (value - low + room)) / (high - low + 2 * room)}%`;
}

// The base alone is far below as a rule, and would press all that is to be compared together.
function floorIsNear(low, high) {
  return state.floor !== null && state.floor < low && low - state.floor < high - low;
}

function track(place, scale) {
  if (!scale || place.likeness === null) return null;
  const best = Math.max(...state.places.filter((one) => one.tied || one.rank === 1).map((one) => one.likeness ?? -1));
  const parts = [el("line", { class: "axis", x1: "0", x2: "100%", y1: 10, y2: 10 })];
  if (state.critical_difference !== null && best > 0) {
    const [from, to] = [parseFloat(scale(best - state.critical_difference)), parseFloat(scale(best))];
    parts.push(el("rect", { class: "tie", x: `${Math.max(0, from)}%`, width: `${to - Math.max(0, from)}%`, y: 2, height: 16, rx: 3 }));
  }
  if (state.yardstick) parts.push(el("line", { class: "photo", x1: scale(state.yardstick.low), x2: scale(state.yardstick.low), y1: 1, y2: 19 }));
  if (parseFloat(scale(state.floor ?? -9)) >= 0) parts.push(el("svg", { x: scale(state.floor), y: 0, overflow: "visible", width: 1, height: 20 }, el("path", { class: "base", d: "M-5 16 L5 16 L0 7 Z" })));
  parts.push(el("circle", { class: "dot", cx: scale(place.likeness), cy: 10, r: 5.5 }));
  return el("svg", { class: "res-track", height: 20, "aria-hidden": "true" }, parts);
}

// --- the pictures ---------------------------------------------------------------------------------------------------

// The element of a part that is as it was; else a new one. So a grid stays where it was scrolled to while others grow.
function unchanged(name, one, make) {
  const told = JSON.stringify([state.trial, one, state.taken, state.proposed, state.done < state.total,
    state.places.find((place) => place.candidate === one.candidate)]);
  if (parts.get(name)?.told !== told) parts.set(name, { told, node: make(one) });
  return parts.get(name).node;
}

function block(one) {
  const columns = [t("web.results.base"), ...one.columns.map((weight) => t("web.results.weight", { weight: number(Number(weight), 1) }))];
  const rows = one.rows.map((line, at) => ({ label: line.label, cells: [at === 0 ? one.base : null, ...line.cells] }));
  if (!rows.length) rows.push({ label: "", cells: [one.base] });
  return matrix([el("span", { class: "res-n" }, `${one.n}`), el("span", { class: "res-prompt" }, one.text), el("span", { class: "badge" }, one.kind)], columns, rows);
}

function final(one) {
  const columns = one.columns.map((seed) => t("web.results.seed", { seed }));
  return matrix([el("span", { class: "res-prompt" }, named(one.candidate)), badges(one.candidate)], columns, one.rows.map((line) => ({ ...line, long: true })));
}

function matrix(heading, columns, rows) {
  const grid = el("div", { class: "res-matrix", role: "table" });
  grid.style.setProperty("--columns", columns.length);
  grid.append(el("div", { role: "row", class: "res-line res-columns" }, el("span", { role: "columnheader" }), columns.map((name) => el("span", { role: "columnheader" }, name))));
  for (const line of rows) {
    grid.append(el("div", { role: "row", class: "res-line" }, el("span", { role: "rowheader", class: `res-label${line.long ? " long" : ""}`, title: line.label }, line.label),
      line.cells.map((cell) => el("div", { role: "cell" }, cell && cellOf(cell, line.long ? "final" : "block")))));
  }
  return el("article", { class: "card res-block" }, el("h3", { class: "res-heading" }, heading), el("div", { class: "res-scroll scroll" }, grid));
}

function cellOf(cell, where) {
  const key = `${where} ${cell.candidate} ${cell.prompt} ${cell.seed}`;
  const marks = cell.candidate === state.taken ? "taken" : cell.candidate === state.proposed ? "proposed" : "";
  const told = JSON.stringify([state.trial, cell.picture, cell.note, cell.style, cell.cause, marks]);
  const kept = cells.get(key);
  if (kept?.told === told) return kept.node;
  const node = cell.picture ? pictured(cell, marks) : el("div", { class: `res-cell nothing ${cell.style}`, title: cell.cause || null }, el("span", {}, sign(cell.style), cell.note));
  cells.set(key, { told, node });
  return node;
}

function pictured(cell, marks) {
  const mark = marks ? el("span", { class: `res-mark ${marks}` }, marks === "taken" ? "✓" : "★") : null;
  return el("button", { type: "button", class: `res-cell ${marks}`, "aria-label": t("web.results.cell", { ...cell, candidate: named(cell.candidate), seed: String(cell.seed) }),
    onclick: () => viewer.open(cell) }, shownPicture(state, cell, 480), mark, el("span", { class: `res-note ${cell.style}` }, sign(cell.style), cell.note));
}

// --- what is done ---------------------------------------------------------------------------------------------------

async function take(candidate) {
  const place = state.places.find((one) => one.candidate === candidate);
  const warnings = place ? place.reasons.filter((one) => one.style === "warn").map((one) => `⚠ ${one.text}`) : [];
  if (state.done < state.total) warnings.push(`⚠ ${t("web.results.partly")}`);
  const before = state.taken && state.taken !== candidate ? [t("web.results.take_other", { candidate: named(state.taken) })] : [];
  const agreed = await ask(t("web.results.take_title"),
    [`${named(candidate)}.`, t("web.results.take_what"), ...before, ...warnings].join("\n"), t("web.results.take"), warnings.length ? "bad" : "primary");
  if (!agreed) return;
  viewer.close();
  await doing(candidate, "take", { trial: state.trial, candidate, based_on: state.taken_before });
}

const measure = () => doing("measure", "measure-trial", { trial: state.trial });
const deliver = () => doing("deliver", "deliver");

async function doing(name, action, body = {}) {
  busy = name;
  draw();
  const done = await act(action, body);
  busy = "";
  shown = "";
  if (done) say(done.said);
  await load();
}

// Say what a command said, where it stays until the next one.
function say(said) {
  fill($("said"), el("div", { class: "callout good res-said" }, el("div", {}, said.map((one) => el("p", { class: one.style === "warn" ? "warn" : "" }, sign(one.style), one.text)))));
  $("said").scrollIntoView({ block: "center" });
}

$("trial").addEventListener("change", () => {
  const address = new URL(location.href);
  address.searchParams.set("trial", $("trial").value);
  address.hash = "";
  history.replaceState(null, "", address);
  load();
});
on("changed", (event) => {
  if (busy) return;
  if (["trial", "outcome"].includes(event.what) || !$("state").hidden) load(); // without a trial, anything moves what comes first
});
await load();
viewer.resume();
