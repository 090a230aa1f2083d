// The report page: what stands in it comes with the page; here it is written to its file, and told when it is no longer new.
import { act, el, notice, on, t } from "./app.js";

const button = document.getElementById("write");

button.addEventListener("click", async () => {
  button.disabled = true;
  button.textContent = t("web.report.writing");
  const done = await act("write-report");
  if (done) return location.reload();
  button.disabled = false;
  button.textContent = t("web.report.write");
});

on("changed", (event) => {
  if (!["captions", "records", "outcome"].includes(event.what) || button.disabled) return;
  notice(t("web.report.changed"), "", "report");
  document.getElementById("notice").append(" ", el("button", { type: "button", class: "small", onclick: () => location.reload() }, t("web.report.reload")));
});
