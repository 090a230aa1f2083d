// What the end of a training is told with: a sound and a notice of the browser, both off until they are asked for.

import {announce, el, page, t, toast} from "./app.js";

const NAMES = {sound: "avatar-end-sound", notice: "avatar-end-notice"};
const GOING = new Set(["live", "unwatched", "ending"]);
const OVER = new Set(["verified", "failed", "stopped", "killed"]);
const TONES = {verified: [523.25, 659.25, 783.99], failed: [392, 311.13], stopped: [523.25, 440], killed: [392, 311.13]};  // Hz
const TONE_S = 0.16;

let sounding = null;  // an AudioContext; a browser lets one sound only after a click

const wanted = (name) => { try { return localStorage.getItem(NAMES[name]) === "1"; } catch { return false; } };
const keep = (name, value) => { try { localStorage.setItem(NAMES[name], value ? "1" : "0"); } catch { /* private window */ } };

/** The two buttons. */
export function tellChoices() {
  const sound = choice("sound", async (on) => { if (on) ring("verified"); return on; });
  const notice = choice("notice", async (on) => {
    if (!on) return false;
    if (!("Notification" in window) || await Notification.requestPermission() !== "granted") {
      toast(t("web.training.tell.refused"), null, "bad");
      return false;
    }
    return true;
  });
  return el("div", {class: "row tell", role: "group", "aria-label": t("web.training.tell")}, el("span", {class: "soft small"}, t("web.training.tell")), sound, notice);
}

function choice(name, decide) {
  const button = el("button", {type: "button", class: "small", "aria-pressed": String(wanted(name)), onclick: async () => {
    const on = await decide(button.getAttribute("aria-pressed") !== "true");
    keep(name, on);
    button.setAttribute("aria-pressed", String(on));
  }}, t(`web.training.tell.${name}`));
  return button;
}

/** Tell the end of a run, once in this browser, if it has just come. */
export function tellEnd(before, run) {
  if (!GOING.has(before) || !OVER.has(run.state)) return;
  const said = t(`web.training.tell.${run.state}`);
  announce(said);
  try {
    const name = `avatar-told-${page.client}-${run.run_id}`;
    if (localStorage.getItem(name)) return;
    localStorage.setItem(name, run.state);
  } catch { /* then every tab tells it */ }
  if (wanted("sound")) ring(run.state);
  if (wanted("notice") && "Notification" in window && Notification.permission === "granted") new Notification(said, {tag: run.run_id});
}

/** A few soft tones, made here: no file is loaded. */
function ring(state) {
  if (!("AudioContext" in window)) return;
  sounding ??= new AudioContext();
  sounding.resume();
  TONES[state].forEach((hertz, index) => {
    const tone = sounding.createOscillator(), loudness = sounding.createGain();
    const from = sounding.currentTime + index * TONE_S;
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(0, from);
    loudness.gain.linearRampToValueAtTime(0.2, from + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.001, from + TONE_S * 2);
    tone.connect(loudness).connect(sounding.destination);
    tone.start(from);
    tone.stop(from + TONE_S * 2);
  });
}
