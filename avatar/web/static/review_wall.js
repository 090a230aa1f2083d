// The wall: a grid of thousands of cards of which only the rows in view exist. Focus moves by arrows, as in a grid of ARIA.

import {el, figure, picture as address, t} from "./app.js";
import {reasonWords, signOf, spoken, stateWords} from "./review_rows.js";

const GAP = 14, LEAST_WIDTH = 156, BELOW = 98;  // px; BELOW: what stands under the picture of a card
const BEYOND = 2;         // rows kept above and below what is seen
const STILL_MS = 90;      // after so long without scrolling far, pictures are asked for
const FAST_PX = 900;      // scrolled between two frames: too fast to see a picture

export class Wall {
  /** on: {open(one), decide(word, pictures), selected()} */
  constructor(element, pictures, on) {
    Object.assign(this, {element, pictures, on});
    this.shown = [];
    this.focused = 0;             // place in shown
    this.anchor = 0;              // where a selection in a row began
    this.selected = new Set();    // ids
    this.marks = new Map();       // number -> "approved" | "rejected": what other limits would make of it
    this.rows = new Map();        // row -> its element
    this.cards = new Map();       // id -> its card
    this.blank = blankCard();
    this.columns = 1;
    this.shows = "blur";          // the measure that a card shows where nothing is wrong
    this.lastTop = 0;
    this.quiet = 0;
    const redraw = () => this.draw();
    new ResizeObserver(() => { this.measure(); this.draw(true); }).observe(element);
    addEventListener("scroll", () => { if (!this.asked) this.asked = requestAnimationFrame(redraw); }, {passive: true});
    element.addEventListener("keydown", (event) => this.onKey(event));
    element.addEventListener("click", (event) => this.onClick(event));
    element.addEventListener("load", (event) => event.target.classList.add("there"), true);
    element.addEventListener("error", (event) => this.other(event.target), true);
    element.addEventListener("focusin", (event) => {
      const card = event.target.closest(".shot-card");
      if (card) this.focused = Number(card.dataset.place);
    });
  }

  /** Show pictures. keep: stay with the picture that has the focus, where it is still there. */
  show(shown, {keep = true} = {}) {
    const held = keep ? this.shown[this.focused]?.id : null;
    const hadFocus = this.element.contains(document.activeElement);
    this.shown = shown;
    const at = held ? shown.findIndex((one) => one.id === held) : 0;
    this.focused = Math.max(0, at >= 0 ? at : Math.min(this.focused, shown.length - 1));
    for (const id of this.selected) if (!this.pictures.byId.has(id)) this.selected.delete(id);
    this.element.setAttribute("aria-busy", "false");
    this.element.querySelector(".wall-loading")?.remove();
    this.measure();
    this.draw(true);
    if (hadFocus && shown.length) this.focus(this.focused, false);
  }

  measure() {
    const width = this.element.clientWidth;
    if (!width) return;
    this.columns = Math.max(2, Math.floor((width + GAP) / (LEAST_WIDTH + GAP)));
    this.card = (width - GAP * (this.columns - 1)) / this.columns;
    this.height = Math.round(this.card + BELOW + GAP);
    this.size = this.card * devicePixelRatio > 200 ? 480 : 160;
    this.total = Math.ceil(this.shown.length / this.columns);
    this.element.style.height = `${Math.max(0, this.total * this.height - GAP)}px`;
    this.element.setAttribute("aria-rowcount", this.total);
    this.element.setAttribute("aria-colcount", this.columns);
  }

  /** Make the rows that are in view, drop the others. */
  draw(anew = false) {
    this.asked = 0;
    if (!this.height) return;
    if (anew) {
      for (const row of this.rows.values()) row.remove();
      this.rows.clear();
      this.cards.clear();
    }
    const top = -this.element.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / this.height) - BEYOND);
    const last = Math.min(this.total - 1, Math.ceil((top + innerHeight) / this.height) + BEYOND);
    const fast = !anew && Math.abs(top - this.lastTop) > FAST_PX;
    this.lastTop = top;
    const focusRow = Math.floor(this.focused / this.columns);
    const hasFocus = this.element.contains(document.activeElement);
    for (const [row, element] of this.rows) {
      if ((row >= first && row <= last) || (hasFocus && row === focusRow)) continue;  // the focus is never dropped
      for (const image of element.querySelectorAll("img")) image.removeAttribute("src");  // what is on its way is not wanted
      for (const card of element.children) this.cards.delete(card.dataset.id);
      element.remove();
      this.rows.delete(row);
    }
    const fresh = document.createDocumentFragment();
    for (let row = first; row <= last; row += 1) if (!this.rows.has(row)) fresh.append(this.makeRow(row));
    this.element.append(fresh);
    clearTimeout(this.quiet);
    if (fast) this.quiet = setTimeout(() => this.load(), STILL_MS);
    else this.load();
  }

  load() {
    for (const image of this.element.querySelectorAll("img[data-src]")) {
      image.src = image.dataset.src;
      delete image.dataset.src;
    }
  }

  makeRow(row) {
    const made = el("div", {role: "row", class: "wall-row", "aria-rowindex": row + 1});
    made.style.transform = `translateY(${row * this.height}px)`;
    made.style.gridTemplateColumns = `repeat(${this.columns}, minmax(0, 1fr))`;
    for (let place = row * this.columns; place < Math.min(this.shown.length, (row + 1) * this.columns); place += 1) {
      made.append(this.makeCard(place));
    }
    this.rows.set(row, made);
    return made;
  }

  makeCard(place) {
    const one = this.shown[place], number = String(one.number);
    const card = this.blank.cloneNode(true);
    card.setAttribute("aria-colindex", (place % this.columns) + 1);
    card.tabIndex = place === this.focused ? 0 : -1;
    Object.assign(card.dataset, {place: String(place), id: one.id});
    card.querySelector(".shot-number").textContent = number;
    card.querySelector(".shot-check").title = t("web.review.select", {number});
    Object.assign(card.querySelector(".shot-name"), {textContent: one.name, title: one.name});
    card.querySelector(".good").ariaLabel = t("web.review.approve_one", {number});
    card.querySelector(".bad").ariaLabel = t("web.review.reject_one", {number});
    this.cards.set(one.id, card);
    this.paint(card, one);
    return card;
  }

  /** Write what may change of a picture into its card. */
  paint(card, one) {
    const chosen = this.selected.has(one.id), mark = this.marks.get(one.number);
    card.setAttribute("aria-selected", chosen);
    card.setAttribute("aria-label", spoken(this.pictures, one));
    card.dataset.state = one.state.startsWith("held") ? "held" : one.verdict;
    card.dataset.would = mark || "";
    card.classList.toggle("chosen", chosen);
    card.classList.toggle("waits", Boolean(one.waits));
    const reasons = reasonWords(this.pictures, one);
    card.querySelector(".shot-state").textContent = mark ? `→ ${t(`web.review.would.${mark}`)}` : `${signOf(one)} ${stateWords(one)}`;
    const extra = one.faces > 1 ? [t("web.review.faces", {n: one.faces})] : [];
    const measured = one[this.shows] === null || one[this.shows] === undefined ? [] : [t(`web.review.shows.${this.shows}`, {n: figure(one[this.shows], this.shows === "likeness" ? 2 : 0)})];
    card.querySelector(".shot-reason").textContent = [...reasons, ...extra].join(", ") || measured[0] || "\u00a0";
    const image = card.querySelector("img"), wanted = addressOf(one, this.size);
    if (image.dataset.look !== one.look + one.id || (!image.src && !image.dataset.src)) {
      image.dataset.look = one.look + one.id;
      image.dataset.src = wanted;
      delete image.dataset.tried;
    }
    const [approve, reject] = card.querySelectorAll(".shot-acts button");
    approve.disabled = !one.crop;
    reject.disabled = one.verdict === "pending";
    approve.setAttribute("aria-pressed", one.verdict === "approved");
    reject.setAttribute("aria-pressed", one.verdict === "rejected");
  }

  /** A file that has moved since the row was read lies in the other folder; else there is no picture to show. */
  other(image) {
    const one = this.pictures.byId.get(image.closest(".shot-card")?.dataset.id);
    if (!one || !image.getAttribute("src")) return;
    const kinds = one.verdict === "approved" ? ["refused", "original"] : ["crop", "original"];
    const tried = Number(image.dataset.tried || 0);
    image.dataset.tried = tried + 1;
    if (tried < kinds.length && one.verdict !== "pending") image.src = address(kinds[tried], one.id, this.size, one.look);
    else image.classList.add("missing");
  }

  /** Paint pictures again: those given, or all in view. */
  repaint(changed = null) {
    for (const [id, card] of this.cards) {
      const one = this.pictures.byId.get(id);
      if (one && (changed === null || changed.includes(one))) this.paint(card, one);
    }
    this.load();
  }

  // --- focus and selection --------------------------------------------------------------------------------------------

  get current() {
    return this.shown[this.focused];
  }

  /** What a decision is about: the selection, else the picture that has the focus. */
  targets() {
    if (this.selected.size) return this.shown.filter((one) => this.selected.has(one.id)).concat(this.hidden());
    return this.current ? [this.current] : [];
  }

  /** Selected pictures that no filter shows any more. */
  hidden() {
    const seen = new Set(this.shown.map((one) => one.id));
    return [...this.selected].filter((id) => !seen.has(id)).map((id) => this.pictures.byId.get(id)).filter(Boolean);
  }

  focus(place, scroll = true) {
    if (!this.shown.length) return;
    const to = Math.min(this.shown.length - 1, Math.max(0, place));
    this.cards.get(this.shown[this.focused]?.id)?.setAttribute("tabindex", -1);
    this.focused = to;
    const row = Math.floor(to / this.columns);
    if (scroll) this.reveal(row);
    if (!this.rows.has(row)) this.draw();
    if (!this.rows.has(row)) this.element.append(this.makeRow(row));
    const card = this.cards.get(this.shown[to].id);
    card.setAttribute("tabindex", 0);
    card.focus({preventScroll: true});
    this.load();
  }

  /** Scroll so that a row is seen between what covers the page above and below. */
  reveal(row) {
    const wall = this.element.getBoundingClientRect().top + scrollY;
    const above = this.covered();
    const top = wall + row * this.height, bottom = top + this.height;
    if (top < scrollY + above) scrollTo({top: top - above, behavior: "instant"});
    else if (bottom > scrollY + innerHeight - 84) scrollTo({top: bottom - innerHeight + 84, behavior: "instant"});
  }

  covered() {
    let bottom = 0;
    for (const name of [".top", ".review-tools"]) {
      const found = document.querySelector(name);
      if (found && getComputedStyle(found).position === "sticky") bottom = Math.max(bottom, found.getBoundingClientRect().bottom);
    }
    return bottom + 10;
  }

  select(ids, chosen = true) {
    for (const id of ids) {
      if (chosen) this.selected.add(id);
      else this.selected.delete(id);
    }
    this.repaint();
    this.on.selected();
  }

  clearSelection() {
    this.selected.clear();
    this.repaint();
    this.on.selected();
  }

  selectTo(place) {
    const [from, to] = [Math.min(this.anchor, place), Math.max(this.anchor, place)];
    this.select(this.shown.slice(from, to + 1).map((one) => one.id));
  }

  onKey(event) {
    const steps = {
      ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns,
      PageDown: this.columns * this.page(), PageUp: -this.columns * this.page(),
      Home: event.ctrlKey ? -Infinity : -(this.focused % this.columns),
      End: event.ctrlKey ? Infinity : this.columns - 1 - (this.focused % this.columns),
    };
    if (!(event.key in steps) || event.altKey || event.metaKey) return;
    event.preventDefault();
    const from = this.focused;
    if (event.shiftKey && !this.selected.size) this.anchor = from;
    this.focus(from + steps[event.key]);
    if (event.shiftKey) this.selectTo(this.focused);
    else this.anchor = this.focused;
  }

  page() {
    return Math.max(1, Math.floor((innerHeight - this.covered()) / this.height));
  }

  onClick(event) {
    const card = event.target.closest(".shot-card");
    if (!card) return;
    const place = Number(card.dataset.place), one = this.shown[place];
    const button = event.target.closest("button");
    this.focus(place, false);
    if (button) this.on.decide(button.dataset.act, [one], {byMouse: true});
    else if (event.shiftKey) this.selectTo(place);
    else if (event.ctrlKey || event.metaKey || event.target.closest(".shot-check")) {
      this.anchor = place;
      this.select([one.id], !this.selected.has(one.id));
    } else if (event.target.closest(".shot")) this.on.open(one);
  }
}

/** A card without a picture: a copy of it is made several times faster than another one. */
function blankCard() {
  const button = (kind, act, sign) => el("button", {type: "button", class: kind, tabindex: -1, data: {act}, title: t(`web.review.act.${act}`)}, sign);
  return el("div", {role: "gridcell", class: "shot-card"},
    el("div", {class: "shot"}, el("img", {alt: "", width: 160, height: 160, decoding: "async", draggable: "false"}),
      el("span", {class: "shot-number"}), el("span", {class: "shot-check", "aria-hidden": "true"})),
    el("div", {class: "shot-words"}, ["state", "reason", "name"].map((name) => el("span", {class: `shot-${name}`}))),
    el("div", {class: "shot-acts"}, button("good", "approve", "✓"), button("bad", "reject", "✕")));
}

/** The address of the picture that stands for a row: crop, preview of what was refused, or the original. */
export function addressOf(one, size) {
  const kind = one.verdict === "approved" ? "crop" : one.verdict === "rejected" ? "refused" : "original";
  return address(kind, one.id, size, one.look || "0");
}

