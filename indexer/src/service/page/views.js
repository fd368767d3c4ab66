// What is shown: one function a page, from the API's answers to nodes.

import { graph } from "./graph.js";

/** Asks the API; an error is what the service says. */
export async function ask(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error?.message ?? `the service said ${answer.status}`);
  return body;
}

/** An element with attributes and children; strings become text. */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.map((child) => (child instanceof Node ? child : plain(child))));
  return made;
}

// Control, bidirectional and invisible characters become visible, as the program prints them.
const HIDDEN = /[\p{Cc}\p{Cf}\u115f\u1160\u2028\u2029\u3164\ufe00-\ufe0f\uffa0]/gu;
const plain = (value) => String(value ?? "").replace(HIDDEN, (c) => (c === "\n" ? c : "\ufffd"));

let things = [];

/** Whether an event about these things changes what is shown. */
export const stale = (changed) => changed === null || things.length === 0 || changed.some((thing) => things.includes(thing));

const number = (id) => id.split(":")[1];
const link = (id) => element("a", { href: `#/${id.replace(":", "/")}` }, id);
const mono = (value) => element("span", { class: "mono" }, value);
const when = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
const count = (n) => n.toLocaleString("en");
const heading = (text) => element("h2", {}, text);

function facts(...rows) {
  const list = element("dl", {});
  for (const [label, value] of rows) {
    if (value !== null && value !== undefined) {
      list.append(element("dt", {}, label), element("dd", {}, value));
    }
  }
  return list;
}

function price(terms) {
  return terms.price === null ? `${terms.price_units} units of ${terms.token}` : `${terms.price} ${terms.symbol}`;
}

function title(dataset) {
  if (dataset.title !== null) return dataset.title;
  return dataset.manifest_is === "missing" ? "(no store has its manifest)" : `(its manifest is refused: ${dataset.why})`;
}

/** A list that grows by pages; `row` makes each item. */
async function pages(path, name, row, nothing) {
  const list = element("ul", { class: "rows" });
  const box = element("div", {}, list);
  const more = async (cursor) => {
    const join = path.includes("?") ? "&" : "?";
    const page = await ask(cursor ? `${path}${join}cursor=${encodeURIComponent(cursor)}` : path);
    list.append(...page[name].map((item) => element("li", {}, ...row(item))));
    if (list.children.length === 0) box.append(element("p", { class: "quiet" }, nothing));
    if (page.next) {
      const button = element("button", { type: "button" }, "Show more");
      button.addEventListener("click", async () => {
        const first = list.children.length;
        try {
          await more(page.next);
          button.remove();
          list.children[first]?.querySelector("a")?.focus();
        } catch (error) {
          button.replaceWith(element("p", { class: "error", role: "alert" }, error.message));
        }
      });
      box.append(button);
    }
  };
  await more(null);
  return box;
}

const datasetRow = (dataset) => [
  element("a", { class: "title", href: `#/dataset/${number(dataset.id)}` }, title(dataset)),
  element("p", { class: "quiet" }, `${dataset.id} · ${count(dataset.samples)} people × ${count(dataset.columns)} columns · ${dataset.build ?? "build unknown"} · ${price(dataset.terms)}${dataset.status === "paused" ? " · not sold now" : ""}`),
];

/** All datasets, found as one types. */
export async function datasets(words) {
  things = [];
  const asked = words ? decodeURIComponent(words) : "";
  const input = element("input", { type: "search", id: "q", autocomplete: "off", maxlength: "200", value: asked });
  const found = element("div", { role: "region", "aria-label": "Datasets found", "aria-live": "polite" });
  let turn = 0;
  const search = async () => {
    const mine = ++turn;
    const q = input.value.trim();
    history.replaceState(null, "", q ? `#/?q=${encodeURIComponent(q)}` : "#/");
    try {
      const path = q ? `/v1/datasets?q=${encodeURIComponent(q)}` : "/v1/datasets";
      const list = await pages(path, "datasets", datasetRow, "No dataset has these words.");
      if (mine === turn) found.replaceChildren(list);
    } catch (error) {
      if (mine === turn) found.replaceChildren(element("p", { class: "error" }, error.message));
    }
  };
  let timer;
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => input.isConnected && search(), 120); });
  await search();
  return [
    element("h1", {}, "Datasets"),
    element("label", { for: "q" }, "Search titles, descriptions, builds and formats"),
    input,
    found,
  ];
}

/** A dataset with everything that hangs on it. */
export async function dataset(n) {
  const path = `/v1/datasets/${n}`;
  const { dataset: shown } = await ask(path);
  things = [shown.id];
  const { attestations: said, revocations: ended, rule } = shown;
  const parts = [
    element("h1", {}, title(shown)),
    element("p", { class: "quiet" }, `${shown.id}, version ${shown.version}; title and description are its provider's words`),
    ...shown.warnings.map((warning) => element("p", { class: "warning" }, `Warning: ${warning}`)),
    facts(
      ["Price", price(shown.terms)],
      ["Sale", shown.status === "on_sale" ? "on sale" : "paused"],
      ["Provider", mono(shown.owner)],
      ["People", count(shown.samples)],
      ["Provable columns", count(shown.columns)],
      ["Build", shown.build],
      ["Format", shown.format],
      ["Release rule", rule && (rule.min_samples || rule.min_count ? `at least ${rule.min_samples} people, counts of at least ${rule.min_count}` : "none")],
      ["Recomputed by readers", `${said.equal} found the panel equal, ${said.different} found it different`],
      ["Grants ended by provider", `${ended.settled} paid for, ${ended.unsettled} before payment`],
      ["Panel root", mono(shown.data_root)],
      ["Manifest", mono(shown.manifest)],
      ["To buy", element("code", {}, `provenome buy ${shown.id}`)],
    ),
  ];
  if (shown.description) parts.push(element("p", { class: "text" }, shown.description));
  const [results, grants, versions] = await Promise.all([
    pages(`/v1/results?dataset=${n}`, "results", resultRow, "Nothing was posted."),
    pages(`/v1/grants?dataset=${n}`, "grants", grantRow, "Nobody has bought it."),
    pages(`${path}/versions`, "versions", versionRow, ""),
  ]);
  parts.push(heading("Results"), results, heading("Grants"), grants, heading("Versions"), versions);
  return parts;
}

const versionRow = (version) => [
  element("span", { class: "title" }, `Version ${version.version}`),
  element("p", { class: "quiet" }, `${when(version.time)} · ${count(version.samples)} people × ${count(version.columns)} columns`),
  element("p", { class: "quiet mono" }, version.data_root),
];

function standing(result) {
  if (result.standing !== "proved") return element("span", { class: "posted" }, "posted");
  return element("span", { class: "proved" }, result.development_keys ? "proved (development keys)" : "proved");
}

const resultRow = (result) => [
  element("a", { class: "title", href: `#/result/${number(result.id)}` }, result.id),
  " ", standing(result),
  element("p", { class: "quiet" }, `${result.dataset} version ${result.version} · ${when(result.time)} · by ${result.poster}`),
];

/** All results. */
export async function results() {
  things = [];
  return [element("h1", {}, "Results"), await pages("/v1/results", "results", resultRow, "Nothing was posted.")];
}

/** A result, what stands behind it, and what it was made from. */
export async function result(n) {
  const [{ result: shown }, { graph: drawn }] = await Promise.all([ask(`/v1/results/${n}`), ask(`/v1/results/${n}/graph`)]);
  things = [shown.id];
  const said = shown.standing === "proved"
    ? "The chain accepted the proof, the network's policy names the circuit, and the statement was recomputed from the record."
    : `It was posted. ${shown.why ?? ""}`;
  const parts = [
    element("h1", {}, shown.id),
    element("p", {}, standing(shown), ` ${said}`),
  ];
  if (shown.standing === "proved" && shown.development_keys) {
    parts.push(element("p", { class: "warning" }, "This network lets development keys count: anyone can forge proofs under them."));
  }
  parts.push(
    facts(
      ["Of", link(shown.dataset)],
      ["Version", shown.version],
      ["Posted by", mono(shown.poster)],
      ["At", when(shown.time)],
      ["Circuit", mono(shown.circuit)],
      ["Step", mono(shown.step)],
      ["Record", mono(shown.record)],
      ["To check", element("code", {}, `provenome audit ${shown.id}`)],
    ),
    heading("What it was made from"),
    graph(drawn),
    ...drawn.incomplete.map((why) => element("p", { class: "quiet" }, `Not in the picture: ${why}`)),
  );
  return parts;
}

const grantRow = (grant) => [
  element("a", { class: "title", href: `#/grant/${number(grant.id)}` }, grant.id),
  ` ${grant.status}`,
  element("p", { class: "quiet" }, `${grant.dataset} version ${grant.version} · ${grant.amount ?? grant.amount_units} · reader ${grant.buyer}`),
];

/** All grants. */
export async function grants() {
  things = [];
  return [element("h1", {}, "Grants"), await pages("/v1/grants", "grants", grantRow, "Nobody has bought anything.")];
}

/** A grant. */
export async function grant(n) {
  const { grant: shown } = await ask(`/v1/grants/${n}`);
  things = [shown.id];
  return [
    element("h1", {}, shown.id),
    facts(
      ["State", shown.status],
      ["Gives access now", shown.active ? "yes" : "no"],
      ["For", link(shown.dataset)],
      ["Version", shown.version],
      ["Reader", mono(shown.buyer)],
      ["Provider", mono(shown.provider)],
      ["Price", shown.amount ?? `${shown.amount_units} units of ${shown.token}`],
      ["To be delivered by", when(shown.deliver_by)],
      ["Dispute window ends", shown.settle_after && when(shown.settle_after)],
      ["Access ends", shown.expires_at && when(shown.expires_at)],
      ["Request", mono(shown.request)],
      ["Envelope", shown.envelope && mono(shown.envelope)],
    ),
  ];
}

const logRow = (log) => [
  element("a", { class: "title", href: `#/log/${log.log}` }, log.origin),
  element("p", { class: "quiet" }, `${log.head ? count(log.head.size) : "no"} steps anchored · of ${log.owner}`),
];

/** All logs. */
export async function logs() {
  things = [];
  return [element("h1", {}, "Logs"), await pages("/v1/logs", "logs", logRow, "No log was opened.")];
}

/** A log and its youngest steps. */
export async function log(id) {
  const [{ log: shown }, { steps, next, incomplete }] = await Promise.all([ask(`/v1/logs/${id}`), ask(`/v1/logs/${id}/steps`)]);
  things = [`log:${id}`];
  const rows = steps.map((step) => element("li", {},
    element("span", { class: "title" }, `${step.number}: ${step.kind}`),
    element("p", { class: "quiet" }, `${when(step.time)} · ${step.inputs.map((i) => `${i.name} (${i.origin})`).join(", ")} → ${step.outputs.map((o) => o.name).join(", ")}`),
    element("p", { class: "quiet mono" }, step.step)));
  const parts = [
    element("h1", {}, shown.origin),
    facts(
      ["Log", mono(shown.log)],
      ["Owner", mono(shown.owner)],
      ["Opened", when(shown.time)],
      ["Steps anchored", shown.head ? count(shown.head.size) : "none"],
      ["Root", shown.head && mono(shown.head.root)],
    ),
    heading("Steps, the youngest first"),
    element("ul", { class: "rows" }, ...rows),
  ];
  if (next !== null) parts.push(element("p", { class: "quiet" }, `${next} older steps are not shown.`));
  if (incomplete) parts.push(element("p", { class: "quiet" }, `Not shown: ${incomplete}`));
  return parts;
}
