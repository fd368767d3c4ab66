//! The one table of domain tags. Two constructions never share a tag, so that no value of one can
//! stand in for a value of the other. Specification: `docs/spec/hashes.md`, vectors `tags.json`.

/// A domain tag `provenome/v1/<name>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag(&'static str);

impl Tag {
    /// The whole tag, as hashed.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The tag with this text, if the table has it.
    pub fn find(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|tag| tag.0 == text)
    }
}

macro_rules! tags {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        impl Tag {
            $($(#[$doc])* pub const $name: Self = Self(concat!("provenome/v1/", $text));)*

            /// Every tag of version 1.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

tags! {
    /// `P`: the data key's commitment.
    KEY = "key";
    /// `P`: the commitment to a request's secret.
    ANSWER = "answer";
    /// `P`: the mask over a disputed key, of a later round; its vectors are checked today.
    MASK = "mask";
    /// `P`: a panel's leaf.
    LEAF = "leaf";
    /// `P`: a node of a panel's tree.
    NODE = "node";
    /// `P`: a panel's root.
    PANEL = "panel";
    /// `P`: a statement's query.
    QUERY = "query";
    /// `P`: a statement's result.
    RESULT = "result";
    /// `T`: a variant's column key.
    COLUMN = "column";
    /// `T`: a trait's column key.
    TRAIT = "trait";
    /// `T`: a protocol's name.
    PROTOCOL = "protocol";
    /// `T`: chain, ledger and poster of a statement.
    CONTEXT = "context";
    /// `T`: a circuit's id.
    CIRCUIT = "circuit";
    /// `T`: a salted data commitment.
    DATA = "data";
    /// `T`: a code hash.
    CODE = "code";
    /// `T`: a configuration hash.
    CONFIG = "config";
    /// `T`: an environment hash.
    ENV = "env";
    /// `T`: a step's id.
    STEP = "step";
    /// `T`: a log's id.
    LOG = "log";
    /// `T`: a listed dataset, as an input of a step.
    DATASET = "dataset";
    /// `T`: the five public inputs, as an output of a step.
    STATEMENT = "statement";
    /// `T`: the committed sample names.
    SAMPLES = "samples";
    /// `T`: a request's secret.
    REQUEST_SECRET = "request-secret";
    /// `T`: the market a mask is bound to.
    MARKET = "market";
    /// HKDF: a column's salt.
    SALT = "salt";
    /// HKDF: the salt of the sample names.
    SAMPLES_SALT = "samples-salt";
    /// HKDF: an envelope's key and nonce.
    ENVELOPE = "envelope";
    /// HKDF: an identity's X25519 key.
    IDENTITY_X25519 = "identity-x25519";
    /// HKDF: an identity's X-Wing key.
    IDENTITY_XWING = "identity-xwing";
    /// HKDF: an identity's log-signing key.
    IDENTITY_LOG = "identity-log";
    /// HKDF: the key that wraps data keys in a home's vault and in its backups.
    VAULT = "vault";
}
