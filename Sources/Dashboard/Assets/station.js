// One charge point: what it is, its connectors and running sessions, commands, findings, its last frames.

import { Chart } from "./chart.js";
import { el, field, keyed, setText, Table } from "./dom.js";
import { ask, onChange, state } from "./live.js";
import { presence } from "./overview.js";
import { kilowattHours, kilowatts, text, time } from "./text.js";

const facts = [
  ["vendor", (station) => station.vendor], ["model", (station) => station.model],
  ["firmware", (station) => station.firmwareVersion], ["serialNumber", (station) => station.serialNumber],
  ["registration", (station) => station.registration], ["lastBoot", (station) => time(station.lastBoot)],
  ["address", (station) => station.peer],
];

/** The page of one charge point; returns what ends it. */
export function station(main, id) {
  const status = el("p", { class: "presence" });
  const list = el("dl", { class: "facts" });
  const path = `/api/charge-points/${encodeURIComponent(id)}`;
  const connectors = connectorTable(id);
  const charts = el("div", { class: "charts" });
  const series = new Map();
  const command = commandForm(id);
  const frames = frameList(path);
  main.append(
    el("p", {}, el("a", { href: "#/" }, text("backToAll"))), el("h1", { tabindex: "-1" }, id), status, list,
    el("section", { id: "connectors" }, connectors.node), charts, command.node, frames.node);

  function render() {
    const known = state.stations.get(id);
    setText(status, known ? presence(known) : text("unknownChargePoint"));
    status.classList.toggle("is-online", known?.online ?? false);
    const shown = facts.map(([name, value]) => ({ name, value: known ? value(known) : "" })).filter((fact) => fact.value);
    keyed(list, shown, (fact) => fact.name,
      (fact) => el("div", {}, el("dt", {}, text(fact.name)), el("dd")),
      (node, fact) => setText(node.lastChild, fact.value));
    const running = [...state.running.values()].filter((session) => session.chargePointId === id);
    connectors.show(known?.connectors ?? []);
    command.show(known, running);
    showCharts(running);
  }

  function showCharts(running) {
    for (const session of running) {
      const points = series.get(session.key);
      const at = Date.parse(session.sampled);
      if (points && !Number.isNaN(at) && points.at(-1)?.[0] !== at) {
        points.push([at, session.powerW ?? null, session.energyWh ?? null]);
      }
    }
    keyed(charts, running, (session) => session.key, (session) => {
      const name = `${text("connector")} ${session.connectorId ?? "?"}`;
      const node = el("div", { class: "pair" });
      node.power = new Chart(`${name}: ${text("power")}`, kilowatts);
      node.energy = new Chart(`${name}: ${text("energy")}`, kilowattHours);
      node.append(node.power.node, node.energy.node);
      return node;
    }, (node, session) => {
      const points = series.get(session.key) ?? [];
      node.power.show(points.map((point) => [point[0], point[1]]));
      node.energy.show(points.map((point) => [point[0], point[2]]));
    });
    if (running.some((session) => !series.has(session.key))) void loadSeries(running);
  }

  async function loadSeries(running) {
    for (const session of running) if (!series.has(session.key)) series.set(session.key, []);
    try {
      for (const [key, points] of Object.entries(await ask(`${path}/series`))) series.set(key, points);
      render();
    } catch {
      // The next samples make a chart of their own.
    }
  }

  render();
  const stop = onChange(render);
  return () => {
    stop();
    frames.stop();
  };
}

function connectorTable(id) {
  const session = (connector) => [...state.running.values()]
    .find((one) => one.chargePointId === id && one.connectorId === connector.connectorId);
  return new Table({
    caption: text("connectors"), key: (one) => one.connectorId, perPage: 50, empty: "", text,
    columns: [
      { title: text("connector"), cell: (one) => one.connectorId },
      { title: text("status"), cell: (one) => one.status },
      { title: text("error"), cell: (one) => (one.errorCode === "NoError" ? "" : one.errorCode) },
      { title: text("since"), cell: (one) => time(one.since) },
      { title: text("idTag"), cell: (one) => session(one)?.idTag ?? "" },
      { title: text("transaction"), cell: (one) => session(one)?.transactionId ?? "" },
      { title: text("power"), number: true, cell: (one) => kilowatts(session(one)?.powerW) },
      { title: text("energy"), number: true, cell: (one) => kilowattHours(session(one)?.energyWh) },
    ],
  });
}

const commands = {
  start: "RemoteStartTransaction", stop: "RemoteStopTransaction", unlock: "UnlockConnector", resetSoft: "Reset",
  resetHard: "Reset",
};

function commandForm(id) {
  const which = el("select", { id: "command", change: arrange },
    ...Object.keys(commands).map((name) => el("option", { value: name }, text(name))));
  const connector = el("select", { id: "connector" });
  const idTag = el("input", { id: "idTag", maxlength: "20", autocomplete: "off", spellcheck: "false" });
  const transaction = el("select", { id: "transaction" });
  const fields = {
    connector: field(text("connector"), connector), idTag: field(text("idTag"), idTag),
    transaction: field(text("transaction"), transaction),
  };
  const button = el("button", { class: "primary" }, text("send"));
  const outcomes = el("ul", { id: "outcomes", class: "outcomes", role: "log", "aria-live": "polite" });
  const form = el("form", { class: "filters", submit }, field(text("command"), which), fields.connector, fields.idTag,
    fields.transaction, button);
  const node = el("section", { id: "commands", hidden: true }, el("h2", {}, text("commands")), form, outcomes);

  function arrange() {
    fields.connector.hidden = !["start", "unlock"].includes(which.value);
    fields.idTag.hidden = which.value !== "start";
    fields.transaction.hidden = which.value !== "stop";
  }
  arrange();

  function options(select, items) {
    const chosen = select.value;
    keyed(select, items, (item) => item.value, (item) => el("option", { value: item.value }), (option, item) =>
      setText(option, item.title));
    if (items.some((item) => item.value === chosen)) select.value = chosen;
  }

  function show(known, running) {
    node.hidden = !state.commands;
    const numbers = (known?.connectors ?? []).map((one) => one.connectorId).filter((number) => number > 0);
    options(connector, [{ value: "", title: text("anyConnector") },
      ...(numbers.length ? numbers : [1]).map((number) => ({ value: String(number), title: String(number) }))]);
    options(transaction, running.filter((one) => one.transactionId !== undefined).map((one) => ({
      value: String(one.transactionId), title: `${one.connectorId ?? "?"}: ${one.idTag ?? ""} (${one.transactionId})`,
    })));
  }

  /** The payload, or a text that says what is missing. */
  function payload() {
    switch (which.value) {
      case "start": {
        if (!idTag.value.trim()) return text("idTagNeeded");
        const start = { idTag: idTag.value.trim() };
        return connector.value ? { connectorId: Number(connector.value), ...start } : start;
      }
      case "stop":
        return transaction.value ? { transactionId: Number(transaction.value) } : text("noTransaction");
      case "unlock": return { connectorId: Number(connector.value || 1) };
      case "resetSoft": return { type: "Soft" };
      default: return { type: "Hard" };
    }
  }

  function say(line) {
    const item = el("li", {}, el("span"), el("time", {}, time(Date.now())));
    setText(item.firstChild, line);
    outcomes.prepend(item);
    while (outcomes.children.length > 10) outcomes.lastChild.remove();
    return item.firstChild;
  }

  async function submit(event) {
    event.preventDefault();
    const title = text(which.value);
    const content = payload();
    if (typeof content === "string") {
      say(text("outcome", { command: title, outcome: content }));
      return;
    }
    const line = say(text("sending", { command: title }));
    try {
      const answer = await ask("/api/commands", { chargePointId: id, action: commands[which.value], payload: content });
      setText(line, text("outcome", { command: title, outcome: outcome(answer) }));
    } catch (error) {
      setText(line, text("outcome", { command: title, outcome: text("failed", { reason: error.message }) }));
    }
  }

  return { node, show };
}

function outcome(record) {
  const words = { accepted: "accepted", refused: "refused", error: "answeredError", timeout: "timeout",
    notConnected: "notConnected", unknown: "unknown" };
  const said = text(words[record.outcome] ?? "unknown", { status: record.status ?? "" });
  return record.message ? `${said}: ${record.message}` : said;
}

function frameList(path) {
  const findings = new Table({
    caption: text("findings"), key: (one) => `${one.code} ${one.connectorId ?? ""} ${one.message}`, perPage: 10,
    empty: text("noFindings"), text,
    columns: [
      { title: text("finding"), cell: (one) => one.message },
      { title: text("severity"), cell: (one) => one.severity },
      { title: text("connector"), cell: (one) => one.connectorId ?? "" },
      { title: text("count"), number: true, cell: (one) => one.count },
      { title: text("last"), cell: (one) => time(one.lastTimestamp) },
    ],
  });
  const only = el("input", { type: "checkbox", id: "only-violations", change: show });
  const frames = new Table({
    caption: text("frames"), key: (one) => one.number, perPage: 20, empty: text("noFrames"), text,
    tools: el("form", { class: "filters" }, el("label", { class: "check" }, only, el("span", {}, text("onlyViolations")))),
    columns: [
      { title: text("message"), fill: fillMessage },
      { title: text("time"), cell: (one) => time(one.record.timestamp) },
      { title: text("direction"), cell: ({ record }) =>
          text(record.direction === "csms-to-cp" ? "toChargePoint" : "fromChargePoint") },
      { title: text("violations"), cell: ({ record }) =>
          (record.meta?.violations ?? []).map((one) => `${one.path}: ${one.message}`).join("; ") },
    ],
  });
  const problem = el("p", { class: "empty", hidden: true });
  const node = el("div", {}, el("section", { id: "findings" }, findings.node),
    el("section", { id: "frames" }, frames.node, problem));
  let known = [];
  let last = 0;

  function fillMessage(cell, { record }) {
    if (cell.firstChild) return;
    const name = record.record === "error" ? text("unreadable") : `${record.action ?? "?"} ${record.messageType ?? ""}`;
    const content = el("code");
    setText(content, record.raw ?? "");
    const title = el("summary");
    setText(title, name);
    cell.append(el("details", {}, title, content));
  }

  function show() {
    const shown = only.checked ? known.filter(({ record }) => record.record === "error" || record.meta?.violations) : known;
    frames.show([...shown].reverse());
  }

  async function load() {
    if (document.hidden || state.source === null) return;
    node.hidden = !state.frames;
    if (!state.frames) return;
    try {
      const answer = await ask(`${path}/frames?after=${last}`);
      // A window that was forgotten on the other side counts from 1 again.
      if (answer.last < last) [known, last] = [[], 0];
      else {
        known = [...known, ...answer.frames.filter((one) => one.number > last)].slice(-300);
        last = answer.last;
      }
      findings.show(answer.findings);
      show();
      problem.hidden = true;
    } catch (error) {
      setText(problem, text("failed", { reason: error.message }));
      problem.hidden = false;
    }
  }

  let timer;
  async function turn() {
    await load();
    if (timer !== null) timer = setTimeout(turn, 2000);
  }
  timer = setTimeout(turn, 0);
  return { node, stop: () => {
    clearTimeout(timer);
    timer = null;
  } };
}
