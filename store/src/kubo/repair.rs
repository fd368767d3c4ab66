//! Replacing a block that rotted in the node's own store. Kubo neither writes over what it has nor
//! removes what is pinned, so the pins are lifted, and set again whatever happened in between.

use super::{Kubo, KuboError};
use crate::kubo::rpc::Ask;
use ledger::Cid;

/// Pins over one block, at most.
const MOST: usize = 16;

/// A pin as it was before.
struct Pin {
    root: String,
    kind: &'static str,
    name: String,
}

impl Kubo {
    /// Puts `bytes` in the place of what stands under `cid`.
    pub(super) fn replace(&self, cid: Cid, bytes: &[u8]) -> Result<(), KuboError> {
        let mut lifted = Vec::new();
        let mut outcome = self.remove(cid, &mut lifted).and_then(|()| self.send(cid, bytes));
        for pin in lifted {
            let set = self.set(&pin);
            outcome = outcome.and(set);
        }
        outcome
    }

    fn remove(&self, cid: Cid, lifted: &mut Vec<Pin>) -> Result<(), KuboError> {
        let name = cid.to_string();
        let query = [("arg", name.as_str()), ("force", "true")];
        loop {
            let answer = self.done(&Ask::short("block/rm", &query, self.patience.block))?;
            let Some(refused) = answer["Error"].as_str() else { return Ok(()) };
            let root = match refused.split_once("pinned via ") {
                Some((_, root)) => root,
                None if refused.contains("pinned: ") => &name,
                None => return Err(KuboError::said(refused)),
            };
            if lifted.len() == MOST {
                return Err(KuboError::said(refused));
            }
            lifted.push(self.lift(root)?);
        }
    }

    fn lift(&self, root: &str) -> Result<Pin, KuboError> {
        for kind in ["recursive", "direct"] {
            let Some(name) = self.pin_of(root, kind)? else { continue };
            let query = [("arg", root)];
            self.done(&Ask::short("pin/rm", &query, self.patience.block))?;
            return Ok(Pin { root: root.to_owned(), kind, name });
        }
        Err(KuboError::Strange("pin/ls"))
    }

    fn set(&self, pin: &Pin) -> Result<(), KuboError> {
        let whole = if pin.kind == "recursive" { "true" } else { "false" };
        let query = [("arg", pin.root.as_str()), ("recursive", whole), ("offline", "true")];
        let named = [&query[..], &[("name", pin.name.as_str())]].concat();
        let query = if pin.name.is_empty() { &query[..] } else { &named };
        match self.done(&Ask::short("pin/add", query, self.patience.pin))? {
            answer if answer["Pins"][0] == pin.root.as_str() => Ok(()),
            _ => Err(KuboError::Strange("pin/add")),
        }
    }
}
