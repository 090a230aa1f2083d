// The picture of a cell of a trial, or of a photo beside it: {photo: image id}.
import { el, picture } from "./app.js";

export function pictureAddress(state, cell, size) {
  return cell.photo ? picture("crop", cell.photo, size) : picture("trial", `${state.trial}:${cell.picture}`, size);
}

export function shownPicture(state, cell, size, alt = "") {
  return el("img", { src: pictureAddress(state, cell, size), alt, loading: "lazy", decoding: "async", class: cell.photo ? "photo" : "drawn" });
}
