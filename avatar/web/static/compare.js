// Two pictures of a trial large: side by side, one over the other with a slider, or flipped; by mouse and by keys.
import { el, fill, number, t } from "./app.js";
import { shownPicture } from "./trial_pictures.js";

const MODES = ["one", "beside", "slide", "flip"];

export class Viewer {
  // take(candidate): what the button to use a candidate does
  constructor(dialog, take) {
    this.dialog = dialog;
    this.take = take;
    this.state = null;
    this.at = { a: null, b: null, prompt: 0, seed: 0, mode: "one" }; // a, b: "candidate …" or "photo …"
    this.flipped = false;
    dialog.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("close", () => {
      history.replaceState(null, "", location.pathname + location.search);
      if (this.opener?.isConnected) this.opener.focus();
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) this.close(); });
  }

  show(state) {
    this.state = state;
    if (this.dialog.open) this.draw();
  }

  open(cell, mode = "one") {
    const before = this.at;
    this.at = { a: cell.candidate, b: before.b, prompt: cell.prompt, seed: cell.seed, mode: mode === "one" ? before.mode : mode };
    if (!this.at.b || this.at.b === this.at.a) this.at.b = this.firstOther();
    this.flipped = false;
    if (!this.dialog.open) this.opener = document.activeElement;
    this.draw();
    if (!this.dialog.open) this.dialog.showModal();
  }

  close() {
    if (this.dialog.open) this.dialog.close();
  }

  // What a reload finds: the address holds what is shown.
  resume() {
    const kept = new URLSearchParams(location.hash.slice(1));
    if (!kept.get("a") || !this.state) return;
    this.at = { a: kept.get("a"), b: kept.get("b"), prompt: Number(kept.get("prompt")), seed: Number(kept.get("seed")), mode: MODES.includes(kept.get("mode")) ? kept.get("mode") : "one" };
    if (!this.cell(this.at.a)) return;
    this.draw();
    this.dialog.showModal();
  }

  // --- what there is -------------------------------------------------------------------------------------------------

  // The cells at the prompt and seed that are shown, the base first.
  cells() {
    const { blocks, finals } = this.state;
    const inBlocks = blocks.filter((block) => block.n === this.at.prompt).flatMap((block) => [block.base, ...block.rows.flatMap((row) => row.cells)]);
    const inFinals = finals.flatMap((final) => final.rows.flatMap((row) => row.cells)).filter((cell) => cell.prompt === this.at.prompt);
    const found = new Map();
    for (const cell of [...inBlocks, ...inFinals]) if (cell.seed === this.at.seed && cell.picture) found.set(cell.candidate, cell);
    return [...found.values()];
  }

  photos() {
    return (this.state.reference?.images ?? []).map((id, place) => ({ photo: id, candidate: `photo:${id}`, place: place + 1 }));
  }

  sources() {
    return [...this.cells(), ...this.photos()];
  }

  cell(name) {
    return this.sources().find((one) => one.candidate === name);
  }

  // What a picture is put beside at first: a real photo, else another candidate.
  firstOther() {
    const others = [...this.photos(), ...this.cells()].filter((one) => one.candidate !== this.at.a);
    return others[0]?.candidate ?? null;
  }

  name(one) {
    if (!one) return "–";
    if (one.photo) return t("web.results.photo", { n: one.place });
    const at = one.candidate.lastIndexOf("@");
    return one.candidate.startsWith("base@") ? t("web.results.base") : `${one.candidate.slice(0, at)} @ ${number(Number(one.candidate.slice(at + 1)), 1)}`;
  }

  // --- drawing -------------------------------------------------------------------------------------------------------

  draw() {
    const { at } = this;
    const [a, b] = [this.cell(at.a), this.cell(at.b)];
    history.replaceState(null, "", `#${new URLSearchParams({ a: at.a, b: at.b ?? "", prompt: at.prompt, seed: at.seed, mode: at.mode })}`);
    const focused = this.dialog.contains(document.activeElement) ? document.activeElement.dataset.keep : "";
    const block = this.state.blocks.find((one) => one.n === at.prompt);
    fill(this.dialog,
      el("div", { class: "cmp-head" },
        el("div", { class: "cmp-prompt" },
          el("p", { class: "soft small" }, t("web.results.prompt_of", { n: at.prompt, total: this.state.blocks.length }), ` · ${t("web.results.seed", { seed: String(at.seed) })}`),
          el("p", {}, block?.text ?? "")),
        this.button("previous", "↑", t("web.results.previous"), () => this.step(-1)),
        this.button("following", "↓", t("web.results.following"), () => this.step(1)),
        this.button("close", "✕", t("web.results.close"), () => this.close())),
      el("div", { class: "cmp-tools" }, this.modes(), this.choice("a", t("web.results.left_side")), at.mode !== "one" && this.choice("b", t("web.results.right_side"))),
      this.stage(a, b),
      this.strip(),
      el("p", { class: "soft small cmp-keys" }, t("web.results.viewer_keys")));
    if (focused) this.dialog.querySelector(`[data-keep="${focused}"]`)?.focus();
  }

  button(keep, sign, label, act, more = {}) {
    return el("button", { type: "button", class: "small", "aria-label": label, title: label, data: { keep }, onclick: act, ...more }, sign);
  }

  modes() {
    return el("div", { class: "choices", role: "group", "aria-label": t("web.results.mode") }, MODES.map((mode) => el("button", {
      type: "button", "aria-pressed": String(this.at.mode === mode), data: { keep: `mode-${mode}` }, autofocus: this.at.mode === mode, onclick: () => this.setMode(mode) }, t(`web.results.mode.${mode}`))));
  }

  choice(side, label) {
    const select = el("select", { "aria-label": label, data: { keep: `choice-${side}` }, onchange: () => this.put(side, select.value) },
      this.sources().map((one) => el("option", { value: one.candidate, selected: one.candidate === this.at[side] }, this.name(one))));
    return el("label", { class: "cmp-choice" }, el("span", { class: "cmp-letter" }, side.toUpperCase()), select);
  }

  stage(a, b) {
    if (this.at.mode === "beside") return el("div", { class: "cmp-stage beside" }, this.large(a, "A"), this.large(b, "B"));
    if (this.at.mode === "slide") return this.slider(a, b);
    if (this.at.mode === "flip") return this.flip(a, b);
    return el("div", { class: "cmp-stage one" }, this.large(a, "A"));
  }

  large(one, letter) {
    if (!one) return el("figure", { class: "cmp-figure nothing" }, "–");
    return el("figure", { class: "cmp-figure" }, this.image(one),
      el("figcaption", {}, el("span", { class: "cmp-letter" }, letter), el("strong", {}, this.name(one)), !one.photo && el("span", { class: one.style }, one.note),
        !one.photo && !one.candidate.startsWith("base@") && el("button", { type: "button", class: "small primary", data: { keep: `take-${letter}` }, onclick: () => this.take(one.candidate) }, t("web.results.take"))));
  }

  image(one) {
    const shown = shownPicture(this.state, one, "full", this.name(one));
    shown.loading = "eager";
    return shown;
  }

  slider(a, b) {
    if (!a || !b) return this.stageOf([this.large(a, "A"), this.large(b, "B")]);
    const over = el("div", { class: "cmp-over" }, this.image(a), el("div", { class: "cmp-top" }, this.image(b)), el("span", { class: "cmp-bar", "aria-hidden": "true" }));
    const range = el("input", { type: "range", min: 0, max: 100, value: 50, "aria-label": t("web.results.slide_at"), data: { keep: "slide" } });
    const move = () => over.style.setProperty("--at", `${range.value}%`);
    range.addEventListener("input", move);
    const drag = (event) => {
      if (event.type === "pointermove" && !event.buttons) return;
      const box = over.getBoundingClientRect();
      range.value = (100 * (event.clientX - box.left)) / box.width;
      move();
    };
    over.addEventListener("pointerdown", (event) => { over.setPointerCapture(event.pointerId); drag(event); });
    over.addEventListener("pointermove", drag);
    move();
    over.append(el("div", { class: "cmp-names" }, this.tag(b, "B"), this.tag(a, "A")));
    return el("div", { class: "cmp-stage slide" }, over, range);
  }

  stageOf(figures) {
    return el("div", { class: "cmp-stage beside" }, figures);
  }

  tag(one, letter) {
    return el("span", { class: "cmp-tag" }, el("span", { class: "cmp-letter" }, letter), el("strong", {}, this.name(one)), !one.photo && el("span", { class: one.style }, one.note));
  }

  flip(a, b) {
    if (!a || !b) return this.stageOf([this.large(a, "A"), this.large(b, "B")]);
    const shown = this.flipped ? [b, "B"] : [a, "A"];
    const both = el("button", { type: "button", class: "cmp-over cmp-flip", data: { keep: "flip" }, "aria-label": t("web.results.flip_now"), onclick: () => this.turn() }, this.image(a), this.image(b));
    both.firstChild.hidden = this.flipped;
    both.lastChild.hidden = !this.flipped;
    return el("div", { class: "cmp-stage flip" }, both, el("div", { class: "cmp-names", "aria-live": "polite" }, this.tag(...shown)));
  }

  turn() {
    this.flipped = !this.flipped;
    this.draw();
  }

  strip() {
    const side = this.at.mode === "one" ? "a" : "b";
    return el("div", { class: "strip cmp-strip" }, this.sources().map((one) => el("button", {
      type: "button", class: `cmp-small${one.candidate === this.at.a ? " a" : ""}${one.candidate === this.at.b && this.at.mode !== "one" ? " b" : ""}`, data: { keep: `strip-${one.candidate}` },
      "aria-label": side === "b" ? t("web.results.put_beside", { name: this.name(one) }) : this.name(one), "aria-pressed": String(one.candidate === this.at[side]),
      onclick: () => this.put(side, one.candidate) }, shownPicture(this.state, one, 160), el("span", {}, this.name(one)))));
  }

  // --- moving --------------------------------------------------------------------------------------------------------

  put(side, name) {
    this.at[side] = name;
    this.draw();
  }

  setMode(mode) {
    this.at.mode = mode;
    if (mode !== "one" && !this.cell(this.at.b)) this.at.b = this.firstOther();
    this.flipped = false;
    this.draw();
    if (document.activeElement.dataset.keep?.startsWith("mode-")) this.dialog.querySelector(`[data-keep="mode-${mode}"]`).focus();
  }

  step(by) {
    const numbers = this.state.blocks.map((block) => block.n);
    const place = numbers.indexOf(this.at.prompt);
    this.at.prompt = numbers[(place + by + numbers.length) % numbers.length];
    if (!this.cells().length) this.at.seed = this.state.blocks.find((block) => block.n === this.at.prompt)?.base.seed ?? this.at.seed;
    this.draw();
  }

  other(by) {
    const side = this.at.mode === "one" ? "a" : "b";
    const names = this.sources().map((one) => one.candidate);
    if (!names.length) return;
    const place = names.indexOf(this.at[side]);
    this.put(side, names[(place + by + names.length) % names.length]);
  }

  key(event) {
    const typing = event.target.matches("select, input");
    if (event.ctrlKey || event.altKey || event.metaKey || typing) return;
    const found = {
      ArrowLeft: () => this.other(-1), ArrowRight: () => this.other(1), ArrowUp: () => this.step(-1), ArrowDown: () => this.step(1),
      1: () => this.setMode("one"), 2: () => this.setMode("beside"), 3: () => this.setMode("slide"), 4: () => this.setMode("flip"),
    }[event.key];
    if (found) { event.preventDefault(); found(); }
    if (event.key === " " && this.at.mode === "flip" && event.target.dataset.keep !== "flip" && !event.target.matches("button")) { event.preventDefault(); this.turn(); }
  }
}

