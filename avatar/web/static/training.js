// The page of a training: a view of its files. The first state comes from the API, then the stream's lines move it on.

import {act, announce, bytes, duration, el, empty, fill, link, moment, number, on, page, percent, power, stamped, t, toast, view} from "./app.js";
import {Curves} from "./training_curves.js";
import {Samples} from "./training_samples.js";
import {tellChoices, tellEnd} from "./training_end.js";
import {command} from "./typed.js";

const LAST_CHARACTERS = 160;
const UNWATCHED_MS = 10000;  // no line of progress comes then: the page asks itself
const HOT_C = 85;       // from here on cards slow themselves down
const CURVES_MS = [5000, 60000];  // least and most between two looks at the curves
const CURVES_SHARE = 100;  // a look that takes so long is followed by a hundred times as long without one: 1 % of a core
const PHASES = ["starting", "accelerator", "model", "latents", "text_encoders", "network", "training", "verifying"];
const FIGURES = {
  loss: "web.training.loss", held_out: "web.training.held_out", rate: "web.training.rate", pace: "web.training.pace",
  card_memory: "web.training.card_memory", heat: "web.training.heat", power: "web.training.power",
  host_memory: "web.training.host_memory", next_save: "web.training.next_save",
};
const BETWEEN = {samples: "training", checkpoint: "training"};  // within the training
const GOING = new Set(["live", "unwatched", "ending"]);
const SIGNS = {live: "●", unwatched: "●", ending: "●", killed: "!", verified: "✓", failed: "✗", stopped: "■"};
const KINDS = {live: "accent", unwatched: "warn", ending: "accent", killed: "bad", verified: "good", failed: "bad", stopped: "warn"};

const place = (id) => document.getElementById(id);
let shown = null;     // what the API said last
let came = 0;         // when that was
let parts = null;     // elements that lines of progress change
let curves = null, samples = null;
let curvesAt = 0, curvesPause = CURVES_MS[0], refreshing = null, again = false;

// --- asking ----------------------------------------------------------------------------------------------------------

const chosen = () => new URLSearchParams(location.search).get("run") || "";

async function refresh() {
  if (refreshing) { again = true; return refreshing; }
  refreshing = (async () => {
    do {
      again = false;
      try {
        const before = shown?.run;
        shown = await view("training", chosen() ? {run: chosen()} : {});
        came = Date.now();
        draw();
        if (before && shown.run && before.run_id === shown.run.run_id) tellEnd(before.state, shown.run);
      } catch (problem) {
        if (!shown) failed(problem);
      }
    } while (again);
  })();
  await refreshing;
  refreshing = null;
}

function failed(problem) {
  fill(place("training"), el("div", {class: "callout bad", role: "alert"}, problem.message),
    el("button", {type: "button", onclick: refresh}, t("web.common.retry")));
}

async function refreshCurves(force = false) {
  if (!curves || !shown?.run || (!force && (document.hidden || Date.now() - curvesAt < curvesPause))) return;
  curvesAt = Date.now();
  const found = await view("curves", {run: shown.run.run_id}).catch(() => null);
  curvesPause = Math.min(Math.max((Date.now() - curvesAt) * CURVES_SHARE, CURVES_MS[0]), CURVES_MS[1]);
  if (!found || found.run_id !== shown.run.run_id) return;
  curves.show(found, shown.run.checkpoints.map((one) => one.step));
  const last = (name) => found[name].values.at(-1);
  setFigure("rate", last("rate") === undefined ? null : power(last("rate"), 2));
  setFigure("held_out", last("held_out") === undefined ? null : number(last("held_out"), 4));
}

async function refreshQueue() {
  const found = await view("queue", {}, "").catch(() => null);
  if (!found || !parts) return;
  const open = found.entries.filter((one) => ["waiting", "running", "stopped"].includes(one.state));
  parts.queue.hidden = !open.length;
  const name = (client) => (client === page.client ? el("b", {}, client) : el("a", {href: link("training", client)}, client));
  fill(parts.queue, el("h2", {}, t("web.training.queue")),
    el("ol", {class: "queue"}, open.map((one) => el("li", {}, name(one.client),
      el("span", {class: "soft small"}, one.label.text, one.left_s ? ` · ${duration(one.left_s)}` : "")))),
    found.left_s !== null && el("p", {class: "small soft"}, t("web.training.queue.through", {time: duration(found.left_s), when: moment(found.through)})));
}

async function refreshLog() {
  if (!shown?.run || document.hidden || !(parts?.log.open || loads(shown.run))) return;
  const found = await view("log", {run: shown.run.run_id}).catch(() => null);
  if (found) drawLog(found.lines);
}

// --- drawing ---------------------------------------------------------------------------------------------------------

function draw() {
  const run = shown.run;
  drawState(run);
  drawRuns();
  if (!run) {
    parts = curves = samples = null;
    const {next} = shown;
    const section = empty(t("web.training.none"), t("web.training.none_next", {label: next.label.text}));
    section.append(command(next.command.text));
    fill(place("told"));
    fill(place("training"), section);
    return;
  }
  drawTold(run);
  if (!parts || parts.run !== run.run_id) build(run);
  drawRun(run);
}

function drawState(run) {
  const state = run?.state;
  const badge = state && el("span", {class: `badge ${KINDS[state]} ${GOING.has(state) ? "pulses" : ""}`},
    el("span", {"aria-hidden": "true"}, SIGNS[state]), t(`web.training.state.${state}`));
  fill(place("state"), badge);
  const stops = state === "live" || state === "unwatched";
  const buttons = [];
  if (stops && run.stop !== "now") {
    if (run.stop) buttons.push(el("button", {type: "button", onclick: goOn}, t("web.training.go_on")));
    buttons.push(el("button", {type: "button", class: "bad", onclick: askStop}, t("web.training.stop")));
  }
  const labels = buttons.map((button) => button.textContent).join("|");
  if (place("actions").dataset.labels !== labels) {  // a focused button stays
    place("actions").dataset.labels = labels;
    fill(place("actions"), buttons);
  }
}

function drawRuns() {
  const choice = place("run");
  place("run-choice").hidden = shown.runs.length < 2;
  const names = shown.runs.join("|");
  if (choice.dataset.names !== names) {
    choice.dataset.names = names;
    fill(choice, shown.runs.map((name) => el("option", {value: name}, stamped(name, shown.runs))));
  }
  if (shown.run) choice.value = shown.run.run_id;
}

function drawTold(run) {
  const told = [];
  const say = (kind, ...content) => told.push(el("div", {class: `callout ${kind}`}, el("div", {class: "stack tight"}, content)));
  if (run.stop) say("warn", run.stop === "now" ? t("web.training.stop_asked_now")
    : t("web.training.stop_asked", {step: run.next_save ?? run.total}));
  if (run.state === "verified") {
    say("good", t("web.training.said.verified", {model: run.model}), el("p", {}, t("web.training.try_it"), " ", command(t("web.training.command.try"))));
  }
  if (run.state === "failed" || run.state === "stopped") {
    say(run.state === "failed" ? "bad" : "warn", el("div", {class: "lines"}, run.cause?.text || t(`web.training.state.${run.state}`)));
  }
  if (run.state === "unwatched") {
    say("warn", t("web.training.said.unwatched"), el("p", {}, t("web.training.watch_it"), " ", command(t("web.training.command.unwatched"))));
  }
  if (run.resumed_from && GOING.has(run.state)) say("", t("web.training.resumed", {run: stamped(run.resumed_from, shown.runs), step: run.first_step}));
  if (run.state === "ending") say("", t("web.training.said.ending"));
  if (run.state === "killed") {
    say("bad", t("web.training.said.killed"),
      el("p", {}, el("button", {type: "button", onclick: settle}, t("web.training.settle"))),
      run.total && run.step >= run.total ? el("p", {}, t("web.training.said.killed_at_end"))
        : shown.resumable ? el("p", {}, t("web.training.continue"), " ", command(t("web.training.command.resume")))
          : el("p", {}, t("web.training.no_state"), " ", command(t("web.training.command.again"))));
  }
  if (shown.outdated && run.run_id === shown.runs[0] && !GOING.has(run.state)) say("warn", t("web.training.outdated", {why: shown.outdated.text}));
  for (const warning of run.warnings) say("warn", el("div", {class: "lines"}, warning.text));
  const key = JSON.stringify([run.stop, run.state, run.cause, shown.outdated, run.warnings, run.next_save, shown.resumable, run.step >= run.total]);
  if (place("told").dataset.key === key) return;
  place("told").dataset.key = key;
  fill(place("told"), told);
}

/** Make the page of a run; what changes while it trains is kept in `parts`. */
function build(run) {
  const figures = Object.fromEntries(Object.entries(FIGURES).map(([name, label]) => (
    [name, el("div", {data: {figure: name}, hidden: true}, el("dt", {}, t(label)), el("dd", {}, "–"))])));
  parts = {
    run: run.run_id, figures,
    phase: el("strong", {class: "phase"}), since: el("span", {class: "soft"}), count: el("span", {class: "count numbers"}),
    eta: el("span", {class: "eta"}), filled: el("span"), ticks: el("div", {class: "ticks", "aria-hidden": "true"}),
    share: el("span", {class: "share numbers"}), last: el("code", {class: "last", hidden: true}), alive: el("span", {class: "soft small"}),
    phases: el("ol", {class: "phases", "aria-label": t("web.training.phases")}),
    checkpoints: el("div"), attempts: el("section", {class: "card", hidden: true}), queue: el("section", {class: "card", hidden: true}), plan: el("dl", {class: "pairs"}),
    lines: el("pre", {class: "log", tabindex: "0", "aria-label": t("web.training.log")}), log: null,
  };
  parts.bar = el("div", {class: "bar", role: "progressbar", "aria-label": t("web.training.progress"), "aria-valuemin": "0", "aria-valuemax": "100"}, parts.filled);
  parts.log = el("details", {class: "card details", ontoggle: refreshLog}, el("summary", {}, t("web.training.log")), parts.lines);
  const chart = el("section", {class: "card chart-card fades", "aria-labelledby": "curves"}, el("h2", {id: "curves"}, t("web.training.curves")));
  const pictures = el("section", {class: "card fades", "aria-labelledby": "samples"}, el("h2", {id: "samples"}, t("web.training.samples")));
  fill(place("training"),
    el("section", {class: "card hero fades", "aria-label": t("web.training.progress")},
      el("div", {class: "hero-row"}, el("div", {class: "hero-phase"}, parts.phase, " ", parts.since), parts.count),
      el("div", {class: "with-ticks"}, parts.bar, parts.ticks),
      el("div", {class: "hero-row"}, parts.eta, parts.share), parts.last,
      parts.phases,
      el("div", {class: "hero-row foot"}, parts.alive, tellChoices())),
    el("dl", {class: "figures", "aria-label": t("web.training.figures")}, Object.values(figures)),
    el("div", {class: "columns"}, chart, el("div", {class: "stack side"}, parts.attempts,
      el("section", {class: "card"}, el("h2", {}, t("web.training.checkpoints")), parts.checkpoints), parts.queue)),
    pictures, el("details", {class: "card details"}, el("summary", {}, t("web.training.plan")), parts.plan), parts.log);
  curves = new Curves(chart);
  samples = new Samples(pictures);
  curvesAt = 0;
  refreshQueue();
}

function drawRun(run) {
  drawProgress();
  drawFigures();
  drawCheckpoints(run);
  drawAttempts(run);
  drawPlan(run);
  if (run.log.length || !parts.lines.textContent) drawLog(run.log);
  curves.going = GOING.has(run.state);
  samples.show(run.samples, shown.prompts, run.no_samples?.text || t(`web.training.samples.${GOING.has(run.state) ? "to_come" : "none"}`));
  refreshCurves(true);
}

function drawProgress() {
  const {run} = shown;
  const going = GOING.has(run.state);
  const phase = going ? run.phase : "";
  parts.phase.textContent = going ? t(`web.training.phase.${phase}`) : t(`web.training.state.${run.state}`);
  parts.since.textContent = going && run.phase_since && !["training"].includes(phase)
    ? t("web.training.phase_since", {age: duration(Date.now() / 1000 - run.phase_since)}) : "";
  fill(parts.count, el("b", {}, number(run.step)), " ", el("span", {class: "soft"}, t("web.training.of", {total: run.total})));
  const share = run.total ? Math.min(run.step / run.total, 1) : 0;
  parts.filled.style.width = `${share * 100}%`;
  parts.bar.setAttribute("aria-valuenow", String(Math.round(share * 100)));
  parts.bar.className = `bar ${going && !share ? "waits" : ""} ${{verified: "good", failed: "bad", killed: "bad", stopped: "warn"}[run.state] || ""}`;
  parts.share.textContent = percent(share, share && share < 1 ? 1 : 0);
  fill(parts.ticks, run.total ? run.checkpoints.map((one) => el("i", {style: {left: `${one.step / run.total * 100}%`}})) : []);
  const eta = run.figures.eta_s;
  parts.eta.textContent = !going ? (run.seconds ? `${t("web.training.took")} ${duration(run.seconds)}${run.ended ? ` · ${moment(run.ended)}` : ""}` : "")
    : eta === undefined || run.phase === "verifying" ? ""
      : `${t("web.training.eta")} ${duration(eta)} · ${t("web.training.at", {clock: moment(Date.now() / 1000 + eta).slice(-5)})}`;
  if (!loads(run)) parts.last.hidden = true;
  drawPhases(run, phase);
  document.title = going && share ? `${percent(share)} · ${t("web.training.title")} · ${page.client}` : `${t("web.training.title")} · ${page.client}`;
}

function drawPhases(run, phase) {
  const place_ = PHASES.indexOf(BETWEEN[phase] || phase);
  const key = `${run.state}/${phase}`;
  if (parts.phases.dataset.key === key) return;
  if (parts.phases.dataset.key && GOING.has(run.state)) announce(t(`web.training.phase.${phase}`));
  parts.phases.dataset.key = key;
  parts.phases.hidden = !GOING.has(run.state);
  fill(parts.phases, PHASES.map((name, index) => el("li", {
    class: index < place_ ? "past" : index === place_ ? "now" : "", "aria-current": index === place_ ? "step" : null,
  }, t(`web.training.short.${name}`))));
  const now = parts.phases.children[place_];
  if (now) parts.phases.scrollLeft = now.offsetLeft - parts.phases.offsetLeft - 40;
}

/** Show a figure with its unit, and in a line below what belongs to it; share: of the whole, as a thin bar. */
function setFigure(name, value, {unit = "", more = "", share = null, warn = false} = {}) {
  const box = parts?.figures[name];
  if (!box) return;
  box.hidden = value === null || value === undefined;
  box.dataset.level = warn ? "warn" : "";
  const bar = share === null ? null : el("div", {class: `bar ${warn ? "warn" : ""}`, "aria-hidden": "true"}, el("span", {style: {width: `${Math.min(share, 1) * 100}%`}}));
  fill(box.lastElementChild, value ?? "–", unit && el("span", {class: "unit"}, ` ${unit}`), more && el("small", {}, more), bar);
}

function drawFigures() {
  const {run} = shown;
  const {figures} = run;
  const known = (name) => figures[name] !== undefined && figures[name] !== null;
  const memory = (name, used, total) => {
    if (!known(used)) { setFigure(name, null); return; }
    const share = known(total) ? figures[used] / figures[total] : null;
    setFigure(name, number(figures[used], 1), {unit: "GiB", more: share === null ? "" : t("web.training.of_size", {size: `${number(figures[total], 1)} GiB`}), share, warn: share > 0.95});
  };
  setFigure("loss", known("loss") ? number(figures.loss, 4) : null);
  const pace = figures.seconds_per_step;
  if (!pace) setFigure("pace", null);
  else {
    const slow = `${number(pace, 2)} ${t("web.training.per_step")}`;
    setFigure("pace", number(1 / pace, 2), {unit: t("web.training.per_second"), more: slow});
  }
  memory("card_memory", "used_gib", "total_gib");
  memory("host_memory", "host_gib", "host_total_gib");
  setFigure("heat", known("celsius") ? number(figures.celsius, 0) : null, {unit: "°C", warn: figures.celsius >= HOT_C});
  const energy = run.kwh === null ? "" : `${number(run.kwh, run.kwh < 1 ? 3 : 2)} kWh`;
  if (known("watts")) setFigure("power", number(figures.watts, 0), {unit: "W", more: energy});
  else setFigure("power", energy || null);
  const going = run.next_save !== null && run.step > 0 && GOING.has(run.state);
  const left = going ? (run.next_save - run.step) * (pace || NaN) : NaN;
  setFigure("next_save", going ? number(run.next_save) : null, {more: Number.isFinite(left) ? t("web.training.in", {time: duration(left)}) : ""});
}

function likenessAt(step) {
  const found = shown.run.samples.filter((one) => one.step === step && one.likeness !== null).map((one) => one.likeness);
  return found.length ? found.reduce((sum, value) => sum + value, 0) / found.length : null;
}

function drawCheckpoints(run) {
  if (!run.checkpoints.length) { fill(parts.checkpoints, el("p", {class: "soft"}, t(GOING.has(run.state) ? "web.training.checkpoints.none" : "web.training.checkpoints.none_left"))); return; }
  const alike = run.checkpoints.some((one) => likenessAt(one.step) !== null);
  const names = ["step", "size", "when", ...(alike ? ["likeness"] : [])];
  const rows = [...run.checkpoints].reverse().map((one) => el("tr", {title: one.name},
    el("td", {class: "number"}, number(one.step)), el("td", {class: "number"}, bytes(one.bytes)),
    el("td", {class: "when"}, moment(one.at).split(" ").map((part) => [el("span", {}, part), " "])), alike && el("td", {class: "number"}, likenessAt(one.step) === null ? "–" : number(likenessAt(one.step), 3))));
  fill(parts.checkpoints, el("div", {class: "saved", tabindex: "0", role: "region", "aria-label": t("web.training.checkpoints")}, el("table", {},
    el("thead", {}, el("tr", {}, names.map((name) => el("th", {scope: "col", class: name === "when" ? "" : "number"}, t(`web.training.checkpoints.${name}`))))),
    el("tbody", {}, rows))));
}

function drawAttempts(run) {
  parts.attempts.hidden = run.attempts.length < 2;
  if (parts.attempts.hidden) return;
  fill(parts.attempts, el("h2", {}, t("web.training.attempts")), el("ol", {class: "attempts"}, run.attempts.map((one) => el("li", {},
    el("span", {class: "row"}, el("b", {}, t("web.training.attempt", {n: one.number})),
      el("span", {class: `badge ${KINDS[one.state]}`}, el("span", {"aria-hidden": "true"}, SIGNS[one.state]), t(`web.training.state.${one.state}`))),
    one.changes.map((change) => el("span", {class: "small"}, change.text)),
    one.cause && one.state === "failed" && el("span", {class: "small soft"}, one.cause.text.split("\n")[0])))));
}

function drawPlan(run) {
  const plain = (value) => (typeof value === "number" ? power(value, 1) : String(value));
  fill(parts.plan, run.plan_told.map((one) => el("div", {}, el("dt", {}, one.what.text), el("dd", {}, plain(one.value?.text ?? one.value)))));
}

/** Whether it has no figures yet: then the last line of the log shows that something happens. */
const loads = (run) => GOING.has(run.state) && !run.step;

function drawLog(lines) {
  parts.last.textContent = loads(shown.run) ? (lines.at(-1) || "").replace(/\s+/g, " ").slice(0, LAST_CHARACTERS) : "";
  parts.last.hidden = !parts.last.textContent;
  const atEnd = parts.lines.scrollTop + parts.lines.clientHeight >= parts.lines.scrollHeight - 8;
  parts.lines.textContent = lines.length ? lines.join("\n") : t("web.training.log.none");
  if (atEnd) parts.lines.scrollTop = parts.lines.scrollHeight;
}

// --- acting ----------------------------------------------------------------------------------------------------------

function askStop() {
  const {run} = shown;
  const close = () => { dialog.close(); dialog.remove(); };
  const stop = async (when) => {
    close();
    const done = await act("stop-training", {run: run.run_id, when});
    if (done) toast(when === "now" ? t("web.training.stopping") : t("web.training.stop_asked", {step: run.next_save}));
    await refresh();
  };
  const left = run.next_save === null ? NaN : (run.next_save - run.step) * (run.figures.seconds_per_step || NaN);
  const dialog = el("dialog", {"aria-labelledby": "stop-title"},
    el("h2", {id: "stop-title"}, t("web.training.stop.title")),
    el("p", {}, t("web.training.stop.text", {step: run.step, total: run.total})),
    el("div", {class: "dialog-buttons"},
      el("button", {type: "button", class: "bad", onclick: () => stop("now")}, t("web.training.stop.now")),
      run.state === "live" && run.next_save !== null && !run.stop && el("button", {type: "button", onclick: () => stop("checkpoint")},
        t("web.training.stop.checkpoint", {step: run.next_save, time: Number.isFinite(left) ? duration(left) : t("web.training.unknown")})),
      el("button", {type: "button", class: "primary", autofocus: true, onclick: close}, t("web.training.stop.continue"))));
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); close(); });
  document.body.append(dialog);
  dialog.showModal();
}

async function goOn() {
  if (await act("go-on", {run: shown.run.run_id})) toast(t("web.training.goes_on"));
  await refresh();
}

async function settle() {
  if (await act("settle")) toast(t("web.training.settled"));
  await refresh();
}

// --- the stream ------------------------------------------------------------------------------------------------------

/** Take new lines of progress.jsonl: phases, figures; a sample picture is asked for with all that is known of it. */
function lines(rows) {
  const {run} = shown;
  let newSample = false;
  for (const row of rows) {
    if ("phase" in row) {
      if (row.phase !== run.phase) { run.phase = row.phase; run.phase_since = row.time; }
      if (row.phase === "training" || row.phase === "verifying") newSample = true;  // a checkpoint or samples may have come
    } else if ("sample" in row) newSample = true;
    else if ("step" in row) {
      run.step = row.step;
      run.total = row.total || run.total;
      for (const [name, value] of Object.entries(row)) if (name !== "step" && name !== "total" && name !== "time") run.figures[name] = value;
    }
  }
  run.alive_s = 0;
  came = Date.now();
  if (run.next_save !== null && run.step >= run.next_save) newSample = true;
  drawProgress();
  drawFigures();
  if (newSample) refresh();
  refreshCurves();
}

on("delta", (value) => {
  if (value.client !== page.client || !shown?.run || !parts) return;
  if (value.run === shown.run.run_id) lines(value.rows);
  else if (!chosen()) refresh();
});
on("snapshot", (value) => { if (value.client === page.client) refresh(); });
on("changed", (value) => { if (value.what === "queue") refreshQueue(); });
on("changed", (value) => { if (["outcome", "records", "captions", "client"].includes(value.what)) refresh(); });
on("connection", (value) => { if (value.state === "connected") refresh(); });

setInterval(() => {
  if (!shown?.run || !parts) return;
  const age = shown.run.alive_s === null ? null : shown.run.alive_s + (Date.now() - came) / 1000;
  parts.alive.textContent = GOING.has(shown.run.state) && age !== null && age > 15 ? t("web.training.alive", {age: duration(age)}) : "";
  if (GOING.has(shown.run.state)) { drawProgress(); refreshLog(); }
  if (shown.run.state === "unwatched" && !document.hidden && Date.now() - came > UNWATCHED_MS) refresh();
}, 2000);

place("run").addEventListener("change", (event) => {
  const address = new URL(location.href);
  if (event.target.value === shown.runs[0]) address.searchParams.delete("run");
  else address.searchParams.set("run", event.target.value);
  history.replaceState(null, "", address);
  refresh();
});

refresh();
