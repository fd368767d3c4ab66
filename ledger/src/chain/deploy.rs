//! Putting the contracts onto a chain: once per network, by whoever then names its policy.

use super::contracts::{DatasetRegistry, GrantMarket, ProtocolRegistry, ProvenanceLog};
use super::contracts::{ResultLedger, TestToken};
use super::error::ChainError;
use super::node::{At, Call, Node};
use super::{Chain, PrivateKeySigner};
use crate::network::{Contract, Contracts, Policy, Token};
use crate::{CircuitId, Network, statement};
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use alloy_sol_types::{SolCall as _, SolConstructor as _};

/// A circuit to be registered and named in the policy.
#[derive(Clone, Debug)]
pub struct Circuit {
    /// Its protocol.
    pub protocol: String,
    /// SHA-256 of its R1CS.
    pub fingerprint: B256,
    /// The verifying key as EVM words.
    pub key: Vec<U256>,
}

impl Circuit {
    /// Its id.
    pub fn id(&self) -> CircuitId {
        statement::circuit_id(&self.protocol, self.fingerprint, &self.key)
    }
}

/// What to put onto the chain.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// The network's name.
    pub name: String,
    /// Tokens that prices may be in; none deploys the test token.
    pub tokens: Vec<Address>,
    /// Circuits to register.
    pub circuits: Vec<Circuit>,
    /// The policy; its circuits are set to those registered.
    pub policy: Policy,
}

/// Creates the contracts, allows the tokens, registers the circuits; `told` hears of each step.
///
/// # Errors
/// A refusal, not enough coin, or no answer. What was created by then stays on the chain, unused.
pub fn deploy(
    node: Node,
    by: &PrivateKeySigner,
    plan: Deployment,
    mut told: impl FnMut(&str),
) -> Result<Chain, ChainError> {
    let deployed_at = node.head()?.number;
    let admin = by.address();
    let mut create = |name: &str, code: &Bytes, arguments: Vec<u8>| {
        told(&format!("creating {name}"));
        let data = [code.as_ref(), &arguments].concat().into();
        let included = node.send(by, &Call { to: None, data, from: admin })?;
        let address = included.created.ok_or_else(|| ChainError::Strange {
            url: node.url().to_owned(),
            why: format!("it created {name} at no address"),
        })?;
        let code_hash = keccak256(node.code(address, At::Latest)?);
        Ok::<_, ChainError>(Contract { address, code_hash })
    };

    let registry = create(
        "DatasetRegistry",
        &DatasetRegistry::BYTECODE,
        DatasetRegistry::constructorCall { admin }.abi_encode(),
    )?;
    let protocols = create(
        "ProtocolRegistry",
        &ProtocolRegistry::BYTECODE,
        ProtocolRegistry::constructorCall { admin }.abi_encode(),
    )?;
    let market = create(
        "GrantMarket",
        &GrantMarket::BYTECODE,
        GrantMarket::constructorCall { registry_: registry.address, admin }.abi_encode(),
    )?;
    let log = create("ProvenanceLog", &ProvenanceLog::BYTECODE, Vec::new())?;
    let ledger = create(
        "ResultLedger",
        &ResultLedger::BYTECODE,
        ResultLedger::constructorCall {
            registry: registry.address,
            market: market.address,
            protocols: protocols.address,
        }
        .abi_encode(),
    )?;
    let test_token = plan.tokens.is_empty();
    let tokens = match plan.tokens {
        none if none.is_empty() => {
            vec![create("the test token", &TestToken::BYTECODE, Vec::new())?.address]
        }
        named => named,
    };

    let network = Network {
        name: plan.name,
        chain: node.chain_id()?,
        genesis: genesis(&node)?,
        deployed_at,
        contracts: Contracts { registry, market, protocols, ledger, log },
        tokens: Vec::new(),
        policy: Policy { circuits: plan.circuits.iter().map(Circuit::id).collect(), ..plan.policy },
    };
    let mut chain = Chain { nodes: vec![node], network };
    for token in tokens {
        told(&format!("allowing the token {token}"));
        let data = DatasetRegistry::setTokenCall { token, allowed: true }.abi_encode().into();
        let to = Some(registry.address);
        chain.node().send(by, &Call { to, data, from: admin })?;
        let (symbol, decimals) = chain.token_facts(token)?;
        chain.network.tokens.push(Token { address: token, symbol, decimals, test: test_token });
    }
    for circuit in &plan.circuits {
        told(&format!("registering {} {}", circuit.protocol, circuit.id()));
        chain.register(by, circuit)?;
    }
    Ok(chain)
}

fn genesis(node: &Node) -> Result<B256, ChainError> {
    node.block(At::Number(0))?.map(|block| block.hash).ok_or_else(|| ChainError::Strange {
        url: node.url().to_owned(),
        why: "it has no first block".to_owned(),
    })
}
