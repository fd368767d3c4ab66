//! One node's JSON-RPC, waited for: async begins and ends here.

use super::error::ChainError;
use super::event::RawLog;
use alloy::consensus::proofs::calculate_receipt_root;
use alloy::consensus::{BlockHeader as _, Header};
use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::network::TransactionBuilder as _;
use alloy::providers::{DynProvider, Provider, ProviderBuilder};
use alloy::rpc::client::ClientBuilder;
use alloy::rpc::types::{Filter, Log, TransactionReceipt, TransactionRequest};
use alloy::signers::local::PrivateKeySigner;
use alloy_primitives::{Address, B256, Bytes, U256};
use std::future::Future;
use std::time::Duration;

/// How long one request may take.
const REQUEST: Duration = Duration::from_secs(30);
/// How long a transaction may take to be included.
const INCLUSION: Duration = Duration::from_secs(180);

/// A block's header, as far as it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Number.
    pub number: u64,
    /// Hash.
    pub hash: B256,
    /// The parent's hash.
    pub parent: B256,
    /// Seconds since 1970.
    pub time: u64,
}

/// Which block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The latest one.
    Latest,
    /// The latest that the node calls safe.
    Safe,
    /// The latest that the node calls finalized.
    Finalized,
    /// By number.
    Number(u64),
    /// By hash.
    Hash(B256),
}

impl From<At> for BlockId {
    fn from(at: At) -> Self {
        match at {
            At::Latest => Self::latest(),
            At::Safe => Self::safe(),
            At::Finalized => Self::finalized(),
            At::Number(number) => Self::number(number),
            At::Hash(hash) => Self::hash(hash),
        }
    }
}

/// A transaction that was included and did not revert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
    /// Its hash.
    pub transaction: B256,
    /// Its block.
    pub block: u64,
    /// What it cost.
    pub gas: u64,
    /// The contract it created, if it did.
    pub created: Option<Address>,
    /// What it emitted.
    pub logs: Vec<RawLog>,
}

/// A node.
pub struct Node {
    url: String,
    runtime: tokio::runtime::Runtime,
    provider: DynProvider,
}

impl Node {
    /// A node at an `http://` or `https://` address. Nothing is asked yet.
    ///
    /// # Errors
    /// An address that is none.
    pub fn new(url: &str) -> Result<Self, ChainError> {
        let bad = |why: String| ChainError::Url { url: url.to_owned(), why };
        if !["http://", "https://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(bad("it does not begin with http:// or https://".to_owned()));
        }
        let parsed = url.parse().map_err(|e| bad(format!("{e}")))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| bad(e.to_string()))?;
        let client = runtime.block_on(async {
            ClientBuilder::default().http(parsed).with_poll_interval(Duration::from_millis(200))
        });
        let provider = ProviderBuilder::new().disable_recommended_fillers().connect_client(client);
        Ok(Self { url: url.to_owned(), runtime, provider: provider.erased() })
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether it is on this machine.
    pub fn is_local(&self) -> bool {
        let host = self.url.split("//").nth(1).unwrap_or_default();
        ["127.0.0.1", "localhost", "[::1]"].iter().any(|local| host.starts_with(local))
    }

    fn wait<T, E>(&self, request: impl Future<Output = Result<T, E>>) -> Result<T, ChainError>
    where
        E: Into<alloy::transports::TransportError>,
    {
        self.runtime.block_on(async {
            match tokio::time::timeout(REQUEST, request).await {
                Ok(answer) => answer.map_err(|e| ChainError::from_rpc(&self.url, &e.into())),
                Err(_) => Err(ChainError::Unreachable {
                    url: self.url.clone(),
                    why: format!("no answer in {} seconds", REQUEST.as_secs()),
                }),
            }
        })
    }

    fn strange(&self, why: &str) -> ChainError {
        ChainError::Strange { url: self.url.clone(), why: why.to_owned() }
    }

    /// The chain's id.
    ///
    /// # Errors
    /// No answer; so are those of all below.
    pub fn chain_id(&self) -> Result<u64, ChainError> {
        self.wait(async { self.provider.get_chain_id().await })
    }

    /// A block, if the node has it.
    ///
    /// # Errors
    /// No answer.
    pub fn block(&self, at: At) -> Result<Option<Block>, ChainError> {
        let block = self.wait(async { self.provider.get_block(at.into()).await })?;
        Ok(block.map(|block| Block {
            number: block.header.number(),
            hash: block.header.hash,
            parent: block.header.parent_hash(),
            time: block.header.timestamp(),
        }))
    }

    /// The latest block.
    ///
    /// # Errors
    /// No answer, or none that has one.
    pub fn head(&self) -> Result<Block, ChainError> {
        self.block(At::Latest)?.ok_or_else(|| self.strange("it has no latest block"))
    }

    /// The logs of these contracts in blocks `from` to `to`, in order.
    ///
    /// # Errors
    /// No answer, or logs that are not in a block.
    pub fn logs(
        &self,
        contracts: &[Address],
        from: u64,
        to: u64,
    ) -> Result<Vec<RawLog>, ChainError> {
        let filter = Filter::new()
            .address(contracts.to_vec())
            .from_block(BlockNumberOrTag::Number(from))
            .to_block(BlockNumberOrTag::Number(to));
        let logs = self.wait(async { self.provider.get_logs(&filter).await })?;
        let mut logs: Vec<RawLog> =
            logs.iter().map(|log| self.raw(log)).collect::<Result<_, _>>()?;
        logs.sort_by_key(|log| (log.block, log.index));
        Ok(logs)
    }

    fn raw(&self, log: &Log) -> Result<RawLog, ChainError> {
        let place = (log.block_number, log.block_hash, log.transaction_hash, log.log_index);
        let (Some(block), Some(block_hash), Some(transaction), Some(index)) = place else {
            return Err(self.strange("it gave a log that is in no block"));
        };
        let (topics, data) = (log.topics().to_vec(), log.data().data.to_vec());
        let address = log.address();
        Ok(RawLog { block, block_hash, transaction, index, address, topics, data })
    }

    /// The logs of these contracts in `block`, in order, from its receipts. These are what the block's
    /// header commits to; none where header and receipts do not add up to the block's hash.
    ///
    /// # Errors
    /// No answer; a node that does not give receipts.
    pub fn logs_in_receipts(
        &self,
        contracts: &[Address],
        block: &Block,
    ) -> Result<Option<Vec<RawLog>>, ChainError> {
        let (header, receipts) = self.header_and_receipts(block.number, block.hash)?;
        let encoded: Vec<_> = receipts
            .iter()
            .map(|receipt| receipt.inner.clone().into_primitives_receipt())
            .collect();
        if header.hash_slow() != block.hash
            || calculate_receipt_root(&encoded) != header.receipts_root
        {
            return Ok(None);
        }
        self.logs_of(contracts, block, &receipts).map(Some)
    }

    /// What the node gives as a block's header and receipts: so far its word.
    pub(super) fn header_and_receipts(
        &self,
        number: u64,
        hash: B256,
    ) -> Result<(Header, Vec<TransactionReceipt>), ChainError> {
        let none = |what: &str| self.strange(&format!("it has no {what} of block {number}"));
        let at = At::Hash(hash);
        let block = self.wait(async { self.provider.get_block(at.into()).await })?;
        let header = block.ok_or_else(|| none("header"))?.header.inner;
        let receipts = self.wait(async { self.provider.get_block_receipts(at.into()).await })?;
        Ok((header, receipts.ok_or_else(|| none("receipts"))?))
    }

    /// Positions count over the block; what a receipt itself says of them is bound by nothing.
    fn logs_of(
        &self,
        contracts: &[Address],
        block: &Block,
        receipts: &[TransactionReceipt],
    ) -> Result<Vec<RawLog>, ChainError> {
        let all = receipts.iter().flat_map(TransactionReceipt::logs);
        let mut ours = Vec::new();
        for (index, log) in (0..).zip(all) {
            if contracts.contains(&log.address()) {
                let place =
                    RawLog { block: block.number, block_hash: block.hash, index, ..self.raw(log)? };
                ours.push(place);
            }
        }
        Ok(ours)
    }

    /// The code at `address`; empty where there is none.
    ///
    /// # Errors
    /// No answer.
    pub fn code(&self, address: Address, at: At) -> Result<Bytes, ChainError> {
        self.wait(async { self.provider.get_code_at(address).block_id(at.into()).await })
    }

    /// The coin of `address`, in wei.
    ///
    /// # Errors
    /// No answer.
    pub fn balance(&self, address: Address) -> Result<U256, ChainError> {
        self.wait(async { self.provider.get_balance(address).await })
    }

    /// Runs a call without sending it.
    ///
    /// # Errors
    /// No answer, or a refusal by the contract.
    pub fn call(&self, call: &Call, at: At) -> Result<Bytes, ChainError> {
        let request = call.request();
        self.wait(async { self.provider.call(request).block(at.into()).await })
    }

    /// Tries the call, sends it signed by `signer`, and waits until a block has it.
    ///
    /// # Errors
    /// A refusal by the contract (nothing is sent then, unless the chain changed meanwhile), not
    /// enough coin, or no answer.
    pub fn send(&self, signer: &PrivateKeySigner, call: &Call) -> Result<Included, ChainError> {
        let call = Call { from: signer.address(), ..call.clone() };
        self.call(&call, At::Latest)?;
        let wallet =
            ProviderBuilder::new().wallet(signer.clone()).connect_provider(self.provider.clone());
        let mut request = call.request();
        let estimate = self.wait(async { self.provider.estimate_gas(request.clone()).await })?;
        // A payment that is pushed may fall back to a credit where gas is short: leave plenty.
        request.set_gas_limit(estimate + estimate / 2 + 50_000);
        let pending = self.wait(async { wallet.send_transaction(request).await })?;
        let hash = *pending.tx_hash();
        let receipt = self
            .runtime
            .block_on(async { pending.with_timeout(Some(INCLUSION)).get_receipt().await });
        match receipt {
            Ok(receipt) => self.included(&call, &receipt),
            Err(e) => Err(ChainError::NotIncluded { transaction: hash, why: e.to_string() }),
        }
    }

    fn included(&self, call: &Call, receipt: &TransactionReceipt) -> Result<Included, ChainError> {
        let block = receipt.block_number.unwrap_or_default();
        if !receipt.status() {
            // The chain changed between the trial and the block; ask again why.
            self.call(call, At::Number(block))?;
            return Err(ChainError::Reverted { transaction: receipt.transaction_hash });
        }
        Ok(Included {
            transaction: receipt.transaction_hash,
            block,
            gas: receipt.gas_used,
            created: receipt.contract_address,
            logs: receipt.logs().iter().map(|log| self.raw(log)).collect::<Result<_, _>>()?,
        })
    }

    /// A request that only development nodes know, such as `evm_mine`.
    ///
    /// # Errors
    /// No answer, or a node that does not know it.
    pub fn development(
        &self,
        method: &'static str,
        parameters: serde_json::Value,
    ) -> Result<serde_json::Value, ChainError> {
        self.wait(async { self.provider.raw_request(method.into(), parameters).await })
    }
}

/// A call of a contract, or the creation of one.
#[derive(Clone, Debug)]
pub struct Call {
    /// The contract; none creates one.
    pub to: Option<Address>,
    /// ABI-encoded call, or creation code with arguments.
    pub data: Bytes,
    /// Who calls.
    pub from: Address,
}

impl Call {
    fn request(&self) -> TransactionRequest {
        let request = TransactionRequest::default().with_from(self.from);
        match self.to {
            Some(to) => request.with_to(to).with_input(self.data.clone()),
            None => request.with_deploy_code(self.data.clone()),
        }
    }
}
