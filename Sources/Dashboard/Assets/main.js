// Which page is shown, and whether it is live.

import { consumption } from "./consumption.js";
import { setText } from "./dom.js";
import { connect, onChange, state } from "./live.js";
import { overview } from "./overview.js";
import { sessions } from "./sessions.js";
import { station } from "./station.js";
import { language, text } from "./text.js";

document.documentElement.lang = language;
for (const node of document.querySelectorAll("[data-text]")) setText(node, text(node.dataset.text));
for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", text(node.dataset.label));

const main = document.getElementById("main");
let leave = () => {};

function route(isFirst) {
  leave();
  main.replaceChildren();
  const path = location.hash.replace(/^#/, "") || "/";
  if (path === "/sessions") leave = sessions(main);
  else if (path === "/consumption") leave = consumption(main);
  else if (path.startsWith("/charge-point/")) leave = station(main, identity(path));
  else leave = overview(main);
  for (const link of document.querySelectorAll("nav a")) {
    const isCurrent = link.getAttribute("href") === `#${path}`;
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const heading = main.querySelector("h1");
  document.title = `${heading.textContent} – ocppctl`;
  // Who goes to another page by keyboard or hears it read begins at its heading.
  if (!isFirst) heading.focus();
}

function identity(path) {
  try {
    return decodeURIComponent(path.slice("/charge-point/".length));
  } catch {
    return "";
  }
}

const link = document.getElementById("link");
function showLink() {
  const isLive = state.isConnected && state.link.live;
  const live = state.source === "dojot" ? `${text("live")}, ${text("fromDojot")}` : text("live");
  const { reason, message } = state.link;
  const why = ["noServer", "serverEnded"].includes(reason) ? text(reason, { path: message }) : message;
  const problem = why ? `${text("notLive")}: ${why}` : text("connecting");
  setText(link, !state.isConnected && state.source !== null ? text("noPage") : isLive ? live : problem);
  link.classList.toggle("is-live", isLive);
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
window.addEventListener("hashchange", () => route(false));
onChange(showLink);
showLink();
route(true);
connect();
