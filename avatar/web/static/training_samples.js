// The pictures that the trainer draws on its way: step by step with a slider, prompts side by side, each with its likeness.

import {el, fill, number, picture, t} from "./app.js";

const PLAY_MS = 900;

export class Samples {
  constructor(section) {
    this.section = section;
    this.steps = [];
    this.at = -1;
    this.follows = true;  // the newest step, until another is chosen
    this.none = el("p", {class: "soft"});
    this.pictures = el("div", {class: "samples"});
    this.slider = el("input", {type: "range", min: "0", max: "0", step: "1", "aria-label": t("web.training.samples.slider"),
      oninput: () => this.go(Number(this.slider.value))});
    this.label = el("b", {class: "numbers sample-step"});
    this.mean = el("span", {class: "soft small"});
    this.button = el("button", {type: "button", class: "small", onclick: () => this.play()}, t("web.training.samples.play"));
    this.strip = el("div", {class: "strip steps", role: "group", "aria-label": t("web.training.samples.slider")});
    this.bar = el("div", {class: "scrub"}, this.button, this.slider, el("span", {class: "scrub-label"}, this.label, " ", this.mean));
    this.keys = el("p", {class: "small soft"}, t("web.training.samples.keys"));
    section.append(this.none, this.bar, this.pictures, this.strip, this.keys);
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /** none: what is said where there are none. */
  show(samples, prompts, none) {
    this.none.textContent = none;
    this.prompts = prompts;
    this.by = new Map();
    for (const one of samples) {
      if (!this.by.has(one.step)) this.by.set(one.step, new Map());
      this.by.get(one.step).set(one.prompt, one);
    }
    const before = this.steps[this.at];
    this.steps = [...this.by.keys()].sort((one, other) => one - other);
    this.columns = [...new Set(samples.map((one) => one.prompt))].sort((one, other) => one - other);
    const there = this.steps.length > 0;
    this.none.hidden = there;
    for (const part of [this.bar, this.pictures, this.strip, this.keys]) part.hidden = !there;
    if (!there) return;
    this.slider.max = String(this.steps.length - 1);
    this.drawStrip();
    for (const [step, place] of this.means) {
      const mean = this.likeness(step);
      place.textContent = mean === null ? "" : number(mean, 2);
      place.title = mean === null ? "" : t("web.training.samples.likeness", {value: number(mean, 3)});
    }
    this.build();
    const at = this.follows || before === undefined ? this.steps.length - 1 : this.steps.indexOf(before);
    this.go(at < 0 ? this.steps.length - 1 : at, false);
  }

  build() {
    const key = this.columns.join(",");
    if (this.built === key) return;
    this.built = key;
    this.cells = this.columns.map((prompt) => {
      const shown = el("img", {width: "512", height: "512", alt: "", decoding: "async"});
      const open = el("a", {target: "_blank", rel: "noopener", class: "sample-link"}, shown);
      const said = el("span", {class: "badge"});
      return {prompt, shown, open, said, box: el("figure", {class: "sample"}, open, el("figcaption", {}, said, el("span", {class: "small soft prompt"}, this.prompts[prompt] || "")))};
    });
    fill(this.pictures, this.cells.map((cell) => cell.box));
  }

  drawStrip() {
    const key = this.steps.join(",");
    if (this.strip.dataset.key === key) return;
    this.strip.dataset.key = key;
    this.means = new Map();
    fill(this.strip, this.steps.map((step, index) => {
      const mean = el("span", {class: "mean numbers"});
      this.means.set(step, mean);
      const first = this.by.get(step).values().next().value;
      return el("button", {type: "button", class: "step-thumb", "aria-label": t("web.training.samples.step", {step}), onclick: () => this.go(index)},
        el("img", {src: picture("sample", first.id, 160), alt: "", width: "72", height: "72", loading: "lazy", decoding: "async"}), el("span", {class: "numbers"}, number(step)), mean);
    }));
  }

  go(index, chosen = true) {
    if (chosen) this.follows = index === this.steps.length - 1;
    this.at = Math.min(Math.max(index, 0), this.steps.length - 1);
    const step = this.steps[this.at], row = this.by.get(step);
    this.slider.value = String(this.at);
    this.slider.setAttribute("aria-valuetext", t("web.training.samples.step", {step}));
    this.label.textContent = t("web.training.samples.step", {step});
    const mean = this.likeness(step);
    this.mean.textContent = mean === null ? "" : t("web.training.samples.mean", {value: number(mean, 3)});
    for (const cell of this.cells) this.drawCell(cell, step, row.get(cell.prompt));
    [...this.strip.children].forEach((thumb, number_) => thumb.setAttribute("aria-pressed", String(number_ === this.at)));
    const thumb = this.strip.children[this.at];
    if (thumb) this.strip.scrollTo({left: thumb.offsetLeft - this.strip.clientWidth / 2 + thumb.clientWidth / 2, behavior: "auto"});
    for (const near of [this.at + 1, this.at - 1]) this.prepare(this.steps[near]);
  }

  /** The mean likeness of a step's pictures; null where none shows exactly one face. */
  likeness(step) {
    const known = [...this.by.get(step).values()].filter((one) => one.likeness !== null).map((one) => one.likeness);
    return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  }

  drawCell(cell, step, one) {
    cell.box.classList.toggle("is-missing", !one);
    if (!one) {
      cell.shown.hidden = true;
      cell.said.textContent = t("web.training.samples.missing");
      return;
    }
    cell.shown.hidden = false;
    const address = picture("sample", one.id, 480);
    if (cell.shown.getAttribute("src") !== address) cell.shown.src = address;
    cell.shown.alt = t("web.training.samples.alt", {step, prompt: this.prompts[cell.prompt] || String(cell.prompt + 1)});
    cell.open.href = picture("sample", one.id, "full");
    cell.said.textContent = one.likeness !== null ? t("web.training.samples.likeness", {value: number(one.likeness, 3)})
      : t(`web.training.samples.${one.measured ? "no_face" : "unmeasured"}`);
    cell.said.className = `badge ${one.likeness !== null ? "mj" : ""}`;
  }

  prepare(step) {
    for (const one of this.by.get(step)?.values() || []) new Image().src = picture("sample", one.id, 480);
  }

  play() {
    if (this.playing) return this.pause();
    if (this.at === this.steps.length - 1) this.go(0);
    this.button.textContent = t("web.training.samples.pause");
    this.playing = setInterval(() => {
      if (this.at >= this.steps.length - 1) this.pause();
      else this.go(this.at + 1);
    }, PLAY_MS);
  }

  pause() {
    clearInterval(this.playing);
    this.playing = null;
    this.button.textContent = t("web.training.samples.play");
  }

  /** Arrow keys anywhere on the page, but in a field, a dialog, or what scrolls by them. */
  key(event) {
    if (!this.steps.length || event.ctrlKey || event.altKey || event.metaKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    if (event.target.closest("input, select, textarea, dialog, pre, [tabindex='0']") || !this.section.isConnected) return;
    event.preventDefault();
    this.go(this.at + (event.key === "ArrowRight" ? 1 : -1));
  }
}
