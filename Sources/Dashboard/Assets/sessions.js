// The sessions that were stored, with filters, and as CSV.

import { el, field, setText, Table } from "./dom.js";
import { ask, onChange, state } from "./live.js";
import { duration, kilowattHours, kilowatts, text, time, zone } from "./text.js";

/** The instant at which a day of a date field begins here, `days` later. */
export function midnight(value, days = 0) {
  if (!value) return "";
  const [year, month, day] = value.split("-").map(Number);
  return new Date(year, month - 1, day + days).toISOString();
}

/** The fields that choose sessions, and their query. */
export function sessionFilters(apply) {
  const chargePoint = el("input", { id: "filter-charge-point", autocomplete: "off", title: text("patternHelp") });
  const idTag = el("input", { id: "filter-id-tag", autocomplete: "off" });
  const from = el("input", { id: "filter-from", type: "date" });
  const to = el("input", { id: "filter-to", type: "date" });
  const fields = [field(text("chargePoint"), chargePoint), field(text("idTag"), idTag), field(text("from"), from),
    field(text("to"), to)];
  for (const control of [chargePoint, idTag, from, to]) control.addEventListener("change", apply);
  function query(more = {}) {
    const values = {
      chargePoint: chargePoint.value.trim(), idTag: idTag.value.trim(), since: midnight(from.value),
      until: midnight(to.value, 1), ...more,
    };
    return new URLSearchParams(Object.entries(values).filter(([, value]) => value !== "")).toString();
  }
  return { fields, query };
}

/** The page; returns what ends it. */
export function sessions(main) {
  const filters = sessionFilters(() => void load());
  const table = new Table({
    caption: text("sessions"), key: (one) => one.row, perPage: Infinity, empty: text("noSessions"), text,
    columns: [
      { title: text("chargePoint"), cell: (one) => one.chargePointId ?? "" },
      { title: text("connector"), cell: (one) => one.connectorId ?? "" },
      { title: text("idTag"), cell: (one) => one.idTag ?? "" },
      { title: text("started"), cell: (one) => time(one.start) },
      { title: text("stopped"), cell: (one) => time(one.stop) },
      { title: text("duration"), number: true, cell: (one) => duration(one.durationSeconds) },
      { title: text("energy"), number: true, cell: (one) => kilowattHours(one.energyWh) },
      { title: text("maxPower"), number: true, cell: (one) => kilowatts(one.maxPowerW) },
      { title: text("status"), cell: (one) => one.status },
      { title: text("reason"), cell: (one) => one.reason ?? "" },
      { title: text("flags"), cell: (one) => one.flags.join(", ") },
    ],
  });
  const download = el("a", { class: "button", id: "download", download: "sessions.csv" }, text("download"));
  const more = el("button", { type: "button", id: "more", hidden: true, click: () => void load(next) }, text("more"));
  const problem = el("p", { class: "empty", role: "status" });
  main.append(
    el("h1", { tabindex: "-1" }, text("sessions")),
    el("form", { class: "filters", role: "search", submit: (event) => event.preventDefault() }, ...filters.fields, download),
    el("section", { id: "sessions" }, table.node), more, problem,
    el("p", { class: "note" }, text("refreshed", { zone })));
  let rows = [];
  let next = null;
  let turn = 0;

  async function load(before = null) {
    const own = ++turn;
    download.href = `/api/sessions.csv?${filters.query()}`;
    try {
      const limit = before === null ? Math.max(50, Math.min(500, rows.length)) : 50;
      const answer = await ask(`/api/sessions?${filters.query({ limit, before: before ?? "" })}`);
      if (own !== turn) return;
      rows = before === null ? answer.sessions : [...rows, ...answer.sessions];
      rows.forEach((row, index) => { row.row = index; });
      next = answer.next ?? null;
      table.show(rows);
      more.hidden = next === null;
      setText(problem, "");
    } catch (error) {
      if (own === turn) setText(problem, text("failed", { reason: error.message }));
    }
  }

  // What is stored changes all the time; a table that is read does not have to, more often than this.
  let shown = state.sessionsVersion;
  let isWaiting = false;
  void load();
  return onChange(() => {
    if (state.sessionsVersion === shown || isWaiting) return;
    isWaiting = true;
    shown = state.sessionsVersion;
    setTimeout(() => {
      isWaiting = false;
      if (main.contains(table.node)) void load();
    }, 2000);
  });
}
