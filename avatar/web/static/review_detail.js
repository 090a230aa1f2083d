// One picture, large: the original with all its faces, the crop beside it, measures beside limits, near-duplicates.

import {bytes, el, figure, fill, moment, number, percent, picture as address, t, view} from "./app.js";
import {signOf, stateWords} from "./review_rows.js";
import {addressOf} from "./review_wall.js";

const DIGITS = {confidence: 2, noise: 1, enlargement: 1};
const MOST_DIGITS = 3;

export class Detail {
  /** on: {decide(word, pictures, more), undo(), step(by), place(one): [place, total], closed(one)} */
  constructor(pictures, on) {
    Object.assign(this, {pictures, on});
    this.one = null;
    this.told = null;
    this.parts = {};
    for (const name of ["head", "stage", "side", "state", "acts", "why", "measures", "twins", "prompt", "facts"]) {
      this.parts[name] = el(name === "head" ? "header" : "div", {class: `detail-${name}`});
    }
    const {head, stage, side} = this.parts;
    side.append(...["state", "acts", "why", "measures", "twins", "prompt", "facts"].map((name) => this.parts[name]));
    this.dialog = el("dialog", {class: "detail", tabindex: -1, autofocus: true, "aria-labelledby": "detail-title"}, head, el("div", {class: "detail-body"}, stage, side));
    document.body.append(this.dialog);
    this.dialog.addEventListener("close", () => { const last = this.one; this.one = null; this.on.closed(last); });
    this.dialog.addEventListener("keydown", (event) => this.onKey(event));
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) this.dialog.close(); });
  }

  get open() {
    return this.dialog.open;
  }

  async show(one) {
    const same = this.one === one;
    this.one = one;
    if (!same) this.told = null;
    this.draw(same);
    if (!this.dialog.open) this.dialog.showModal();
    let told;
    try {
      told = await view("review-picture", {image: one.id});
    } catch (problem) {
      fill(this.parts.why, el("p", {class: "callout bad"}, problem.message));
      return;
    }
    if (this.one !== one) return;
    this.told = told;
    this.pictures.take({fields: told.fields, rows: [told.row]});
    this.draw(true);
  }

  /** Draw it again, after a decision or what follows from one. */
  async refresh(changed) {
    if (this.one && (changed === null || changed.some((one) => one.id === this.one.id))) {
      const there = this.pictures.byId.get(this.one.id);
      if (!there) this.dialog.close();
      else await this.show(there);
    } else if (this.one) this.drawTwins();
  }

  draw(same) {
    const one = this.one, {head, state} = this.parts;
    const [place, total] = this.on.place(one);
    const button = (word, label, sign, enabled) => el("button", {
      type: "button", class: "quiet", disabled: !enabled, data: {key: word}, "aria-label": t(`web.review.step.${word}`), title: label, onclick: () => this.on.step(word === "next" ? 1 : -1),
    }, sign);
    const focused = document.activeElement?.dataset?.key;
    fill(head,
      el("h2", {id: "detail-title"}, el("span", {class: "detail-number"}, String(one.number)), ` ${one.name}`),
      el("span", {class: "detail-steps"},
        button("previous", "←", "←", place > 1), el("span", {class: "soft small numbers"}, place ? t("web.review.place", {n: place, total}) : ""),
        button("next", "→", "→", place && place < total),
        el("button", {type: "button", class: "quiet detail-close", data: {key: "close"}, "aria-label": t("web.review.close"), onclick: () => this.dialog.close()}, "×")));
    const likeness = one.likeness === null ? null : el("span", {class: "soft small"}, `${t("web.review.likeness")}: ${number(one.likeness, 2)}`);
    const kind = el("span", {class: `badge ${one.isPhoto ? "photo" : "mj"}`}, t(`web.review.kind.${one.kind}`));
    fill(state, el("span", {class: `detail-verdict ${one.state.startsWith("held") ? "held" : one.verdict}`}, `${signOf(one)} ${stateWords(one)}`), kind, likeness);
    this.drawActs();
    if (!same || !this.told) this.drawWaiting();
    else this.drawTold();
    this.drawTwins();
    if (focused) this.dialog.querySelector(`[data-key="${focused}"]:enabled`)?.focus();
    if (this.dialog.open && !this.dialog.contains(document.activeElement)) this.dialog.focus();  // what had it is gone
  }

  drawActs() {
    const one = this.one;
    const act = (word, key, kind, {enabled = true, pressed = null} = {}) => el("button", {
      type: "button", class: kind, disabled: !enabled, data: {key: word}, "aria-pressed": pressed, "aria-keyshortcuts": key || null,
      onclick: () => this.on.decide(word, [this.one]),
    }, t(`web.review.act.${word}`), key ? el("kbd", {"aria-hidden": "true"}, key) : null);
    const held = one.state.startsWith("held"), doubted = ["doubtful", "other"].includes(one.identity);
    fill(this.parts.acts,
      act("approve", "A", "good", {enabled: Boolean(one.crop), pressed: String(one.verdict === "approved")}),
      act("reject", "R", "bad", {enabled: one.verdict !== "pending", pressed: String(one.verdict === "rejected")}),
      one.isPhoto && one.verdict === "approved" ? act(held ? "train" : "hold_out", "H", "") : null,
      one.by === "user" || one.held === "user" ? act("clear", "C", "quiet") : null,
      doubted ? act("is_client", "", "") : null);
  }

  drawWaiting() {
    const {stage, why, measures, prompt, facts} = this.parts;
    fill(stage, el("div", {class: "skeleton detail-skeleton"}));
    for (const part of [why, measures, prompt, facts]) fill(part);
  }

  drawTold() {
    const {one, told} = this, {stage, why, measures, prompt, facts} = this.parts;
    stage.classList.toggle("broad", told.width > 1.5 * told.height);
    fill(stage, this.original(), this.crop());
    const reasons = told.reasons.filter((reason) => reason.code !== "user");
    fill(why, reasons.length ? [el("h3", {}, t("web.review.why")), el("ul", {class: "detail-reasons"}, reasons.map((reason) => el("li", {class: reason.level}, reason.told.text)))] : null);
    fill(measures, told.beside.length ? [el("h3", {}, t("web.review.measures")), this.table()] : null);
    const parameters = Object.entries(told.parameters).map(([name, text]) => `--${name}${text === "" ? "" : ` ${text}`}`).join(" ");
    fill(prompt, told.prompt ? [el("h3", {}, t("web.review.prompt")), el("p", {class: "detail-words"}, told.prompt), parameters ? el("p", {class: "soft small"}, parameters) : null] : null);
    const lines = [
      `${told.format} · ${t("web.review.facts.size", {width: told.width, height: told.height})} · ${bytes(told.bytes)}`,
      [told.camera, told.taken ? moment(told.taken) : ""].filter(Boolean).join(" · "),
    ];
    fill(facts, el("h3", {}, t("web.review.facts")), lines.filter(Boolean).map((line) => el("p", {class: "soft small"}, line)));
    if (one.verdict === "pending") fill(measures);
  }

  original() {
    const {one, told} = this;
    const image = el("img", {src: address("original", one.id, "full"), alt: t("web.review.original_of", {number: String(one.number), n: told.faces.length}), width: told.width, height: told.height});
    const frame = el("div", {class: "detail-frame"}, image);
    frame.style.aspectRatio = `${told.width} / ${told.height}`;
    frame.style.maxWidth = `min(100%, calc(62vh * ${told.width / told.height}))`;
    const at = (element, [left, top, width, height]) => {
      Object.assign(element.style, {left: `${left * 100}%`, top: `${top * 100}%`, width: `${width * 100}%`, height: `${height * 100}%`});
      return element;
    };
    if (told.square) {
      const square = at(el("div", {class: "detail-square", "aria-hidden": "true"}), told.square);
      if (told.angle) square.style.transform = `rotate(${told.angle}deg)`;
      frame.append(square);
    }
    told.faces.forEach((face, place) => frame.append(at(el("button", {
      type: "button", class: "detail-face", data: {key: `face${place}`}, "aria-pressed": String(face.chosen),
      "aria-label": t(face.chosen ? "web.review.face_chosen" : "web.review.face", {n: place + 1}), title: t("web.review.face", {n: place + 1}),
      onclick: () => this.choose(place),
    }, el("span", {}, String(place + 1))), face.box)));
    return el("figure", {class: "detail-original"}, el("figcaption", {}, t("web.review.original")), frame, told.faces.length > 1 ? el("p", {class: "soft small"}, t("web.review.faces_how")) : null);
  }

  crop() {
    const {one} = this;
    const none = !one.crop && one.verdict !== "approved";
    const image = none ? el("p", {class: "soft small detail-none"}, t("web.review.no_crop"))
      : el("img", {src: addressOf(one, "full"), alt: t("web.review.crop_of", {number: String(one.number)}), width: 512, height: 512});
    return el("figure", {class: "detail-crop"}, el("figcaption", {}, t("web.review.crop")), image);
  }

  choose(place) {
    if (this.told?.faces[place] && !this.told.faces[place].chosen) this.on.decide("face", [this.one], {face: place});
  }

  table() {
    const rows = this.told.beside.map((one) => {
      let digits = DIGITS[one.measure] || 0;
      while (digits < MOST_DIGITS && one.value !== one.limit && figure(one.value, digits) === figure(one.limit, digits)) digits += 1;
      const off = figure(Math.abs(one.value - one.limit), digits), share = one.limit ? ` (${percent(Math.abs(one.value - one.limit) / one.limit)})` : "";
      return el("tr", {class: one.meets ? "" : "unmet"},
        el("th", {scope: "row"}, t(`web.review.measure.${one.measure}`)), el("td", {class: "number"}, figure(one.value, digits)),
        el("td", {}, t(one.is_least ? "web.review.at_least" : "web.review.at_most", {limit: figure(one.limit, digits)}),
          el("span", {class: "detail-off"}, one.meets ? [" ✓", el("span", {class: "visually-hidden"}, ` ${t("web.review.meets")}`)] : ` ✕ ${t(one.is_least ? "web.review.short_of" : "web.review.beyond", {off: off + share})}`)));
    });
    return el("table", {class: "detail-table"},
      el("thead", {class: "visually-hidden"}, el("tr", {}, ["measure", "value", "limit"].map((name) => el("th", {scope: "col"}, t(`web.review.column.${name}`))))),
      el("tbody", {}, rows));
  }

  drawTwins() {
    const group = this.one ? this.pictures.groupOf(this.one) : [];
    if (group.length < 2) {
      fill(this.parts.twins);
      return;
    }
    const card = (twin) => {
      const own = twin === this.one;
      const keep = el("button", {
        type: "button", class: "small", data: {key: `keep${twin.number}`}, disabled: !twin.crop,
        onclick: () => this.on.decide("keep_one", group, {keep: twin.id}),
      }, t("web.review.keep_this"));
      const look = el("button", {type: "button", class: "detail-twin-look", "aria-label": `${twin.number}, ${twin.name}`, onclick: () => this.on.goto(twin)},
        el("img", {src: addressOf(twin, 160), alt: "", width: 120, height: 120, loading: "lazy"}));
      return el("div", {class: `detail-twin ${own ? "own" : ""}`}, look,
        el("span", {class: "small"}, `${twin.number}${own ? ` (${t("web.review.this_one")})` : ""} `, el("span", {class: `detail-verdict small ${twin.verdict}`}, signOf(twin), el("span", {class: "visually-hidden"}, stateWords(twin)))), keep);
    };
    fill(this.parts.twins, el("h3", {}, t("web.review.near_title")), el("p", {class: "soft small"}, t("web.review.near_how")), el("div", {class: "detail-twins-row"}, group.map(card)));
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.one) return;
    const key = event.key.toLowerCase();
    const held = this.one.state.startsWith("held");
    const does = {
      a: () => this.on.decide("approve", [this.one]), r: () => this.on.decide("reject", [this.one]),
      h: () => this.on.decide(held ? "train" : "hold_out", [this.one]), c: () => this.on.decide("clear", [this.one]), u: () => this.on.undo(),
      arrowright: () => this.on.step(1), arrowleft: () => this.on.step(-1),
    };
    if (key in does) does[key]();
    else if (/^[1-9]$/.test(key)) this.choose(Number(key) - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
