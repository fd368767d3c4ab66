//! Blocks by CID: one trait, its back ends, and files made of blocks. Nothing a store answers is
//! believed before its bytes hash to the CID asked for.
//!
//! Beside the blocks: files and folders that get their name only when complete. Specification:
//! `docs/spec/store.md`.

pub mod block;
pub mod car;
pub mod directory;
pub mod disk;
pub mod folder;
pub mod kubo;
pub mod place;
pub mod several;
pub mod unixfs;
pub mod unnamed;
pub mod upkeep;

pub use block::{BlockStore, MAX_BLOCK, StoreError};
pub use car::{Car, CarError, CarReader};
pub use directory::Directory;
pub use disk::DiskError;
pub use folder::publish_dir;
pub use kubo::Kubo;
pub use place::{PlaceError, parse_place};
pub use several::Stores;
pub use unixfs::{FileCid, FileReader, UnixfsError, file_cid, open_file, write_file};
pub use unnamed::UnnamedFile;
pub use upkeep::Upkeep;
