// All charge points: sums, charts, what charges now, and who is online.

import { Chart } from "./chart.js";
import { el, field, keyed, setText, Table } from "./dom.js";
import { onChange, state } from "./live.js";
import { kilowattHours, kilowatts, text, time } from "./text.js";

export const stationPath = (id) => `#/charge-point/${encodeURIComponent(id)}`;

/** Whether it is connected, and since when. */
export function presence(station) {
  if (station.online) return text("onlineSince", { time: time(station.onlineSince) });
  return station.lastDisconnected ? text("offlineSince", { time: time(station.lastDisconnected) }) : text("neverOnline");
}

function stationLink(cell, id) {
  const link = cell.firstChild ?? cell.appendChild(el("a"));
  if (link.textContent === id) return;
  setText(link, id);
  link.setAttribute("href", stationPath(id));
}

/** Connectors with their status; the charge point itself, 0, only where it has something to say. */
export function chips(cell, station) {
  const shown = station.connectors.filter((one) => one.connectorId > 0 || one.status !== "Available");
  keyed(cell, shown, (one) => one.connectorId, () => el("span", { class: "chip" }), (chip, one) => {
    setText(chip, `${one.connectorId} ${one.status}`);
    const status = /^[A-Za-z]+$/.test(one.status) ? one.status : "";
    if (chip.dataset.status !== status) chip.dataset.status = status;
    const problem = one.errorCode && one.errorCode !== "NoError" ? one.errorCode : "";
    if (chip.title !== problem) chip.title = problem;
  });
}

const filters = {
  all: () => true,
  online: (station) => station.online,
  offline: (station) => !station.online,
  charging: (station) => station.connectors.some((one) => one.status === "Charging"),
  faulted: (station) => station.connectors.some((one) => one.status === "Faulted"),
};

const byText = (left, right) => (left < right ? -1 : left > right ? 1 : 0);

/** The page; returns what ends it. */
export function overview(main) {
  const tiles = ["online", "charging", "faulted", "power", "energySoFar"].map((name) => {
    const value = el("dd");
    return { name, value, node: el("div", { class: "tile", id: `tile-${name}` }, el("dt", {}, text(name)), value) };
  });
  const power = new Chart(text("powerOfAll"), kilowatts);
  const energy = new Chart(text("energyOfAll"), kilowattHours);

  const running = new Table({
    caption: text("running"), key: (session) => session.key, perPage: 10, empty: text("noneRunning"), text,
    columns: [
      { title: text("chargePoint"), fill: (cell, session) => stationLink(cell, session.chargePointId ?? "") },
      { title: text("connector"), cell: (session) => session.connectorId ?? "" },
      { title: text("idTag"), cell: (session) => session.idTag ?? "" },
      { title: text("since"), cell: (session) => time(session.start) },
      { title: text("power"), number: true, cell: (session) => kilowatts(session.powerW) },
      { title: text("energy"), number: true, cell: (session) => kilowattHours(session.energyWh) },
    ],
  });

  const search = el("input", { type: "search", id: "search", autocomplete: "off", input: refilter });
  const which = el("select", { id: "show", change: refilter },
    ...Object.keys(filters).map((name) => el("option", { value: name }, text(name))));
  const stations = new Table({
    caption: text("chargePoints"), key: (station) => station.chargePointId, perPage: 25,
    empty: text("noChargePoints"), text,
    tools: el("form", { class: "filters", role: "search", submit: (event) => event.preventDefault() },
      field(text("search"), search), field(text("show"), which)),
    columns: [
      { title: text("chargePoint"), fill: (cell, station) => stationLink(cell, station.chargePointId) },
      {
        title: text("state"), fill: (cell, station) => {
          setText(cell, presence(station));
          cell.classList.toggle("is-online", station.online);
          cell.classList.toggle("is-offline", !station.online);
        },
      },
      { title: text("connectors"), fill: chips },
      { title: text("device"), cell: (station) => [station.vendor, station.model].filter(Boolean).join(" ") },
      { title: text("firmware"), cell: (station) => station.firmwareVersion ?? "" },
    ],
  });

  function refilter() {
    stations.page = 0;
    render();
  }

  main.append(
    el("h1", { tabindex: "-1" }, text("chargePoints")),
    el("dl", { class: "tiles" }, ...tiles.map((tile) => tile.node)),
    el("div", { class: "charts" }, power.node, energy.node),
    el("section", { id: "running" }, running.node),
    el("section", { id: "stations" }, stations.node));

  function render() {
    const totals = state.totals ?? {};
    const values = {
      online: `${totals.online ?? 0} / ${totals.stations ?? 0}`, charging: totals.charging ?? 0,
      faulted: totals.faulted ?? 0, power: kilowatts(totals.powerW ?? 0), energySoFar: kilowattHours(totals.energyWh ?? 0),
    };
    for (const tile of tiles) setText(tile.value, values[tile.name]);
    power.show(state.points.map((point) => [point[0], point[1]]));
    energy.show(state.points.map((point) => [point[0], point[2]]));
    running.show([...state.running.values()].sort((left, right) =>
      byText(left.chargePointId ?? "", right.chargePointId ?? "") || byText(left.key, right.key)));
    const wanted = search.value.trim().toLowerCase();
    const isShown = filters[which.value];
    stations.show([...state.stations.values()]
      .filter((station) => isShown(station) && (!wanted || matches(station, wanted)))
      .sort((left, right) => byText(left.chargePointId, right.chargePointId)));
  }
  render();
  return onChange(render);
}

function matches(station, wanted) {
  return [station.chargePointId, station.vendor, station.model, station.firmwareVersion, station.serialNumber]
    .some((value) => value?.toLowerCase().includes(wanted));
}
