// A list of which only the rows in view are made, so that thousands of them scroll as few do.
// All rows are equally high; a row with the focus, or one that `kept` names, stays though it is out of view.

const SPARE = 6; // rows above and below the view

export class Rows {
  // list: the element with role "list"; make(item, old): the element of an item, old if it is still right
  constructor(list, make, kept = () => false) {
    this.list = list;
    this.make = make;
    this.kept = kept;
    this.items = [];
    this.places = new Map();
    this.made = new Map();
    this.height = 0;
    const again = () => this.later();
    addEventListener("scroll", again, { passive: true });
    addEventListener("resize", () => { this.height = 0; this.later(); });
  }

  // items: [{id, …}] in order; elements of what is no longer there go, the others are asked for anew
  show(items) {
    this.items = items;
    this.places = new Map(items.map((item, place) => [item.id, place]));
    this.stale = new Set(this.made.keys());
    this.draw();
  }

  later() {
    if (!this.waiting) this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.draw(); });
  }

  rowHeight() {
    this.height ||= parseFloat(getComputedStyle(this.list).getPropertyValue("--row")) || 120;
    return this.height;
  }

  draw() {
    const height = this.rowHeight();
    this.list.style.height = `${this.items.length * height}px`;
    const above = -this.list.getBoundingClientRect().top / height;
    const first = Math.max(0, Math.floor(above) - SPARE);
    const last = Math.min(this.items.length, Math.ceil(above + innerHeight / height) + SPARE);
    const wanted = new Set(this.items.slice(first, last).map((item) => item.id));
    for (const [id, row] of this.made) {
      const stays = this.places.has(id) && (row.contains(document.activeElement) || this.kept(id));
      if (stays) wanted.add(id);
      else if (!wanted.has(id)) { row.remove(); this.made.delete(id); }
    }
    let before = null;
    for (const place of [...wanted].map((id) => this.places.get(id)).sort((a, b) => a - b)) {
      before = this.place(this.items[place], place, height, before);
    }
    this.stale = new Set();
  }

  place(item, place, height, before) {
    const old = this.made.get(item.id);
    const row = old && !this.stale?.has(item.id) ? old : this.make(item, old);
    if (old && old !== row) old.remove();
    row.style.transform = `translateY(${place * height}px)`;
    row.setAttribute("aria-setsize", this.items.length);
    row.setAttribute("aria-posinset", place + 1);
    this.made.set(item.id, row);
    const next = before ? before.nextSibling : this.list.firstChild;
    if (row !== next) this.list.insertBefore(row, next); // in order, so that the keyboard goes through them in order
    return row;
  }

  row(id) {
    return this.made.get(id);
  }

  // Bring the row at a place into view and return it.
  reveal(place) {
    const height = this.rowHeight();
    const top = this.list.getBoundingClientRect().top + place * height;
    const room = 140; // what sticks to the top of the page
    if (top < room) scrollBy({ top: top - room });
    else if (top + height > innerHeight - 8) scrollBy({ top: top + height - innerHeight + 8 });
    this.draw();
    return this.made.get(this.items[place]?.id);
  }
}
