// The explorer: an address after # is a view; the view asks the API and draws. Everything that was
// asked for is put into the page as text, never as markup.

import { ask, element, stale } from "./views.js";
import * as views from "./views.js";

const ROUTES = [
  [/^#?\/?(?:\?q=(.*))?$/, views.datasets],
  [/^#\/dataset\/(\d+)$/, views.dataset],
  [/^#\/results$/, views.results],
  [/^#\/result\/(\d+)$/, views.result],
  [/^#\/grants$/, views.grants],
  [/^#\/grant\/(\d+)$/, views.grant],
  [/^#\/logs$/, views.logs],
  [/^#\/log\/(0x[0-9a-f]{64})$/, views.log],
];

const main = document.getElementById("main");
const at = document.getElementById("at");
let shown = 0;

async function show(moveFocus) {
  const mine = ++shown;
  const [view, part] = route(location.hash);
  mark();
  try {
    const nodes = await view(part);
    if (mine !== shown) return;
    main.replaceChildren(...nodes);
  } catch (error) {
    if (mine !== shown) return;
    main.replaceChildren(
      element("h1", {}, "This cannot be shown"),
      element("p", { class: "error", role: "alert" }, error.message),
    );
  }
  const heading = main.querySelector("h1");
  document.title = heading ? `${heading.textContent} – Provenome` : "Provenome";
  if (moveFocus) main.focus();
}

function route(hash) {
  for (const [pattern, view] of ROUTES) {
    const match = pattern.exec(hash);
    if (match) return [view, match[1]];
  }
  return [async () => { throw new Error("There is no such page."); }];
}

// The link of the page one is on.
function mark() {
  const page = { dataset: "", result: "results", grant: "grants", log: "logs" };
  const word = /^#\/(\w*)/.exec(location.hash)?.[1] ?? "";
  const here = `#/${page[word] ?? word}`;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.getAttribute("href") === here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

async function position() {
  try {
    const { at: now, status, network } = await ask("/v1/status");
    const time = new Date(now.time * 1000).toISOString().slice(0, 19).replace("T", " ");
    at.textContent = `${network.name}: block ${now.block} (${now.level}), ${time} UTC; ${status}`;
  } catch (error) {
    at.textContent = error.message;
  }
}

// A block that changes nothing on this page changes only the line at the top.
function follow() {
  const events = new EventSource("/v1/follow");
  events.addEventListener("block", (event) => {
    position();
    const { events: many, changed } = JSON.parse(event.data);
    if (many > 0 && stale(changed) && !typing()) show(false);
  });
  events.addEventListener("reorg", () => { position(); if (!typing()) show(false); });
  events.addEventListener("stopped", position);
}

const typing = () => document.activeElement instanceof HTMLInputElement;

addEventListener("hashchange", () => show(true));
position();
show(false);
follow();
