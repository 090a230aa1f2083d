// The pictures of a review as the page knows them: rows of the server, filters, orders, near-duplicates. No element is made here.

import {t} from "./app.js";

const COLLATOR = new Intl.Collator(undefined, {numeric: true, sensitivity: "base"});

/** All pictures of the client by number and id, kept up to date by what the server answers. */
export class Pictures {
  constructor() {
    this.all = [];           // by number, from 1: all[number - 1]
    this.byId = new Map();
    this.newest = "0";
    this.order = "";
    this.undo = {steps: 0, step: "", images: 0};
    this.reasons = {};       // code -> words
    this.twins = null;       // id -> ids of its group, made when asked for
  }

  /** Take an answer of the view: all rows, or those that changed. Return the pictures that did; null for all of them. */
  take(answer) {
    const made = (row) => Object.fromEntries(answer.fields.map((name, place) => [name, row[place]]));
    if (answer.undo) this.undo = answer.undo;
    if (answer.reasons) Object.assign(this.reasons, answer.reasons);
    if (answer.newest) this.newest = answer.newest;
    if (answer.order && answer.order !== this.order) {
      this.order = answer.order;
      this.all = answer.rows.map((row, place) => prepared({...made(row), number: place + 1}));
      this.byId = new Map(this.all.map((one) => [one.id, one]));
      this.twins = null;
      return null;
    }
    const changed = [];
    for (const row of answer.rows) {
      const now = prepared(made(row)), before = this.byId.get(now.id);
      if (!before) continue;
      if (before.near !== now.near) this.twins = null;
      Object.assign(before, now, {number: before.number});
      changed.push(before);
    }
    return changed;
  }

  /** The ids of the pictures that are near-duplicates of one another, itself among them; [] where it has none. */
  groupOf(picture) {
    if (this.twins === null) {
      const root = new Map();
      const top = (id) => { while (root.has(id) && root.get(id) !== id) id = root.get(id); return id; };
      for (const one of this.all) if (one.near && this.byId.has(one.near)) root.set(top(one.id), top(one.near));
      const groups = new Map();
      for (const one of this.all) {
        const at = top(one.id);
        if (!groups.has(at)) groups.set(at, []);
        groups.get(at).push(one.id);
      }
      this.twins = new Map();
      for (const ids of groups.values()) if (ids.length > 1) for (const id of ids) this.twins.set(id, ids);
    }
    return (this.twins.get(picture.id) || []).map((id) => this.byId.get(id)).filter(Boolean);
  }

  counts() {
    const found = {all: this.all.length, approved: 0, rejected: 0, pending: 0, held: 0};
    for (const one of this.all) {
      found[one.verdict] += 1;
      if (one.state.startsWith("held")) found.held += 1;
    }
    return found;
  }
}

function prepared(row) {
  row.codes = row.reasons ? row.reasons.split(" ") : [];
  row.state = row.held && row.verdict === "approved" ? (row.held === "user" ? "held_user" : "held")
    : row.by === "user" ? `${row.verdict}_user` : row.verdict;
  row.isPhoto = row.kind !== "mj";
  row.search = row.name.toLocaleLowerCase();
  return row;
}

// --- filters ---------------------------------------------------------------------------------------------------------

const VERDICTS = {
  all: () => true, approved: (one) => one.verdict === "approved", rejected: (one) => one.verdict === "rejected",
  pending: (one) => one.verdict === "pending", held: (one) => one.state.startsWith("held"),
};
const SOURCES = {all: () => true, mj: (one) => !one.isPhoto, photo: (one) => one.isPhoto};

export const NO_FILTER = {verdict: "all", search: "", source: "all", reason: "all", identity: "all"};

/** The pictures that fit a filter, in an order. only: numbers, where no others are wanted. */
export function chosen(pictures, filter, order, only = null) {
  const word = filter.search.trim().toLocaleLowerCase();
  const numbers = numbersOf(word);
  const found = pictures.all.filter((one) => VERDICTS[filter.verdict](one) && SOURCES[filter.source](one)
    && (only === null || only.has(one.number))
    && (!word || one.search.includes(word) || (numbers && numbers.some(([first, last]) => one.number >= first && one.number <= last)))
    && fitsReason(pictures, one, filter.reason)
    && (filter.identity === "all" || (one.identity || "none") === filter.identity));
  return ORDERS[order] ? found.sort(ORDERS[order]) : found;
}

/** "3,7-12" -> [[3, 3], [7, 12]]; null for any other text. */
function numbersOf(word) {
  const parts = word.split(/[,;\s]+/).filter(Boolean).map((part) => /^(\d{1,7})(?:[-–](\d{1,7}))?$/.exec(part));
  return parts.length && parts.every(Boolean) ? parts.map((part) => [Number(part[1]), Number(part[2] || part[1])]) : null;
}

function fitsReason(pictures, one, reason) {
  if (reason === "all") return true;
  if (reason === ":none") return one.verdict !== "pending" && !one.codes.length;
  if (reason === ":near") return pictures.groupOf(one).length > 1;
  if (reason === ":user") return one.by === "user" || one.held === "user";
  return one.codes.some((code) => code === reason || code === `~${reason}`);
}

const least = (name, sign = 1) => (a, b) => {
  if (a[name] === null || b[name] === null) return (a[name] === null) - (b[name] === null) || a.number - b.number;
  return sign * (a[name] - b[name]) || a.number - b.number;
};
const doubt = (one) => (one.margin === null ? Infinity : Math.abs(Math.log(Math.max(one.margin, 1e-6))));
export const ORDERS = {
  number: null, margin: (a, b) => doubt(a) - doubt(b) || a.number - b.number, best: least("margin", -1), blur: least("blur"),
  side: least("side"), likeness: least("likeness"), alike: least("likeness", -1),
  name: (a, b) => COLLATOR.compare(a.name, b.name) || a.number - b.number,
};

/** How often each reason stands among pictures: [[code, count], …], most often first. */
export function reasonCounts(pictures) {
  const counts = new Map();
  for (const one of pictures.all) for (const code of one.codes) {
    const name = code.replace("~", "");
    counts.set(name, (counts.get(name) || 0) + 1);
  }
  counts.delete("user");
  return [...counts].sort((a, b) => b[1] - a[1]);
}

// --- words -----------------------------------------------------------------------------------------------------------

export const SIGNS = {approved: "✓", rejected: "✕", pending: "·", held: "◆"};

export function stateWords(one) {
  return t(`web.review.state.${one.state}`);
}

export function signOf(one) {
  return SIGNS[one.state.startsWith("held") ? "held" : one.verdict];
}

export function reasonWords(pictures, one) {
  return one.codes.filter((code) => code !== "user").map((code) => pictures.reasons[code.replace("~", "")] || code.replace("~", ""));
}

/** What the wall tells a screen reader of a picture. */
export function spoken(pictures, one) {
  const reasons = reasonWords(pictures, one);
  const values = {number: String(one.number), name: one.name, state: stateWords(one), reasons: reasons.join(", ")};
  return reasons.length ? t("web.review.card_reasons", values) : t("web.review.card", values);
}
