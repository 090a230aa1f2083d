// The limits of quality as sliders: what they would change is shown on the wall before anything is kept.

import {act, el, figure, fill, t, toast, view} from "./app.js";

const DIGITS = {max_noise_sigma: 1, refuse_enlargement: 1, face_confidence_threshold: 2};
const ASK_MS = 60;  // after a slider moved, before it is asked what that would change

export class Limits {
  /** on: {marks(map), only(bool), kept()} */
  constructor(on) {
    this.on = on;
    this.known = [];        // as the server says
    this.values = {};       // name -> value of the slider
    this.steps = 0;
    this.asking = 0;
    this.busy = false;
    this.place = (name) => document.getElementById(name);
    this.place("limits-open").addEventListener("click", () => this.toggle());
    this.place("limits-close").addEventListener("click", () => this.toggle(false));
    this.place("limits-reset").addEventListener("click", () => this.reset());
    this.place("limits-keep").addEventListener("click", () => this.keep());
    this.place("limits-undo").addEventListener("click", () => this.undo());
    this.place("limits-only").addEventListener("click", (event) => this.setOnly(event.currentTarget.getAttribute("aria-pressed") !== "true"));
  }

  get open() {
    return !this.place("limits").hidden;
  }

  async toggle(open = !this.open) {
    this.place("limits").hidden = !open;
    document.body.classList.toggle("limiting", open);
    this.place("limits-open").setAttribute("aria-expanded", open);
    if (!open) {
      this.reset();
      this.place("limits-open").focus();
      return;
    }
    await this.read();
    this.place("limits").querySelector("input")?.focus();
  }

  async read() {
    let answer;
    try {
      answer = await view("limits");
    } catch (problem) {
      toast(problem.message, null, "bad");
      return;
    }
    this.known = answer.limits;
    this.steps = answer.undo_steps;
    this.values = Object.fromEntries(this.known.map((one) => [one.name, one.value]));
    this.draw();
    this.asked();
  }

  /** The limits that the sliders changed. */
  changed() {
    return Object.fromEntries(this.known.filter((one) => this.values[one.name] !== one.value).map((one) => [one.name, this.values[one.name]]));
  }

  draw() {
    fill(this.place("limits-grid"), this.known.map((one) => this.slider(one)));
    this.foot();
  }

  slider(one) {
    const low = Math.min(one.low, one.value), high = Math.max(one.high, one.value);
    const shown = (value) => figure(value, DIGITS[one.name] || 0);
    const bars = el("div", {class: "limits-bars", "aria-hidden": "true"});
    const most = Math.max(1, ...one.bins);
    const width = (one.high - one.low) / one.bins.length;
    for (const count of one.bins) bars.append(el("i", {style: {height: count ? `${Math.max(6, 100 * Math.sqrt(count / most))}%` : "0"}}));
    const value = el("output", {class: "limits-value", for: `limit-${one.name}`});
    const before = el("span", {class: "limits-before soft small"});
    const input = el("input", {type: "range", id: `limit-${one.name}`, min: low, max: high, step: one.step, "aria-describedby": `about-${one.name}`});
    input.value = this.values[one.name];
    const paint = () => {
      const now = this.values[one.name];
      value.textContent = shown(now);
      input.setAttribute("aria-valuetext", shown(now));
      before.textContent = now !== one.value ? t("web.review.limits.before", {value: shown(one.value)})
        : one.origin === "default" ? "" : t(`web.review.limits.origin.${one.origin}`);
      [...bars.children].forEach((bar, place) => {
        const middle = one.low + width * (place + .5);
        bar.className = (one.is_least ? middle < now : middle > now) ? "out" : "";
      });
    };
    input.addEventListener("input", () => {
      const typed = Number(input.value);  // the exact value comes back where the slider's steps miss it
      this.values[one.name] = Math.abs(typed - one.value) < one.step / 2 ? one.value : typed;
      paint();
      this.foot();
      this.ask();
    });
    paint();
    const kinds = one.kinds.length ? el("span", {class: "soft small"}, t("web.review.limits.kinds", {kinds: one.kinds.map((kind) => t(`web.review.kind.${kind}`)).join(", ")})) : null;
    return el("div", {class: "limits-one"},
      el("div", {class: "limits-name"}, el("label", {for: `limit-${one.name}`}, one.label.text), el("span", {id: `about-${one.name}`}, before), value), bars, input, kinds);
  }

  foot() {
    const any = Object.keys(this.changed()).length > 0;
    this.place("limits-keep").disabled = this.busy || !any;
    this.place("limits-reset").disabled = this.busy || !any;
    const undo = this.place("limits-undo");
    undo.hidden = !this.steps;
    undo.disabled = this.busy;
    undo.textContent = t("web.review.limits.undo");
  }

  ask() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.asked(), ASK_MS);
  }

  /** Ask what the sliders would change, and mark it on the wall. One question at a time: the last one counts. */
  async asked() {
    if (this.waits) {
      this.again = true;
      return;
    }
    const changed = this.changed(), said = this.place("limits-said");
    said.classList.remove("bad");
    if (!Object.keys(changed).length) {
      this.mark(new Map());
      said.textContent = "";
      return;
    }
    this.waits = true;
    try {
      const found = await view("limits-preview", changed);
      const marks = new Map([...found.to_approved.map((n) => [n, "approved"]), ...found.to_rejected.map((n) => [n, "rejected"])]);
      const kept = found.kept ? ` ${t("web.review.limits.by_you", {n: found.kept})}` : "";
      said.textContent = marks.size
        ? t("web.review.limits.said", {approved: found.to_approved.length, rejected: found.to_rejected.length, all: found.approved}) + kept
        : t("web.review.limits.same") + kept;
      this.mark(marks);
    } catch (problem) {
      said.textContent = problem.message;
      said.classList.add("bad");
      this.mark(new Map());
      this.place("limits-keep").disabled = true;
    }
    this.waits = false;
    if (this.again) {
      this.again = false;
      this.asked();
    }
  }

  mark(marks) {
    const only = this.place("limits-only");
    only.hidden = !marks.size;
    if (!marks.size) this.setOnly(false);
    this.on.marks(this.open ? marks : new Map());
  }

  setOnly(only) {
    const button = this.place("limits-only");
    if ((button.getAttribute("aria-pressed") === "true") === only) return;
    button.setAttribute("aria-pressed", only);
    this.on.only(only);
  }

  reset() {
    this.values = Object.fromEntries(this.known.map((one) => [one.name, one.value]));
    if (this.known.length) this.draw();
    clearTimeout(this.asking);
    this.place("limits-said").textContent = "";
    this.mark(new Map());
  }

  async keep() {
    const values = this.changed();
    const based = Object.fromEntries(this.known.map((one) => [one.name, one.value]));
    await this.changing(() => act("limits", {values, based_on: based}), "web.review.limits.kept");
  }

  async undo() {
    await this.changing(() => act("limits-undo", {steps: this.steps}, {repeat: false}), "web.review.limits.undone");
  }

  async changing(request, key) {
    this.busy = true;
    this.foot();
    this.place("limits-said").textContent = t("web.review.limits.judging");
    const answer = await request();
    this.busy = false;
    this.place("limits-said").textContent = "";
    await this.read();
    await this.on.kept();
    if (answer) toast(t(key, {approved: answer.approved, refused: answer.refused}), key.endsWith("kept") ? () => this.undo() : null);
  }
}
