// Results, how much stands behind each, and what one was made from.

import { address, badge, brief, command, element, facts, hash, heading, link, named, quiet, shape, warning, when } from "./element.js";
import { graph } from "./graph.js";
import { pages } from "./pages.js";

/** The three that make a result more than posted. */
const GROUNDS = [
  "The chain accepted its proof.",
  "The network’s policy names the circuit.",
  "The statement was recomputed from the record, and is the one on chain.",
];

// Any other word than this one is no proof.
const proved = (result) => result.standing === "proved";

function standing(result) {
  if (!proved(result)) return badge("open", "ring", "posted");
  return result.development_keys ? badge("open", "check", "proved, under development keys") : badge("good", "check", "proved");
}

export const resultRow = (result) => [
  element("div", { class: "first" }, element("a", { class: "title", href: address(result.id) }, named(result.id)), standing(result)),
  quiet(`of ${result.dataset} version ${result.version} · `, when(result.time), " · by ", brief(result.poster)),
];

/** All results. */
export async function results(asking) {
  asking.concerns = (thing) => thing.startsWith("result:");
  const { box } = await pages(asking, "/v1/results", "results", resultRow, "Nothing was posted.");
  return [element("h1", {}, "Results"), box];
}

/** A result, what stands behind it, and what it was made from. */
export async function result(asking, n) {
  asking.concerns = (thing) => thing === `result:${n}` || thing.startsWith("log:");
  const { result: shown } = await asking.ask(`/v1/results/${n}`);
  const { graph: drawn } = await asking.ask(`/v1/results/${n}/graph`);
  return [
    element("p", { class: "kind" }, shown.id),
    element("h1", {}, named(shown.id)),
    verdict(shown),
    facts(
      ["Of", link(shown.dataset), ` version ${shown.version}`],
      ["Posted by", hash(shown.poster, "the poster’s account")],
      ["Posted at", when(shown.time)],
      ["Circuit", hash(shown.circuit, "the circuit’s id")],
      ["Step", hash(shown.step, "the step’s id")],
      ["Record", hash(shown.record, "the record’s CID")],
      ["To check it yourself", command(`provenome audit ${shown.id}`)],
    ),
    heading("What it was made from"),
    ...graph(drawn, asking.signal),
    ...drawn.incomplete.map((why) => quiet(`Not in the picture: ${why}`)),
  ];
}

function verdict(result) {
  const box = element("section", { class: "verdict", "aria-label": "Standing" }, element("p", { class: "word" }, standing(result)));
  if (proved(result)) {
    box.append(element("ul", { class: "grounds" }, ...GROUNDS.map((why) => element("li", {}, shape("check"), element("span", {}, why)))));
    if (result.development_keys) {
      box.append(warning("This network lets development keys count, under which anyone can forge a proof. For trying only."));
    }
  } else {
    box.append(
      element("p", {}, "It stands on the chain, but this server cannot say that it is right."),
      element("p", {}, `Why: ${result.why ?? "the server does not say"}`));
  }
  return box;
}
