// What the sessions add up to, by day, charge point or idTag.

import { el, field, setText, Table } from "./dom.js";
import { ask } from "./live.js";
import { sessionFilters } from "./sessions.js";
import { duration, kilowattHours, number, text, zone } from "./text.js";

const groupings = { day: "day", "charge-point": "chargePoint", idTag: "idTag" };

/** The page; returns what ends it. */
export function consumption(main) {
  const by = el("select", { id: "by", change: () => void load() },
    ...Object.entries(groupings).map(([value, name]) => el("option", { value }, text(name))));
  const filters = sessionFilters(() => void load());
  const key = (row) => row.day ?? row.chargePointId ?? row.idTag ?? null;
  let highest = 0;
  const table = new Table({
    caption: text("consumption"), key: (row) => `${key(row)}`, perPage: 50, empty: text("noneConsumed"), text,
    columns: [
      { title: text("by"), cell: (row) => key(row) ?? text("unknownKey") },
      { title: text("sumSessions"), number: true, cell: (row) => number(row.sessions) },
      { title: text("duration"), number: true, cell: (row) => duration(row.durationSeconds) },
      { title: text("energy"), number: true, cell: (row) => kilowattHours(row.energyWh) },
      { title: "", fill: (cell, row) => {
        const bar = cell.firstChild ?? cell.appendChild(el("span", { class: "bar", "aria-hidden": "true" }));
        bar.style.width = `${highest > 0 ? Math.max(0, (100 * (row.energyWh ?? 0)) / highest) : 0}%`;
      } },
    ],
  });
  const total = el("p", { id: "total", class: "total" });
  const problem = el("p", { class: "empty", role: "status" });
  main.append(
    el("h1", { tabindex: "-1" }, text("consumption")),
    el("form", { class: "filters", role: "search", submit: (event) => event.preventDefault() },
      field(text("by"), by), ...filters.fields),
    total, el("section", { id: "consumption" }, table.node), problem, el("p", { class: "note" }, text("zone", { zone })));
  let turn = 0;

  async function load() {
    const own = ++turn;
    try {
      const { rows } = await ask(`/api/consumption?${filters.query({ by: by.value, timezone: zone })}`);
      if (own !== turn) return;
      highest = Math.max(0, ...rows.map((row) => row.energyWh ?? 0));
      if (by.value === "day") rows.reverse();
      table.page = 0;
      table.show(rows);
      const sum = (name) => rows.reduce((all, row) => all + (row[name] ?? 0), 0);
      setText(total, `${text("total")}: ${number(sum("sessions"))} ${text("sumSessions").toLowerCase()}, ${kilowattHours(sum("energyWh"))}`);
      setText(problem, "");
    } catch (error) {
      if (own === turn) setText(problem, text("failed", { reason: error.message }));
    }
  }
  void load();
  return () => {};
}
