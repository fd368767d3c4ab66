//! The crates' errors as failures: each keeps its cause, and says whether it is a no.

use super::{FULL, Failure, refusal_hint};
use cohort::{
    ColumnSetError, EvaluateError, LabelsError, ReadError, Refusal, RegionError, SampleSetError,
    SchemaError, TableError, TableFault,
};
use indexer::IndexError;
use indexer::service::ServeError;
use ledger::chain::ChainError;
use prover::panel::{CommitError, LeafListError};
use prover::{KeyFileError, ProveError};
use std::error::Error;
use store::{CarError, DiskError, PlaceError, StoreError, UnixfsError};
use vault::keystore::KeystoreError;
use vault::{NoRandomness, PhraseError, SealError, VaultError};

/// The error and its causes, none said twice.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}

macro_rules! could_not {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::could_not(with_causes(&error)).hint_where_full(&error)
            }
        }
    )*};
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let failure = Self::could_not(with_causes(&error)).hint_where_full(&error);
        match error.may_be_converted() {
            true => failure.hint(
                "PLINK 2 makes VCF of other genotype files: `plink2 --pedmap NAME --export vcf bgz`, or --bgen, --gen, --haps; bcftools of a consumer test's text: `bcftools convert --tsv2vcf`",
            ),
            false => failure,
        }
    }
}

could_not!(
    SampleSetError,
    ColumnSetError,
    RegionError,
    SchemaError,
    CommitError,
    LeafListError,
    KeyFileError,
    SealError,
    NoRandomness,
    PhraseError,
    ledger::hash::TooLong,
    vault::identity::DerivationError
);

impl From<LabelsError> for Failure {
    fn from(error: LabelsError) -> Self {
        let failure = Self::could_not(with_causes(&error));
        match labels_hint(&error) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

fn labels_hint(error: &LabelsError) -> Option<&'static str> {
    match error {
        LabelsError::Unlabelled { .. } => Some(
            "go on without their labels by --allow-unlabelled, or name whom to count with --samples",
        ),
        LabelsError::TooManyGroups { .. } => Some("name a column of groups"),
        LabelsError::Differs { .. } => Some("take one of the two rows out"),
        _ => None,
    }
}

impl From<TableError> for Failure {
    fn from(error: TableError) -> Self {
        let failure = Self::could_not(with_causes(&error)).hint_where_full(&error);
        match error.fault {
            TableFault::Doubtful { .. } | TableFault::NoGenotypes => failure.hint(
                "`provenome inspect FILE --write-schema SCHEMA` writes what is guessed; change it, and name it with --schema",
            ),
            TableFault::HeadingIsRow { .. } | TableFault::ColumnTwice { .. } => {
                failure.hint("write `heading = false` into a file, and name it with --schema")
            }
            TableFault::Positions => failure.hint(
                "`bcftools convert --tsv2vcf` makes a VCF of one person's text, with the reference genome",
            ),
            TableFault::Separators => failure.hint("write `separator = \"semicolon\"` into a file, and name it with --schema"),
            _ => failure,
        }
    }
}

impl From<EvaluateError> for Failure {
    fn from(error: EvaluateError) -> Self {
        let failure = Self::could_not(with_causes(&error)).hint_where_full(&error);
        match error {
            EvaluateError::Refused { refusal: Refusal::HalfCall { .. }, .. } => failure
                .hint("say how to read half calls: --half-call haploid, missing or reference"),
            EvaluateError::Labels(error) => error.into(),
            _ => failure,
        }
    }
}

impl From<DiskError> for Failure {
    fn from(error: DiskError) -> Self {
        let failure = Self::could_not(with_causes(&error));
        match error {
            DiskError::Full { .. } => failure.hint(FULL),
            DiskError::ReadOnly { .. } => failure.hint("name a place that can be written"),
            DiskError::Exists { .. } => failure.hint("name another; nothing is overwritten"),
            _ => failure.hint_where_full(&error),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let text = with_causes(&error);
        match error {
            StoreError::NoHonestSource { .. } | StoreError::Corrupt { .. } => Self::no(text)
                .check("blocks")
                .hint("a store serves other bytes than were asked for; name another with --store"),
            StoreError::Missing { .. } => Self::could_not(text).hint(
                "name the store that has it with --store, or ask the provider to serve it again",
            ),
            StoreError::Disk(error) => error.into(),
            _ => Self::could_not(text),
        }
    }
}

impl From<UnixfsError> for Failure {
    fn from(error: UnixfsError) -> Self {
        let text = with_causes(&error);
        match error {
            UnixfsError::Store(error) => error.into(),
            UnixfsError::Input(_) => Self::could_not(text),
            _ => Self::no(text).check("blocks"),
        }
    }
}

impl From<CarError> for Failure {
    fn from(error: CarError) -> Self {
        let text = with_causes(&error);
        match error {
            CarError::Input(error) => crate::commands::open::refused(error),
            CarError::File { .. }
            | CarError::Changed(_)
            | CarError::Names
            | CarError::Output { .. } => Self::could_not(text).hint_where_full(&error),
            _ => Self::no(text).check("archive"),
        }
    }
}

impl From<PlaceError> for Failure {
    fn from(error: PlaceError) -> Self {
        Self::could_not(format!("a store cannot be used: {}", with_causes(&error)))
            .hint("--store dir:PATH names a folder that is there, --store kubo:http://HOST:PORT an IPFS node")
    }
}

impl From<IndexError> for Failure {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Chain(error) => error.into(),
            IndexError::AnotherWriter { .. } => Self::could_not(with_causes(&error))
                .hint("is another `serve` running on this home? One is enough"),
            IndexError::Incomplete { .. } => {
                Self::no(with_causes(&error)).check("history").hint("ask another node with --rpc")
            }
            error => Self::of(error.is_no(), with_causes(&error)).hint_where_full(&error),
        }
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Index(error) => error.into(),
            ServeError::Listen { .. } => Self::could_not(with_causes(&error))
                .hint("another program listens there, or the address is not this machine's: name another with --listen"),
            ServeError::Run(_) => Self::could_not(with_causes(&error)),
        }
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        let failure = Self::could_not(with_causes(&error));
        match error {
            VaultError::Keystore(KeystoreError::Passphrase | KeystoreError::PassphraseOrDamage) => {
                failure.hint("try again; nobody but you has it, and the recovery phrase is the way without it")
            }
            VaultError::Keystore(KeystoreError::Damaged(_)) | VaultError::None(_) => failure.hint(
                "phrase and backup bring it back into another home: provenome init --restore, then provenome keys restore",
            ),
            VaultError::Entry { .. } => {
                failure.hint("bring it back from a backup: provenome keys restore FILE")
            }
            VaultError::NotBackup { .. } => {
                failure.hint("nothing was restored; try another copy of the backup")
            }
            VaultError::AnotherIdentity { .. } => {
                failure.hint("restore the identity of the backup first: provenome init --restore")
            }
            VaultError::Disk(error) => error.into(),
            _ => failure,
        }
    }
}

impl From<ProveError> for Failure {
    fn from(error: ProveError) -> Self {
        let text = with_causes(&error);
        match error {
            ProveError::OtherLeaves
            | ProveError::OtherPanel
            | ProveError::NotInPanel(_)
            | ProveError::OutOfOrder(_) => Self::no(text).check("panel"),
            _ => Self::could_not(text),
        }
    }
}

impl From<ChainError> for Failure {
    fn from(error: ChainError) -> Self {
        let hint = match &error {
            ChainError::Url { .. } => "write --rpc http://HOST:PORT",
            ChainError::Unreachable { .. } => {
                "is the node running, and is --rpc its address? `provenome devnet start` starts a local one"
            }
            ChainError::WrongNetwork(_) => {
                "use the network file of this chain (--network), or the node of that network (--rpc)"
            }
            ChainError::Coin(_) => {
                "the account needs coin for fees; on a local chain `provenome devnet fund ADDRESS`"
            }
            ChainError::NotIncluded { .. } => "run the command again: it goes on where it stopped",
            ChainError::Disagree { .. } => {
                "one of the nodes is wrong or behind; do not act before they agree"
            }
            ChainError::Refused(refusal) => refusal_hint(&refusal.name),
            _ => "",
        };
        let failure = Self::of(error.is_no(), &error);
        let failure = match &error {
            ChainError::Refused(_) => failure.check("contract"),
            ChainError::WrongNetwork(_) => failure.check("network"),
            _ => failure,
        };
        if hint.is_empty() { failure } else { failure.hint(hint) }
    }
}
