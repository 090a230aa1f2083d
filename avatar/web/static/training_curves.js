// The curves of a training, drawn by uPlot: loss (raw, smoothed, held out) with the learning rate, and the samples' likeness.

import {el, fill, number, power, t} from "./app.js";

const HEIGHT = 340, LOW_HEIGHT = 170;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const clear = (value, share) => `color-mix(in srgb, ${value} ${share}%, transparent)`;

// name, colour, width, dashes, axis; in the order in which they are drawn
const SERIES = [
  {name: "raw", colour: "--photo", width: 1, faint: 38},
  {name: "smoothed", colour: "--accent", width: 2.5},
  {name: "held_out", colour: "--good", width: 2, points: true},
  {name: "rate", colour: "--warn", width: 1.5, dash: [6, 4], scale: "rate"},
];

export class Curves {
  constructor(section) {
    this.hidden = new Set();
    this.spikes = false;
    this.plots = [];
    this.legend = el("div", {class: "legend row", role: "group", "aria-label": t("web.training.curves")});
    this.place = el("div", {class: "chart", role: "img"});
    this.below = el("div", {class: "chart", role: "img", hidden: true});
    this.none = el("p", {class: "soft"});
    section.append(this.none, this.legend, this.place, this.below);
    new ResizeObserver(() => this.fit()).observe(section);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /** What is said where there is no curve; going: one may still come. */
  set going(going) {
    this.none.textContent = t(`web.training.curve.${going ? "none" : "none_left"}`);
  }

  /** Show what the API says of the curves; saves: steps of the checkpoints. */
  show(found, saves) {
    this.found = found;
    this.saves = saves;
    if (this.plots.length && this.sameSeries()) this.update();
    else this.draw();
  }

  get names() {
    return SERIES.filter(({name}) => this.found[name].steps.length > 0 && (name !== "smoothed" || this.found.raw.steps.length > 1));
  }

  sameSeries() {
    return this.drawn === this.shape();
  }

  shape() {
    return `${this.names.map((one) => one.name)}/${this.found.likeness.steps.length > 0}`;
  }

  data() {
    const tables = this.names.map(({name}) => [this.found[name].steps, this.found[name].values]);
    return tables.length ? window.uPlot.join(tables) : [[]];
  }

  update() {
    this.plots[0].setData(this.data());
    this.plots[1]?.setData([this.found.likeness.steps, this.found.likeness.values]);
    this.describe();
  }

  draw() {
    for (const plot of this.plots) plot.destroy();
    this.plots = [];
    if (!this.found || !window.uPlot) return;
    const there = this.found.raw.steps.length > 1;
    this.none.hidden = there;
    this.place.hidden = this.legend.hidden = !there;
    this.below.hidden = !there || !this.found.likeness.steps.length;
    if (!there) return;
    this.drawn = this.shape();
    const sync = window.uPlot.sync("training");
    this.plots.push(new window.uPlot(this.options(sync), this.data(), this.place));
    if (!this.below.hidden) {
      this.plots.push(new window.uPlot(this.lowOptions(sync), [this.found.likeness.steps, this.found.likeness.values], this.below));
    }
    this.drawLegend();
    this.describe();
  }

  width() {
    return Math.max(this.place.parentElement.clientWidth - 2 * parseFloat(getComputedStyle(this.place.parentElement).paddingLeft), 200);
  }

  fit() {
    const width = this.width();
    for (const plot of this.plots) if (Math.abs(plot.width - width) > 1) plot.setSize({width, height: plot.height});
  }

  axis(more) {
    const soft = colour("--soft"), line = colour("--line");
    return {stroke: soft, grid: {stroke: line, width: 1}, ticks: {stroke: line, width: 1, size: 4}, font: "12px system-ui, sans-serif", gap: 6, ...more};
  }

  /** The axis of steps; the lowest one is named. */
  steps(named) {
    const name = named ? {label: t("web.training.curve.steps"), labelSize: 18, labelGap: 2, labelFont: "12px system-ui, sans-serif"} : {};
    return this.axis({values: (plot, ticks) => ticks.map((tick) => number(tick)), size: 30, ...name});
  }

  options(sync) {
    const right = this.names.some((one) => one.scale === "rate") && this.width() >= 480;
    return {
      width: this.width(), height: HEIGHT, legend: {show: false}, padding: [10, right ? 0 : 14, 0, 0],
      cursor: {sync: {key: sync.key}, points: {size: 7}, drag: {x: true, y: false}},
      scales: {
        x: {time: false, range: (plot, low, high) => [low === this.found.raw.steps[0] ? 0 : low, high]},
        y: {range: (plot, low, high) => this.range(low, high)},
        rate: {range: (plot, low, high) => [0, (high || 1) * 1.08]},
      },
      axes: [
        this.steps(this.below.hidden),
        this.axis({values: (plot, ticks) => ticks.map((tick) => number(tick)), size: 58}),
        ...(right ? [this.axis({scale: "rate", side: 1, grid: {show: false}, size: 62, stroke: colour("--warn"), values: (plot, ticks) => ticks.map((tick) => power(tick, 1))})] : []),
      ],
      series: [{}, ...this.names.map((one) => this.line(one))],
      hooks: {setCursor: [(plot) => this.readOut(plot)], draw: [(plot) => this.marks(plot)]},
    };
  }

  line({name, colour: of, width, faint, dash, points, scale}) {
    const stroke = faint ? clear(colour(of), faint) : colour(of);
    return {
      label: name, scale: scale || "y", stroke, width, dash, spanGaps: true, show: !this.hidden.has(name),
      points: {show: Boolean(points), size: 6, fill: colour(of), stroke: colour(of)},
    };
  }

  lowOptions(sync) {
    return {
      width: this.width(), height: LOW_HEIGHT, legend: {show: false}, padding: [10, this.names.some((one) => one.scale) && this.width() >= 480 ? 62 : 14, 0, 0],
      cursor: {sync: {key: sync.key}, points: {size: 7}},
      scales: {x: {time: false, range: () => [this.plots[0]?.scales.x.min ?? 0, this.plots[0]?.scales.x.max ?? 1]}},
      axes: [this.steps(true), this.axis({size: 58, values: (plot, ticks) => ticks.map((tick) => number(tick))})],
      series: [{}, {label: "likeness", stroke: colour("--mj"), width: 2, points: {show: true, size: 6, fill: colour("--mj"), stroke: colour("--mj")}}],
      hooks: {setCursor: [(plot) => this.readOut(plot)]},
    };
  }

  /** The limits of the loss: without the rarest spikes, which would flatten the rest, unless they are asked for. */
  range(low, high) {
    if (!this.spikes && this.found.low !== null && !this.hidden.has("raw")) return [this.found.low, this.found.high];
    if (low === null) return [0, 1];
    const room = (high - low || Math.abs(high) || 1) * 0.08;
    return [low - room, high + room];
  }

  /** Vertical lines where the training was gone on with, and small marks at the checkpoints. */
  marks(plot) {
    const {ctx, bbox} = plot;
    ctx.save();
    ctx.lineWidth = 1;
    ctx.strokeStyle = colour("--soft");
    ctx.setLineDash([3, 4]);
    for (const step of this.found.resumed_at) this.upright(plot, step, bbox.top);
    ctx.setLineDash([]);
    ctx.strokeStyle = colour("--accent");
    ctx.lineWidth = 2;
    for (const step of this.saves) this.upright(plot, step, bbox.top + bbox.height - 8);
    ctx.restore();
  }

  upright(plot, step, from) {
    const {ctx, bbox} = plot;
    const x = Math.round(plot.valToPos(step, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.beginPath();
    ctx.moveTo(x, from);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }

  drawLegend() {
    this.values = {};
    const entries = [...this.names, ...(this.below.hidden ? [] : [{name: "likeness", colour: "--mj", fixed: true}])];
    const key = (one) => el("i", {class: "key", "aria-hidden": "true", style: {
      background: one.dash ? "none" : one.faint ? clear(colour(one.colour), 55) : colour(one.colour),
      borderTop: one.dash ? `3px dashed ${colour(one.colour)}` : "",
    }});
    const label = (one) => t(`web.training.curve.${one.name === "raw" && this.found.is_mean ? "mean" : one.name}`);
    const made = entries.map((one) => {
      this.values[one.name] = el("b", {class: "numbers"});
      if (one.fixed) return el("span", {class: "legend-entry"}, key(one), label(one), " ", this.values[one.name]);
      return el("button", {type: "button", class: "quiet small", "aria-pressed": String(!this.hidden.has(one.name)), onclick: (event) => this.toggle(one.name, event.currentTarget)},
        key(one), label(one), " ", this.values[one.name]);
    });
    const spikes = el("label", {class: "small soft spikes"}, el("input", {type: "checkbox", checked: this.spikes, onchange: (event) => {
      this.spikes = event.target.checked;
      this.plots[0].setData(this.data());
    }}), " ", t("web.training.curve.spikes"));
    fill(this.legend, made, spikes);
  }

  toggle(name, button) {
    if (this.hidden.has(name)) this.hidden.delete(name);
    else this.hidden.add(name);
    button.setAttribute("aria-pressed", String(!this.hidden.has(name)));
    const index = this.names.findIndex((one) => one.name === name);
    this.plots[0].setSeries(index + 1, {show: !this.hidden.has(name)});
  }

  /** Write the values at the cursor into the legend. */
  readOut(plot) {
    const main = this.plots[0];
    if (!main || plot.cursor.idx === undefined) return;
    const step = plot.cursor.idx === null ? null : plot.data[0][plot.cursor.idx];
    for (const name of Object.keys(this.values)) {
      const {steps, values} = this.found[name];
      if (step === null || !steps.length) { this.values[name].textContent = ""; continue; }
      let near = 0;
      for (let index = 1; index < steps.length; index += 1) if (Math.abs(steps[index] - step) < Math.abs(steps[near] - step)) near = index;
      this.values[name].textContent = name === "rate" ? power(values[near], 1) : number(values[near], name === "likeness" ? 3 : 4);
    }
  }

  describe() {
    const {raw, smoothed, likeness} = this.found;
    const text = t("web.training.curve.label", {
      n: raw.steps.length, first: raw.steps[0], last: raw.steps.at(-1), from: number(smoothed.values[0], 4), to: number(smoothed.values.at(-1), 4),
    });
    this.place.setAttribute("aria-label", text);
    if (likeness.steps.length) {
      this.below.setAttribute("aria-label", `${t("web.training.curve.likeness")}: ${likeness.values.map((value) => number(value, 3)).join(", ")}`);
    }
  }
}
