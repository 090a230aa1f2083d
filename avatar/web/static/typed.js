// A command as it is typed on the terminal, with a button that copies it.

import {el, t, toast} from "./app.js";

const icon = () => el("svg", {viewBox: "0 0 16 16", width: "16", height: "16", fill: "none", stroke: "currentColor", "stroke-width": "1.5", "aria-hidden": "true"},
  el("rect", {x: "5.5", y: "5.5", width: "8", height: "8", rx: "1.5"}), el("path", {d: "M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2"}));

export function command(text) {
  const typed = text.replace(/^[«'"“‘]\s*|\s*[»'"”’]$/g, "");
  const copy = async () => {
    const copied = await navigator.clipboard?.writeText(typed).then(() => true, () => false);
    if (copied) toast(t("web.training.copied"));
  };
  const label = `${t("web.training.copy")}: ${typed}`;
  return el("span", {class: "typed"}, el("code", {}, typed), el("button", {type: "button", class: "small quiet", onclick: copy, "aria-label": label, title: t("web.training.copy")}, icon()));
}
