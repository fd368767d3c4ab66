// The tables of `indexer/src/schema.sql` that follow from events, as Ponder's own guide would have
// them: what holds now on the thing's row, and a row for each change. The events themselves Ponder
// keeps in its own schema.
import { index, onchainTable } from "ponder";

export const datasets = onchainTable(
  "datasets",
  (t) => ({
    dataset: t.bigint().primaryKey(),
    owner: t.hex().notNull(),
    status: t.text().notNull(),
    price: t.bigint().notNull(),
    token: t.hex().notNull(),
    version: t.bigint().notNull(),
    block: t.bigint().notNull(),
    time: t.bigint().notNull(),
    tx: t.hex().notNull(),
  }),
  (table) => ({ owner: index().on(table.owner) }),
);

export const owners = onchainTable(
  "owners",
  (t) => ({
    id: t.text().primaryKey(),
    dataset: t.bigint().notNull(),
    owner: t.hex().notNull(),
    tx: t.hex().notNull(),
    block: t.bigint().notNull(),
  }),
  (table) => ({ dataset: index().on(table.dataset), owner: index().on(table.owner) }),
);

export const statuses = onchainTable(
  "statuses",
  (t) => ({
    id: t.text().primaryKey(),
    dataset: t.bigint().notNull(),
    status: t.text().notNull(),
    time: t.bigint().notNull(),
    block: t.bigint().notNull(),
  }),
  (table) => ({ dataset: index().on(table.dataset) }),
);

export const terms = onchainTable(
  "terms",
  (t) => ({
    id: t.text().primaryKey(),
    dataset: t.bigint().notNull(),
    price: t.bigint().notNull(),
    token: t.hex().notNull(),
    accessSeconds: t.integer().notNull(),
    deliverySeconds: t.integer().notNull(),
    disputeSeconds: t.integer().notNull(),
    time: t.bigint().notNull(),
    block: t.bigint().notNull(),
  }),
  (table) => ({ dataset: index().on(table.dataset) }),
);

export const versions = onchainTable(
  "versions",
  (t) => ({
    id: t.text().primaryKey(),
    dataset: t.bigint().notNull(),
    number: t.bigint().notNull(),
    manifest: t.hex().notNull(),
    dataRoot: t.hex().notNull(),
    keyCommit: t.hex().notNull(),
    samples: t.bigint().notNull(),
    columns: t.bigint().notNull(),
    block: t.bigint().notNull(),
    time: t.bigint().notNull(),
    tx: t.hex().notNull(),
  }),
  (table) => ({ dataset: index().on(table.dataset), root: index().on(table.dataRoot) }),
);

export const grants = onchainTable(
  "grants",
  (t) => ({
    grant: t.bigint().primaryKey(),
    status: t.text().notNull(),
    buyer: t.hex().notNull(),
    dataset: t.bigint().notNull(),
    version: t.bigint().notNull(),
    amount: t.bigint().notNull(),
    token: t.hex().notNull(),
    payee: t.hex().notNull(),
    deliverer: t.hex().notNull(),
    accessSeconds: t.integer().notNull(),
    disputeSeconds: t.integer().notNull(),
    request: t.hex().notNull(),
    answerCommit: t.hex().notNull(),
    deliverBy: t.bigint().notNull(),
    block: t.bigint().notNull(),
    time: t.bigint().notNull(),
    tx: t.hex().notNull(),
  }),
  (table) => ({
    buyer: index().on(table.buyer),
    deliverer: index().on(table.deliverer),
    dataset: index().on(table.dataset),
    status: index().on(table.status),
  }),
);

export const phases = onchainTable(
  "phases",
  (t) => ({
    id: t.text().primaryKey(),
    grant: t.bigint().notNull(),
    status: t.text().notNull(),
    envelope: t.hex(),
    settleAfter: t.bigint(),
    expiresAt: t.bigint(),
    actor: t.hex(),
    time: t.bigint().notNull(),
    tx: t.hex().notNull(),
    block: t.bigint().notNull(),
  }),
  (table) => ({ grant: index().on(table.grant, table.status) }),
);

export const results = onchainTable(
  "results",
  (t) => ({
    result: t.bigint().primaryKey(),
    dataset: t.bigint().notNull(),
    poster: t.hex().notNull(),
    circuit: t.hex().notNull(),
    version: t.bigint().notNull(),
    grant: t.bigint().notNull(),
    query: t.bigint().notNull(),
    value: t.bigint().notNull(),
    step: t.hex().notNull(),
    record: t.hex().notNull(),
    block: t.bigint().notNull(),
    time: t.bigint().notNull(),
    tx: t.hex().notNull(),
  }),
  (table) => ({ dataset: index().on(table.dataset) }),
);

export const attestations = onchainTable(
  "attestations",
  (t) => ({
    grant: t.bigint().primaryKey(),
    dataset: t.bigint().notNull(),
    account: t.hex().notNull(),
    version: t.bigint().notNull(),
    verdict: t.integer().notNull(),
    evidence: t.hex().notNull(),
    block: t.bigint().notNull(),
    time: t.bigint().notNull(),
    tx: t.hex().notNull(),
  }),
  (table) => ({ dataset: index().on(table.dataset) }),
);

export const logs = onchainTable(
  "logs",
  (t) => ({
    log: t.hex().primaryKey(),
    owner: t.hex().notNull(),
    origin: t.text().notNull(),
    key: t.hex().notNull(),
    block: t.bigint().notNull(),
    time: t.bigint().notNull(),
    tx: t.hex().notNull(),
  }),
  (table) => ({ owner: index().on(table.owner) }),
);

export const anchors = onchainTable(
  "anchors",
  (t) => ({
    id: t.text().primaryKey(),
    log: t.hex().notNull(),
    oldSize: t.bigint().notNull(),
    size: t.bigint().notNull(),
    root: t.hex().notNull(),
    entries: t.hex().notNull(),
    block: t.bigint().notNull(),
    time: t.bigint().notNull(),
    tx: t.hex().notNull(),
  }),
  (table) => ({ log: index().on(table.log) }),
);
