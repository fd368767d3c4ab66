// Datasets: found as one types, and one with everything that hangs on it.

import {
  address, badge, brief, command, count, element, facts, foreign, hash, heading, link, plain, price, quiet, span,
  warning, when,
} from "./element.js";
import { grantRow } from "./grants.js";
import { pages } from "./pages.js";
import { resultRow } from "./results.js";

/** How long a search waits for the next letter. */
const PAUSE = 120;
/** Letters of a title, and of a text that is not folded. */
const TITLE = 140;
const FOLDED = 600;

function title(dataset, most) {
  if (dataset.title !== null) return foreign(dataset.title, most);
  return dataset.manifest_is === "missing" ? "(no store has its manifest)" : `(its manifest is refused: ${dataset.why})`;
}

const size = ({ samples, columns }) => `${count(samples, "person", "people")} × ${count(columns, "column", "columns")}`;
const sale = ({ status }) =>
  status === "on_sale" ? badge("good", "check", "on sale") : badge("off", "pause", "not on sale now");

const datasetRow = (dataset) => [
  element("div", { class: "first" },
    element("a", { class: "title", href: address(dataset.id) }, title(dataset, TITLE)),
    element("span", { class: "price" }, price(dataset.terms))),
  quiet(`${dataset.id} · version ${dataset.version} · ${size(dataset)} · `,
    dataset.build === null ? "build unknown" : foreign(dataset.build, 40)),
  ...(dataset.status === "on_sale" ? [] : [sale(dataset)]),
];

/** All datasets, found as one types. */
export async function datasets(asking, words) {
  const input = element("input", { type: "search", id: "q", autocomplete: "off", spellcheck: "false", maxlength: "200", value: words });
  const said = element("p", { class: "quiet", role: "status" });
  const found = element("div", {});
  const search = async () => {
    const mine = asking.again();
    const q = input.value.trim();
    try {
      const rows = await pages(mine, q ? `/v1/datasets?${new URLSearchParams({ q })}` : "/v1/datasets",
        "datasets", datasetRow, q ? "No dataset has these words." : "No dataset was listed.");
      if (mine.signal.aborted) return;
      found.replaceChildren(rows.box);
      said.textContent = told(rows, q);
    } catch (error) {
      if (mine.signal.aborted) return;
      said.textContent = "";
      found.replaceChildren(element("p", { class: "error", role: "alert" }, error.message));
    }
  };
  whenTyped(input, asking.signal, search);
  asking.concerns = (thing) => thing.startsWith("dataset:");
  asking.renew = search;
  await search();
  const form = element("form", { role: "search" },
    element("label", { for: "q" }, "Search titles, descriptions, builds and formats"), input);
  form.addEventListener("submit", (event) => event.preventDefault());
  return [element("h1", {}, "Datasets"), form, said, found];
}

function told({ box, list }, q) {
  const many = list.children.length;
  if (many === 0) return "";
  const shown = box.querySelector(":scope > button") ? `The first ${many} datasets` : count(many, "dataset", "datasets");
  return q ? `${shown} found, the best first` : `${shown}, as they were listed`;
}

// The address has the words, so that coming back finds them.
function whenTyped(input, signal, search) {
  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (signal.aborted) return;
      const q = input.value.trim();
      history.replaceState(history.state, "", q ? `#/?${new URLSearchParams({ q })}` : "#/");
      search();
    }, PAUSE);
  });
}

/** A dataset with everything that hangs on it. */
export async function dataset(asking, n) {
  const path = `/v1/datasets/${n}`;
  asking.concerns = (thing) => thing === `dataset:${n}` || /^(grant|result):/.test(thing);
  const { dataset: shown } = await asking.ask(path);
  const [results, grants, versions, terms, said] = await Promise.all([
    pages(asking, `/v1/results?dataset=${n}`, "results", resultRow, "Nothing was posted."),
    pages(asking, `/v1/grants?dataset=${n}`, "grants", grantRow, "Nobody has bought it."),
    pages(asking, `${path}/versions`, "versions", versionRow, ""),
    pages(asking, `${path}/terms`, "terms", termsRow, ""),
    pages(asking, `${path}/attestations`, "attestations", attestationRow, "No reader has said so yet."),
  ]);
  return [
    element("p", { class: "kind" }, `${shown.id} · version ${shown.version}`),
    element("h1", {}, title(shown, TITLE)),
    element("p", { class: "standing" }, sale(shown), element("strong", { class: "price" }, price(shown.terms))),
    ...shown.warnings.map((text) => warning(`Warning: ${text}`)),
    ...(plain(shown.title).length > TITLE ? [inFull("The title in full:", shown.title)] : []),
    ...(shown.description ? [inFull("In the provider’s words:", shown.description)] : []),
    about(shown),
    heading("Results"), results.box,
    heading("Grants"), grants.box,
    heading("What readers found"),
    quiet("Readers recompute the panel from what was delivered, and say on chain whether it is the listed one."), said.box,
    heading("Versions"), versions.box,
    heading("Terms, past and present"), terms.box,
    heading("Digests"), digests(shown),
  ];
}

// The provider's words, which may be long.
function inFull(label, text) {
  const words = element("p", { class: "text", dir: "auto" }, text);
  const box = element("div", {}, quiet(label), words);
  if (plain(text).length > FOLDED) {
    words.classList.add("folded");
    const button = element("button", { type: "button", "aria-expanded": "false" }, "Show all of it");
    button.addEventListener("click", () => {
      const folded = words.classList.toggle("folded");
      button.setAttribute("aria-expanded", String(!folded));
      button.textContent = folded ? "Show all of it" : "Show less";
    });
    box.append(button);
  }
  return box;
}

function about(shown) {
  const { rule, terms, attestations: said, revocations: ended } = shown;
  const ruled = rule && (rule.min_samples || rule.min_count);
  return facts(
    ["People", count(shown.samples, "person", "people")],
    ["Columns that can be proved", shown.columns.toLocaleString("en")],
    ["Reference build", shown.build && foreign(shown.build, 100)],
    ["Format", shown.format && foreign(shown.format, 100)],
    ["File", shown.size && count(shown.size, "byte", "bytes")],
    ["Provider", hash(shown.owner, "the provider’s account")],
    ["Delivered within", span(terms.delivery_seconds)],
    ["Dispute window", span(terms.dispute_seconds)],
    ["Access for", span(terms.access_seconds)],
    ["Release rule", rule && (ruled ? `at least ${count(rule.min_samples, "person", "people")}, counts of at least ${rule.min_count}` : "none")],
    ["Recomputed by readers", `of this version: ${said.equal} found it as listed, ${said.different} found it different`],
    ["Ended by the provider", `${count(ended.settled, "grant", "grants")} after payment, ${ended.unsettled} before`],
    ["To buy", command(`provenome buy ${shown.id}`)],
  );
}

const digests = (shown) => facts(
  ["Panel root", hash(shown.data_root, "the panel root")],
  ["Manifest", hash(shown.manifest, "the manifest’s CID")],
  ["Data key’s commitment", hash(shown.key_commit, "the data key’s commitment")],
  ["Encrypted body", shown.body && hash(shown.body.cid, "the body’s CID")],
  ["Body’s content root", shown.content_root && hash(shown.content_root, "the content root")],
);

const versionRow = (version) => [
  element("div", { class: "first" }, element("span", { class: "title" }, `Version ${version.version}`), when(version.time)),
  quiet(title(version, TITLE)),
  quiet(`${size(version)} · panel root `, hash(version.data_root, `the panel root of version ${version.version}`)),
];

const termsRow = (terms) => [
  element("div", { class: "first" },
    element("span", { class: "title" }, price(terms)),
    terms.to === null ? badge("good", "check", "in force") : badge("off", "ring", "replaced")),
  quiet("since ", when(terms.time), ` · delivered within ${span(terms.delivery_seconds)} · dispute window ${span(terms.dispute_seconds)} · access for ${span(terms.access_seconds)}`),
];

const attestationRow = (said) => [
  element("div", { class: "first" },
    said.equal ? badge("good", "check", "the panel is as listed") : badge("bad", "cross", "the panel is different"), when(said.time)),
  quiet(`version ${said.version}, under `, link(said.grant), ", by ", brief(said.by)),
];
