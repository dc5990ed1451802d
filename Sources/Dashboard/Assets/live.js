// What is known, as the server tells it: everything once, then what changes.

export const state = {
  isConnected: false, source: null, commands: false, frames: false, link: { live: false },
  stations: new Map(), running: new Map(), totals: null, points: [], sessionsVersion: 0,
};

const listeners = new Set();
let isDue = false;
let lastRender = 0;

/** Calls `listener` after changes, at most twice a second, and never while nobody looks. */
export function onChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function changed() {
  if (isDue || document.hidden) return;
  isDue = true;
  setTimeout(render, Math.max(0, lastRender + 500 - performance.now()));
}

function render() {
  isDue = false;
  lastRender = performance.now();
  for (const listener of [...listeners]) listener();
}

document.addEventListener("visibilitychange", changed);

function take(update) {
  if (update.reset) {
    state.stations.clear();
    state.running.clear();
    state.points = update.points;
    state.source = update.source;
    state.commands = update.commands;
    state.frames = update.frames;
  }
  if (update.link) state.link = update.link;
  for (const station of update.stations ?? []) state.stations.set(station.chargePointId, station);
  for (const id of update.gone ?? []) state.stations.delete(id);
  for (const session of update.running ?? []) state.running.set(session.key, session);
  for (const key of update.ended ?? []) state.running.delete(key);
  if (update.totals) addPoint(update.totals);
  if (update.sessionsVersion !== undefined) state.sessionsVersion = update.sessionsVersion;
  changed();
}

function addPoint(totals) {
  state.totals = totals;
  if (totals.time === undefined) return;
  const last = state.points.at(-1);
  if (last && totals.time - last[0] < 5000) return;
  state.points.push([totals.time, totals.powerW, totals.energyWh]);
  if (state.points.length > 720) state.points.shift();
}

/** Listens for as long as the page lives; the browser connects again by itself where it may. */
export function connect() {
  const events = new EventSource("/api/live");
  events.onopen = () => {
    state.isConnected = true;
    changed();
  };
  events.onmessage = (event) => take(JSON.parse(event.data));
  events.onerror = () => {
    state.isConnected = false;
    changed();
    if (events.readyState !== EventSource.CLOSED) return;
    setTimeout(connect, 3000);
  };
}

/** What the server answers to a question, or an error with its text. */
export async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error((await answer.text()).trim() || `HTTP ${answer.status}`);
  return answer.json();
}
