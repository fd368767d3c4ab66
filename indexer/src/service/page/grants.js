// Grants: who bought access to what, and how far it has come.

import { address, badge, brief, command, element, facts, hash, link, money, named, quiet, when } from "./element.js";
import { pages } from "./pages.js";

const STATES = {
  paid: ["open", "ring", "paid, not delivered yet"],
  delivered: ["open", "half", "delivered, in its dispute window"],
  settled: ["good", "check", "settled"],
  declined: ["off", "cross", "declined, refunded"],
  refunded: ["off", "cross", "refunded"],
  withdrawn: ["off", "cross", "withdrawn, refunded"],
  revoked: ["bad", "cross", "revoked"],
};

// Whether a time limit has passed, the chain's clock says.
function state({ status, now, deliver_by: deliverBy, settle_after: settleAfter }) {
  const [kind, form, word] = STATES[status] ?? ["off", "ring", status];
  if (status === "paid" && now > deliverBy) return badge("bad", form, "paid, delivery is overdue");
  if (status === "delivered" && now > settleAfter) return badge(kind, form, "delivered, can be settled");
  return badge(kind, form, word);
}

const paid = (grant) => money(grant.amount, grant.amount_units, grant.symbol, grant.token);

export const grantRow = (grant) => [
  element("div", { class: "first" }, element("a", { class: "title", href: address(grant.id) }, named(grant.id)), state(grant)),
  quiet(`for ${grant.dataset} version ${grant.version} · ${paid(grant)} · reader `, brief(grant.buyer)),
];

/** All grants. */
export async function grants(asking) {
  asking.concerns = (thing) => thing.startsWith("grant:");
  const { box } = await pages(asking, "/v1/grants", "grants", grantRow, "Nobody has bought anything.");
  return [element("h1", {}, "Grants"), box];
}

/** A grant. */
export async function grant(asking, n) {
  asking.concerns = (thing) => thing === `grant:${n}`;
  const { grant: shown } = await asking.ask(`/v1/grants/${n}`);
  return [
    element("p", { class: "kind" }, shown.id),
    element("h1", {}, named(shown.id)),
    element("p", { class: "standing" }, state(shown), element("strong", { class: "price" }, paid(shown))),
    facts(
      ["Gives access now", shown.active ? "yes" : "no"],
      ["For", link(shown.dataset), ` version ${shown.version}`],
      ["Reader", hash(shown.buyer, "the reader’s account")],
      ["Provider", hash(shown.provider, "the provider’s account")],
      ["To be delivered by", when(shown.deliver_by)],
      ["Dispute window ends", shown.settle_after && when(shown.settle_after)],
      ["Access ends", shown.expires_at && when(shown.expires_at)],
      ["Request", hash(shown.request, "the request’s CID")],
      ["Envelope", shown.envelope && hash(shown.envelope, "the envelope’s CID")],
      ["To look closer", command(`provenome show ${shown.id}`)],
    ),
  ];
}
