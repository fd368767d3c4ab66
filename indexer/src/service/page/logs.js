// Logs of steps, as their owners anchored them.

import { badge, brief, count, element, facts, hash, heading, quiet, when } from "./element.js";
import { pages } from "./pages.js";

const anchored = ({ head }) => (head ? `${count(head.size, "step", "steps")} anchored` : "nothing anchored yet");

const logRow = (log) => [
  element("div", { class: "first" },
    element("a", { class: "title", href: `#/log/${log.log}` }, "Log of ", brief(log.owner)), element("span", {}, anchored(log))),
  quiet("opened ", when(log.time), " · id ", brief(log.log)),
];

/** All logs. */
export async function logs(asking) {
  asking.concerns = (thing) => thing.startsWith("log:");
  const { box } = await pages(asking, "/v1/logs", "logs", logRow, "No log was opened.");
  return [
    element("h1", {}, "Logs"),
    quiet("Whoever lists or posts keeps a log of steps and anchors its head on the chain."), box,
  ];
}

const origin = (input) => {
  const from = { step: "from an earlier step", dataset: "from a listed dataset", external: "from outside, unattested" };
  return `${input.name} (${from[input.origin] ?? input.origin})`;
};

const stepRow = (step) => [
  element("div", { class: "first" },
    element("span", { class: "title" }, `Step ${step.number}: ${step.kind}`), when(step.time)),
  quiet(`from ${step.inputs.map(origin).join(", ") || "nothing"}, made ${step.outputs.map(({ name }) => name).join(", ") || "nothing"}`),
  quiet("id ", hash(step.step, `the id of step ${step.number}`)),
];

const anchorRow = (anchor) => [
  element("div", { class: "first" },
    element("span", { class: "title" }, count(anchor.size, "step", "steps")), when(anchor.time)),
  quiet("root ", hash(anchor.root, `the root over ${count(anchor.size, "step", "steps")}`), ` · in block ${anchor.block}`),
];

/** A log, its steps and its anchors. */
export async function log(asking, id) {
  asking.concerns = (thing) => thing === `log:${id}`;
  const path = `/v1/logs/${id}`;
  const { log: shown } = await asking.ask(path);
  const [steps, anchors] = await Promise.all([
    pages(asking, `${path}/steps`, "steps", stepRow, "No step is anchored."),
    pages(asking, `${path}/anchors`, "anchors", anchorRow, "It was never anchored."),
  ]);
  return [
    element("p", { class: "kind" }, "log"),
    element("h1", {}, "Log of ", brief(shown.owner)),
    element("p", { class: "standing" }, shown.head ? badge("good", "check", anchored(shown)) : badge("off", "ring", anchored(shown))),
    facts(
      ["Owner", hash(shown.owner, "the owner’s account")],
      ["Log", hash(shown.log, "the log’s id")],
      ["Origin", element("code", {}, shown.origin)],
      ["Checkpoint key", hash(shown.key, "the checkpoint key")],
      ["Opened", when(shown.time)],
      ["Root", shown.head && hash(shown.head.root, "the root")],
    ),
    heading("Steps, the youngest first"), steps.box,
    heading("Anchors"), anchors.box,
  ];
}
