-- Version 4 of the index; docs/spec/index.md describes each table.
-- Hashes and u256 are blobs of 32 bytes, addresses of 20, prices of 16, all big-endian. A u64 is the
-- i64 with the same bits. Tables with an id grow in chain order only, so that a rollback cuts their
-- end; a row of a history holds from block valid_from until block valid_to, null while it holds.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- Following.
CREATE TABLE following (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  closed INTEGER,
  safe INTEGER,
  finalized INTEGER,
  -- Transactions that wrote to this file.
  written INTEGER NOT NULL DEFAULT 0
);
INSERT INTO following (id) VALUES (1);
CREATE TABLE blocks (
  number INTEGER PRIMARY KEY,
  hash BLOB NOT NULL,
  parent BLOB NOT NULL,
  time INTEGER NOT NULL
);
CREATE TABLE cursor (
  contract BLOB PRIMARY KEY,
  block INTEGER NOT NULL,
  hash BLOB NOT NULL,
  acc BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE events (
  block INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  block_hash BLOB NOT NULL,
  tx BLOB NOT NULL,
  address BLOB NOT NULL,
  topics BLOB NOT NULL,
  data BLOB NOT NULL,
  acc_after BLOB NOT NULL,
  PRIMARY KEY (block, log_index)
) WITHOUT ROWID;
CREATE INDEX events_of_contract ON events (address, block, log_index);
CREATE TABLE reorg_log (
  id INTEGER PRIMARY KEY,
  cause TEXT NOT NULL,
  from_block INTEGER NOT NULL,
  from_hash BLOB NOT NULL,
  to_block INTEGER,
  to_hash BLOB,
  events INTEGER NOT NULL
);

-- Datasets.
CREATE TABLE datasets (
  id INTEGER PRIMARY KEY,
  dataset BLOB NOT NULL UNIQUE,
  block INTEGER NOT NULL,
  time INTEGER NOT NULL,
  tx BLOB NOT NULL
);
CREATE TABLE owners (
  id INTEGER PRIMARY KEY,
  dataset BLOB NOT NULL,
  owner BLOB NOT NULL,
  tx BLOB NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER
);
CREATE INDEX owners_of_dataset ON owners (dataset, valid_from);
CREATE INDEX owners_now ON owners (owner) WHERE valid_to IS NULL;
CREATE TABLE statuses (
  id INTEGER PRIMARY KEY,
  dataset BLOB NOT NULL,
  status TEXT NOT NULL,
  time INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER
);
CREATE INDEX statuses_of_dataset ON statuses (dataset, valid_from);
CREATE TABLE terms (
  id INTEGER PRIMARY KEY,
  dataset BLOB NOT NULL,
  price BLOB NOT NULL,
  token BLOB NOT NULL,
  access_seconds INTEGER NOT NULL,
  delivery_seconds INTEGER NOT NULL,
  dispute_seconds INTEGER NOT NULL,
  time INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER
);
CREATE INDEX terms_of_dataset ON terms (dataset, valid_from);
CREATE TABLE versions (
  id INTEGER PRIMARY KEY,
  dataset BLOB NOT NULL,
  number INTEGER NOT NULL,
  manifest BLOB NOT NULL,
  data_root BLOB NOT NULL,
  key_commit BLOB NOT NULL,
  samples INTEGER NOT NULL,
  columns INTEGER NOT NULL,
  block INTEGER NOT NULL,
  time INTEGER NOT NULL,
  tx BLOB NOT NULL,
  UNIQUE (dataset, number)
);
CREATE INDEX versions_by_root ON versions (data_root);

-- Grants and money owed.
CREATE TABLE grants (
  id INTEGER PRIMARY KEY,
  grant BLOB NOT NULL UNIQUE,
  buyer BLOB NOT NULL,
  dataset BLOB NOT NULL,
  version INTEGER NOT NULL,
  amount BLOB NOT NULL,
  token BLOB NOT NULL,
  payee BLOB NOT NULL,
  deliverer BLOB NOT NULL,
  access_seconds INTEGER NOT NULL,
  dispute_seconds INTEGER NOT NULL,
  request BLOB NOT NULL,
  answer_commit BLOB NOT NULL,
  deliver_by INTEGER NOT NULL,
  block INTEGER NOT NULL,
  time INTEGER NOT NULL,
  tx BLOB NOT NULL
);
CREATE INDEX grants_of_buyer ON grants (buyer);
CREATE INDEX grants_on_deliverer ON grants (deliverer);
CREATE INDEX grants_on_dataset ON grants (dataset);
CREATE TABLE phases (
  id INTEGER PRIMARY KEY,
  grant BLOB NOT NULL,
  status TEXT NOT NULL,
  envelope BLOB,
  settle_after INTEGER,
  expires_at INTEGER,
  actor BLOB,
  time INTEGER NOT NULL,
  tx BLOB NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER
);
CREATE INDEX phases_of_grant ON phases (grant, status);
CREATE INDEX phases_now ON phases (status, grant) WHERE valid_to IS NULL;
CREATE INDEX phases_by_actor ON phases (actor) WHERE actor IS NOT NULL;
CREATE TABLE credits (
  id INTEGER PRIMARY KEY,
  account BLOB NOT NULL,
  token BLOB NOT NULL,
  amount BLOB NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER
);
CREATE INDEX credits_of_account ON credits (account, token);

-- Circuits, results and readers' words.
CREATE TABLE circuits (
  id INTEGER PRIMARY KEY,
  circuit BLOB NOT NULL UNIQUE,
  protocol TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  block INTEGER NOT NULL,
  tx BLOB NOT NULL
);
CREATE TABLE results (
  id INTEGER PRIMARY KEY,
  result BLOB NOT NULL UNIQUE,
  dataset BLOB NOT NULL,
  poster BLOB NOT NULL,
  circuit BLOB NOT NULL,
  version INTEGER NOT NULL,
  grant BLOB NOT NULL,
  query BLOB NOT NULL,
  value BLOB NOT NULL,
  step BLOB NOT NULL,
  record BLOB NOT NULL,
  block INTEGER NOT NULL,
  time INTEGER NOT NULL,
  tx BLOB NOT NULL,
  UNIQUE (dataset, version, circuit, query, poster)
);
CREATE TABLE attestations (
  id INTEGER PRIMARY KEY,
  grant BLOB NOT NULL UNIQUE,
  dataset BLOB NOT NULL,
  account BLOB NOT NULL,
  version INTEGER NOT NULL,
  equal INTEGER NOT NULL,
  evidence BLOB NOT NULL,
  block INTEGER NOT NULL,
  time INTEGER NOT NULL,
  tx BLOB NOT NULL
);
CREATE INDEX attestations_of_dataset ON attestations (dataset);

-- Logs.
CREATE TABLE logs (
  id INTEGER PRIMARY KEY,
  log BLOB NOT NULL UNIQUE,
  owner BLOB NOT NULL,
  origin TEXT NOT NULL,
  key BLOB NOT NULL,
  block INTEGER NOT NULL,
  time INTEGER NOT NULL,
  tx BLOB NOT NULL
);
CREATE INDEX logs_of_owner ON logs (owner);
CREATE TABLE anchors (
  id INTEGER PRIMARY KEY,
  log BLOB NOT NULL,
  old_size INTEGER NOT NULL,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  entries BLOB NOT NULL,
  block INTEGER NOT NULL,
  time INTEGER NOT NULL,
  tx BLOB NOT NULL
);
CREATE INDEX anchors_of_log ON anchors (log);

-- Metadata: what the manifests say, a row per version under the version's id.
CREATE TABLE manifests (
  id INTEGER PRIMARY KEY,
  state TEXT NOT NULL,
  why TEXT,
  tries INTEGER NOT NULL,
  bytes BLOB,
  content_root BLOB
);
CREATE INDEX manifests_missing ON manifests (tries, id) WHERE state = 'missing';
CREATE INDEX manifests_by_content ON manifests (content_root) WHERE content_root IS NOT NULL;
-- Texts come as words joined by spaces (search.rs). Titles have a table of their own: a query looks
-- there first, and would walk long lists for the few hits in titles. The beginnings of a length that
-- is not listed would be gathered to one list before the first is found.
CREATE VIRTUAL TABLE titles USING fts5 (
  title,
  content = '', contentless_delete = 1,
  tokenize = 'ascii', prefix = '2 3 4 5 6 7 8 9 10', detail = 'none'
);
CREATE VIRTUAL TABLE words USING fts5 (
  title, description, build, format,
  content = '', contentless_delete = 1,
  tokenize = 'ascii', prefix = '2 3 4 5 6 7 8 9 10', detail = 'none'
);
