// The explorer: an address after # is a view; the view asks the API and draws. Everything that was
// asked for is put into the page as text, never as markup.

import { Asking } from "./asking.js";
import { dataset, datasets } from "./datasets.js";
import { element } from "./element.js";
import { follow } from "./following.js";
import { grant, grants } from "./grants.js";
import { log, logs } from "./logs.js";
import { result, results } from "./results.js";

const ROUTES = [
  [/^#?\/?(?:\?(.*))?$/, (asking, words) => datasets(asking, new URLSearchParams(words).get("q") ?? "")],
  [/^#\/dataset\/(\d{1,78})$/, dataset],
  [/^#\/results$/, results],
  [/^#\/result\/(\d{1,78})$/, result],
  [/^#\/grants$/, grants],
  [/^#\/grant\/(\d{1,78})$/, grant],
  [/^#\/logs$/, logs],
  [/^#\/log\/(0x[0-9a-f]{64})$/, log],
];

/** How long until a silent server is asked again. */
const PAUSE = 5_000;

const [main, notice] = ["main", "notice"].map((id) => document.getElementById(id));
let shown = null;

function route(hash) {
  for (const [pattern, view] of ROUTES) {
    const match = pattern.exec(hash);
    if (match) return [view, match[1] ?? ""];
  }
  return [async () => { throw new Error("There is no such page."); }];
}

/** Draws the view that the address names; `moved` says that somebody went there. */
async function show(moved) {
  shown?.control.abort();
  const control = new AbortController();
  const asking = new Asking(control.signal);
  shown = { control, asking, failed: false };
  const mine = shown;
  mark();
  const [view, part] = route(location.hash);
  let nodes;
  try {
    nodes = [...await view(asking, part), asking.line];
  } catch (error) {
    if (control.signal.aborted) return;
    mine.failed = true;
    if (error.code === "silent") setTimeout(() => mine === shown && show(false), PAUSE);
    // Said already, and not to be said every time.
    if (!moved && main.querySelector("[role=alert]")?.textContent === error.message) return;
    nodes = [
      element("h1", {}, error.code === "not-found" ? "Not found" : "This cannot be shown"),
      element("p", { class: "error", role: "alert" }, error.message),
    ];
  }
  if (mine !== shown) return;
  tell();
  main.replaceChildren(...nodes);
  const heading = main.querySelector("h1");
  document.title = `${heading.textContent} – Provenome`;
  if (moved) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    scrollTo(0, history.state?.y ?? 0);
  }
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

function tell(...nodes) {
  notice.replaceChildren(...nodes);
}

// Nothing is changed under the hands of somebody who reads or types: they are told instead.
function reading() {
  const active = document.activeElement;
  const away = active === document.body || !main.contains(active) || active.matches("h1, input[type=search]");
  return !away || main.querySelector("[data-grown]") !== null || !getSelection().isCollapsed;
}

function renew() {
  if (shown.failed) show(false);
  else if (!reading()) (shown.asking.renew ?? (() => show(false)))();
  else {
    const button = element("button", { type: "button" }, "Show it");
    button.addEventListener("click", () => show(true));
    tell(element("p", {}, "Something shown here has changed."), button);
  }
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
history.scrollRestoration = "manual";
addEventListener("scrollend", () => history.replaceState({ y: scrollY }, ""));
addEventListener("hashchange", () => show(true));
show(false);
follow({ concerns: (thing) => shown.asking.concerns(thing), renew });
