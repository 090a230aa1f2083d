// The captions page: a picture beside its caption, edited in place, or many at once after a preview.
import { act, announce, el, empty, fill, number, on, oneAtATime, page, picture, t, toast, view } from "./app.js";
import { Rows } from "./rows.js";

const $ = (id) => document.getElementById(id);
const CHECKED_AFTER_MS = 200;
let state = { rows: [], limit: 0, undo: null };
let chosen = ""; // the picture of the details
let editing = null; // {id, based_on, field}
const rows = new Rows($("rows"), makeRow, (id) => editing?.id === id);

// --- the list -------------------------------------------------------------------------------------------------------

const load = oneAtATime(async () => {
  let found;
  try {
    found = await view("captions");
  } catch (problem) {
    if (problem.status || !state.rows.length) tell(problem.message); // without an answer what was shown stays, greyed
    return;
  }
  if (found.empty) return tell(found.empty);
  state = found;
  $("state").hidden = true;
  $("captions").hidden = false;
  showUndo();
  draw();
  if (chosen) showDetails(chosen);
  else if (matchMedia("(min-width: 1000px)").matches) choose(shown()[0]?.id);
});

// Say why there is nothing to show, in place of the list.
function tell(said) {
  const [title, ...rest] = said.split("\n");
  fill($("state"), empty(title, rest.join("\n")));
  $("state").hidden = false;
  $("captions").hidden = true;
}

function shown() {
  const words = $("search").value.trim().toLowerCase();
  const wanted = {
    all: () => true, rules: (row) => row.by === "rules", user: (row) => row.by === "user",
    no_prompt: (row) => !row.prompt, problem: (row) => row.problems.length > 0,
  }[$("filter").value];
  const found = state.rows.filter(
    (row) => wanted(row) && (!words || row.text.toLowerCase().includes(words) || row.name.toLowerCase().includes(words)
      || String(row.number) === words),
  );
  if ($("order").value === "doubt") found.sort((a, b) => b.doubt - a.doubt || a.number - b.number);
  return found;
}

function draw() {
  const found = shown();
  const mine = state.rows.filter((row) => row.by === "user").length;
  const counts = t("web.captions.counts", { total: number(state.rows.length), mine: number(mine), limit: state.limit });
  const part = found.length === state.rows.length ? "" : ` · ${t("web.captions.shown", { n: number(found.length), total: number(state.rows.length) })}`;
  $("counts").textContent = found.length ? counts + part : t("web.captions.nothing");
  rows.show(found);
}

function showUndo() {
  $("undo").disabled = !state.undo;
  $("undo").textContent = state.undo ? t("web.captions.undo", { n: number(state.undo.n) }) : t("web.captions.undo_none");
}

function rowOf(id) {
  return state.rows.find((row) => row.id === id);
}

// --- one row --------------------------------------------------------------------------------------------------------

function makeRow(row, old) {
  if (old && editing?.id === row.id) return old; // what is being typed stays
  const said = editing?.id === row.id ? editor(row) : captionButton(row);
  const open = el("button", { type: "button", class: "cap-picture", "aria-label": t("web.captions.details_of", { number: row.number }) },
    el("img", { src: picture("crop", row.id, 160), alt: "", loading: "lazy", width: 112, height: 112 }));
  open.addEventListener("click", () => choose(row.id, { open: true }));
  const made = el("div", { class: `cap${row.id === chosen ? " chosen" : ""}${editing?.id === row.id ? " editing" : ""}`, role: "listitem", "data-id": row.id },
    open,
    el("div", { class: "cap-said" },
      el("p", { class: "cap-head" }, el("strong", {}, `${row.number}`), el("span", { class: "name", title: row.name }, row.name), ...badges(row)),
      said,
      editing?.id !== row.id && el("p", { class: "cap-foot" }, ...meter(row.tokens), row.problems.slice(0, 1).map(problem))));
  return made;
}

function problem(told) {
  return el("span", { class: "problem", title: told }, `⚠ ${told}`);
}

function badges(row) {
  const told = [];
  if (row.by === "user") told.push(["accent", t("web.captions.by.user")]);
  if (!row.prompt) told.push(["photo", t("web.captions.no_prompt")]);
  if (!row.trained) told.push(["plain", t("web.captions.left_out")]);
  if (row.doubtful) told.push(["warn", `? ${t("web.captions.doubtful")}`]);
  return told.map(([kind, text]) => el("span", { class: `badge ${kind}` }, text));
}

function meter(tokens) {
  const over = tokens > state.limit;
  const told = t("web.captions.tokens", { n: tokens, limit: state.limit });
  const bar = el("span", { class: `bar${over ? " bad" : ""}`, "aria-hidden": "true" }, el("span", { style: { width: `${Math.min(100, (100 * tokens) / state.limit)}%` } }));
  return [bar, el("span", { class: over ? "tokens over" : "tokens" }, over ? `⚠ ${told}` : told)];
}

function captionButton(row) {
  const button = el("button", { type: "button", class: "cap-caption", "aria-label": t("web.captions.edit", { number: row.number, text: row.text }) },
    ...marked(row.text));
  button.addEventListener("click", () => edit(row.id));
  button.addEventListener("focus", () => choose(row.id));
  return button;
}

// The text with what is searched for marked.
function marked(text) {
  const words = $("search").value.trim().toLowerCase();
  if (!words) return [text];
  const parts = [];
  let from = 0;
  for (let at = text.toLowerCase().indexOf(words); at >= 0; at = text.toLowerCase().indexOf(words, from)) {
    parts.push(text.slice(from, at), el("mark", {}, text.slice(at, at + words.length)));
    from = at + words.length;
  }
  return [...parts, text.slice(from)];
}

function refresh(id) {
  rows.made.get(id)?.remove();
  rows.made.delete(id);
  rows.draw();
}

// --- editing in place -----------------------------------------------------------------------------------------------

const draftKey = (id) => `caption ${page.client} ${id}`;

function edit(id, typed) {
  if (editing && editing.id !== id) leave(editing.id, { keep: false });
  const row = rowOf(id);
  if (!row) return;
  editing = { id, based_on: row.text, text: typed ?? row.text };
  choose(id);
  refresh(id);
  const field = rows.row(id)?.querySelector("textarea");
  field?.focus();
  field?.setSelectionRange(field.value.length, field.value.length);
}

function editor(row) {
  const field = el("textarea", { rows: 3, spellcheck: "false", "aria-label": t("web.captions.editing", { number: row.number }) });
  field.value = editing.text;
  const told = el("span", { class: "cap-edit-told" }, ...meter(row.tokens));
  const save = el("button", { type: "button", class: "small primary" }, t("web.captions.save"));
  const cancel = el("button", { type: "button", class: "small" }, t("web.captions.cancel"));
  save.addEventListener("click", () => saveEdit());
  cancel.addEventListener("click", () => leave(row.id, { focus: true }));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); saveEdit(); }
    if (event.key === "Escape") { event.preventDefault(); leave(row.id, { focus: true }); }
  });
  let waiting = 0;
  field.addEventListener("input", () => {
    if (/[\r\n]/.test(field.value)) field.value = field.value.replace(/\s*[\r\n]+\s*/g, " "); // a caption is one line
    editing.text = field.value;
    sessionStorage.setItem(draftKey(row.id), JSON.stringify({ text: field.value, based_on: editing.based_on }));
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const found = await view("caption-check", { text: field.value }).catch(() => null);
      if (found && field.isConnected) told.replaceChildren(...meter(found.tokens), ...found.problems.map(problem));
    }, CHECKED_AFTER_MS);
  });
  return el("div", { class: "cap-edit" }, field, el("div", { class: "cap-edit-foot" }, told, el("span", { class: "soft keys" }, t("web.captions.keys")), save, cancel));
}

function leave(id, { focus = false } = {}) {
  sessionStorage.removeItem(draftKey(id));
  editing = null;
  refresh(id);
  if (focus) rows.row(id)?.querySelector(".cap-caption")?.focus();
}

async function saveEdit() {
  const { id, based_on: before, text } = editing;
  if (text.trim() === before) return leave(id, { focus: true });
  const done = await write(id, text, before);
  if (done) leave(id, { focus: true });
}

// Set a caption and take over what the server says of it; null where it refused.
async function write(id, text, before) {
  const done = await act("caption", { image: id, text, based_on: before });
  if (!done) return null;
  const { undo, ...told } = done;
  Object.assign(rowOf(id) ?? {}, told);
  state.undo = undo;
  showUndo();
  refresh(id);
  if (chosen === id) showDetails(id);
  announce(t("web.captions.saved", { number: rowOf(id)?.number ?? "" }));
  return done;
}

function resume() {
  for (const row of state.rows) {
    const kept = sessionStorage.getItem(draftKey(row.id));
    if (!kept) continue;
    const { text, based_on: before } = JSON.parse(kept);
    const place = rows.places.get(row.id);
    if (place !== undefined) rows.reveal(place);
    edit(row.id, text);
    editing.based_on = before;
    return;
  }
}

// --- where a caption comes from -------------------------------------------------------------------------------------

function choose(id, { open = false } = {}) {
  if (open) $("details").classList.add("open");
  if (!id || id === chosen) return;
  rows.row(chosen)?.classList.remove("chosen");
  chosen = id;
  rows.row(id)?.classList.add("chosen");
  showDetails(id);
}

async function showDetails(id) {
  const found = await view("caption", { image: id }).catch(() => null);
  const row = rowOf(id);
  if (!found || !row || id !== chosen) return;
  const close = el("button", { type: "button", class: "small" }, t("web.captions.close"));
  close.addEventListener("click", () => $("details").classList.remove("open"));
  $("details").replaceChildren(
    el("div", { class: "cap-details-head" }, el("h2", {}, `${row.number} · ${row.name}`), close),
    el("img", { class: "large", src: picture("crop", id, 480), alt: row.text }),
    el("p", { class: "cap-details-text" }, row.text),
    ...told(row, found), ...suggestions(row, found.suggested));
}

function told(row, found) {
  if (row.by === "user") {
    const rules = found.by_rules && [el("h3", {}, t("web.captions.by_rules")), el("p", { class: "soft" }, found.by_rules)];
    return [el("p", { class: "soft cap-own" }, t("web.captions.own")), ...(rules || []), ...prompt(found)];
  }
  const parts = [];
  if (found.used.length) {
    parts.push(el("h3", {}, t("web.captions.used")), el("ul", { class: "cap-phrases" },
      ...found.used.map((one) => el("li", {}, el("span", { class: "phrase" }, one.text), el("span", { class: "kind" }, one.kind)))));
  }
  if (!row.prompt) parts.push(el("p", { class: "hint" }, t("web.captions.photo")));
  else {
    parts.push(el("h3", {}, t("web.captions.unused")));
    parts.push(found.left_out.length
      ? el("ul", { class: "cap-phrases unused" }, ...found.left_out.map((one) => el("li", {}, el("span", { class: "phrase" }, one.text), el("span", { class: "kind" }, one.why))))
      : el("p", { class: "soft" }, t("web.captions.all_used")));
  }
  return [...parts, ...prompt(found)];
}

function prompt(found) {
  if (!found.prompt) return [];
  return [el("details", { class: "cap-prompt" }, el("summary", {}, t("web.captions.prompt")), el("p", {}, found.prompt))];
}

function suggestions(row, suggested) {
  return suggested.flatMap(({ captioner, text, phrases }) => {
    const title = t("web.captions.suggested", { captioner });
    const missing = phrases.map((phrase) => {
      const button = el("button", { type: "button", class: "chip", "aria-label": t("web.captions.add_this", { phrase }) }, `+ ${phrase}`);
      button.addEventListener("click", () => write(row.id, `${row.text}, ${phrase}`, row.text));
      return button;
    });
    return [el("h3", {}, title), el("p", { class: "soft" }, text),
      missing.length ? el("p", { class: "chips" }, ...missing) : el("p", { class: "soft" }, t("web.captions.nothing_new"))];
  });
}

// --- many at once ---------------------------------------------------------------------------------------------------

const dialog = $("many-dialog");
const form = $("many-form");
let agreed = null; // what the preview shows: {based_on, n, asked}
let asking = 0;

function openMany() {
  const kinds = Object.entries(state.captioners);
  const there = form.querySelector("[value=suggested]").parentElement;
  there.hidden = kinds.length === 0;
  form.elements.captioner.replaceChildren(...kinds.map(([kind, name]) => el("option", { value: kind }, name)));
  if ($("search").value.trim()) form.elements.old.value = $("search").value.trim();
  dialog.showModal();
  showKind();
}

function showKind() {
  const kind = form.elements.kind.value;
  for (const part of form.querySelectorAll(".cap-words")) part.hidden = !part.dataset.for.split(" ").includes(kind);
  form.querySelector(".cap-words:not([hidden]) :is(input, select)")?.focus();
  preview();
}

function asked() {
  const of = form.elements;
  return { kind: of.kind.value, old: of.old.value, new: of.new.value, phrase: of.phrase.value.trim(), captioner: of.captioner.value };
}

async function preview() {
  const mine = ++asking;
  const wanted = asked();
  agree(null);
  const typed = { replace: wanted.old, add: wanted.phrase, remove: wanted.phrase, suggested: wanted.captioner, renew: true }[wanted.kind];
  let found = null;
  let wrong = "";
  if (typed) await view("caption-changes", wanted).then((one) => { found = one; }, (problem) => { wrong = problem.message; });
  if (mine !== asking) return; // something else was typed meanwhile
  showPreview(found, typed, wrong);
  agree(found?.n ? { ...found, asked: wanted } : null);
}

// What the button would do: what the preview shows, and nothing until it shows it.
function agree(shown) {
  agreed = shown;
  $("many-apply").disabled = !agreed;
  $("many-apply").textContent = agreed ? t("web.captions.apply", { n: number(agreed.n) }) : t("web.captions.apply_none");
}

function showPreview(found, typed, wrong) {
  if (!typed) return fill($("preview"), el("p", { class: "soft" }, t("web.captions.type_first")));
  if (!found) return fill($("preview"), el("p", { class: "problem lines" }, wrong));
  const head = found.n ? t("web.captions.would_change", { n: number(found.n), total: number(state.rows.length) }) : t("web.captions.would_not");
  const left = found.n - found.changes.length;
  $("preview").replaceChildren(
    el("p", { class: "preview-head" }, head),
    ...found.warnings.map((told) => el("p", { class: "problem" }, `⚠ ${told}`)),
    el("ul", { class: "cap-changes" }, ...found.changes.map((change) => el("li", {},
      el("img", { src: picture("crop", change.id, 160), alt: "", width: 48, height: 48, loading: "lazy" }),
      el("p", {}, el("strong", {}, `${change.number} `), ...change.parts.map(difference))))),
    ...(left > 0 ? [el("p", { class: "soft" }, t("web.captions.more", { n: number(left) }))] : []));
}

function difference([kind, text]) {
  if (kind === "same") return text;
  const hidden = el("span", { class: "visually-hidden" }, t(kind === "del" ? "web.captions.removed_part" : "web.captions.added_part"));
  return el(kind, {}, hidden, text);
}

async function applyMany() {
  if (!agreed) return;
  $("many-apply").disabled = true;
  const done = await act("change-captions", { ...agreed.asked, based_on: agreed.based_on });
  if (!done) return preview();
  dialog.close();
  toast(done.said, undo);
  await load();
}

async function undo() {
  if (!state.undo) return;
  // Not repeated where another window was faster: that would take back what this person has not seen.
  const done = await act("undo-captions", { based_on: state.undo.based_on }, { repeat: false });
  if (done) toast(done.said);
  await load();
}

// --- what is listened to --------------------------------------------------------------------------------------------

$("search").addEventListener("input", draw);
$("filter").addEventListener("change", draw);
$("order").addEventListener("change", draw);
$("tools").addEventListener("submit", (event) => event.preventDefault());
$("undo").addEventListener("click", undo);
$("many").addEventListener("click", openMany);
$("many-cancel").addEventListener("click", () => dialog.close());
form.addEventListener("submit", (event) => { event.preventDefault(); applyMany(); });
let typing = 0;
form.addEventListener("input", (event) => {
  if (event.target.name === "kind") return showKind();
  agree(null);
  clearTimeout(typing);
  typing = setTimeout(preview, CHECKED_AFTER_MS);
});
$("rows").addEventListener("keydown", (event) => {
  if (!event.target.matches(".cap-caption") || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  const place = rows.places.get(event.target.closest(".cap").dataset.id) + (event.key === "ArrowDown" ? 1 : -1);
  if (place >= 0 && place < rows.items.length) rows.reveal(place)?.querySelector(".cap-caption, textarea")?.focus();
});
on("changed", (event) => {
  if (event.what === "captions") load();
});

await load();
resume();
