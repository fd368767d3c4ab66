// What each event changes, as `indexer/src/apply/` has it.
import { ponder } from "ponder:registry";
import {
  anchors,
  attestations,
  datasets,
  grants,
  logs,
  owners,
  phases,
  results,
  statuses,
  terms,
  versions,
} from "ponder:schema";

const ZERO = "0x0000000000000000000000000000000000000000";
const place = (event) => ({ block: event.block.number, tx: event.transaction.hash });

ponder.on("DatasetRegistry:Listed", async ({ event, context: { db } }) => {
  const { dataset, owner, version, terms: t, time } = event.args;
  const { block, tx } = place(event);
  await db.insert(datasets).values({
    dataset, owner, status: "on_sale", price: t.price, token: t.token, version: 1n, block, time, tx,
  });
  await db.insert(owners).values({ id: event.id, dataset, owner, tx, block });
  await db.insert(statuses).values({ id: event.id, dataset, status: "on_sale", time, block });
  await db.insert(terms).values({ id: event.id, dataset, ...t, time, block });
  const row = { id: event.id, dataset, number: 1n, ...version, block, time, tx };
  await db.insert(versions).values(row);
});

ponder.on("DatasetRegistry:Versioned", async ({ event, context: { db } }) => {
  const { dataset, version: number, v, time } = event.args;
  await db.update(datasets, { dataset }).set({ version: number });
  const row = { id: event.id, dataset, number, ...v, time, ...place(event) };
  await db.insert(versions).values(row);
});

ponder.on("DatasetRegistry:TermsSet", async ({ event, context: { db } }) => {
  const { dataset, terms: t, time } = event.args;
  await db.update(datasets, { dataset }).set({ price: t.price, token: t.token });
  const { block } = place(event);
  await db.insert(terms).values({ id: event.id, dataset, ...t, time, block });
});

ponder.on("DatasetRegistry:StatusSet", async ({ event, context: { db } }) => {
  const { dataset, time } = event.args;
  const status = event.args.status === 1 ? "on_sale" : "paused";
  await db.update(datasets, { dataset }).set({ status });
  const { block } = place(event);
  await db.insert(statuses).values({ id: event.id, dataset, status, time, block });
});

ponder.on("DatasetRegistry:Transfer", async ({ event, context: { db } }) => {
  const { from, to, tokenId: dataset } = event.args;
  // The mint comes just before `Listed`, which names the owner too.
  if (from === ZERO) return;
  await db.update(datasets, { dataset }).set({ owner: to });
  await db.insert(owners).values({ id: event.id, dataset, owner: to, ...place(event) });
});

ponder.on("GrantMarket:Bought", async ({ event, context: { db } }) => {
  const { grant, buyer, order, deliverBy, time } = event.args;
  const { block, tx } = place(event);
  const row = { ...order, grant, status: "paid", buyer, deliverBy, block, time, tx };
  await db.insert(grants).values(row);
  await db.insert(phases).values({ id: event.id, grant, status: "paid", time, tx, block });
});

const enter = async (db, event, status, more = {}) => {
  const { grant, time } = event.args;
  await db.update(grants, { grant }).set({ status });
  await db.insert(phases).values({ id: event.id, grant, status, time, ...more, ...place(event) });
};

ponder.on("GrantMarket:Delivered", ({ event, context: { db } }) => {
  const { envelope, settleAfter, expiresAt } = event.args;
  return enter(db, event, "delivered", { envelope, settleAfter, expiresAt });
});
ponder.on("GrantMarket:Declined", ({ event, context: { db } }) => enter(db, event, "declined"));
ponder.on("GrantMarket:Settled", ({ event, context: { db } }) => enter(db, event, "settled"));
ponder.on("GrantMarket:Refunded", ({ event, context: { db } }) => enter(db, event, "refunded"));
ponder.on("GrantMarket:Revoked", ({ event, context: { db } }) => {
  const { by: actor, settled } = event.args;
  return enter(db, event, settled ? "revoked" : "withdrawn", { actor });
});
// Ours keeps these too; they change no row.
ponder.on("GrantMarket:Transfer", async () => {});
ponder.on("GrantMarket:Locked", async () => {});

ponder.on("ResultLedger:Posted", async ({ event, context: { db } }) => {
  const { stepId: step, ...row } = event.args;
  await db.insert(results).values({ ...row, step, ...place(event) });
});

ponder.on("ResultLedger:Attested", async ({ event, context: { db } }) => {
  const { by: account, ...row } = event.args;
  await db.insert(attestations).values({ ...row, account, ...place(event) });
});

ponder.on("ProvenanceLog:Opened", async ({ event, context: { db } }) => {
  const { logId: log, ...row } = event.args;
  await db.insert(logs).values({ ...row, log, ...place(event) });
});

ponder.on("ProvenanceLog:Anchored", async ({ event, context: { db } }) => {
  const { logId: log, newSize: size, ...row } = event.args;
  await db.insert(anchors).values({ ...row, id: event.id, log, size, ...place(event) });
});
