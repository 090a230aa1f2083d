// The page of a tuning: what stands in it comes with the page, anew each time that a candidate changes; here one is taken.
import { act, notice, on, t } from "./app.js";

const place = document.getElementById("take");

place?.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const buttons = place.querySelectorAll("button");
  buttons.forEach((each) => { each.disabled = true; });
  const done = await act("tune-take", { candidate: place.dataset.candidate, values: button.dataset.values === "true" });
  if (done) return location.reload();
  buttons.forEach((each) => { each.disabled = false; });
});

on("changed", (event) => {
  if (event.what !== "tuning") return;
  if (place?.querySelector("button:disabled")) return; // what was clicked is told first
  location.reload();
});
