// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Version} from "./IDatasetRegistry.sol";
import {Order} from "./IGrantMarket.sol";

/// @notice A result to be published. One struct, because the compiler's older code generator, which coverage needs,
/// cannot decode twelve parameters.
struct Posting {
    /// A circuit of the protocol registry.
    bytes32 circuit;
    uint256 dataset;
    uint64 version;
    /// The dataset's version as listed: the data root is taken from it.
    Version v;
    /// An active grant of the sender for this version; 0 if the sender owns the dataset, and then `order` and
    /// `envelope` are ignored.
    uint256 grant;
    Order order;
    bytes32 envelope;
    /// Commitment to the question.
    uint256 query;
    /// Commitment to the answer.
    uint256 result;
    /// The provenance step that made it.
    bytes32 stepId;
    /// SHA-256 of the published record (a DAG-CBOR block).
    bytes32 record;
    /// A.x A.y, B.x.im B.x.re B.y.im B.y.re, C.x C.y
    uint256[8] proof;
}

// `verdict` of a reader who recomputed a data root.
uint8 constant EQUAL = 1;
uint8 constant DIFFERS = 2;

/// @title Proved results, and readers' verdicts on what they were delivered
/// @notice A result is posted with a proof over five public inputs: `context`, computed here from the sender;
/// `data`, the registry's data root; `model`, 0; `query` and `result`, as given. A copied proof is worth nothing
/// to another poster, because the context differs.
///
/// Warning: a posted result says that a proof over these numbers was valid under this circuit. What the numbers
/// mean is in the record; whoever relies on them recomputes `query` and `result` from it.
/// Warning: a result is unique by statement and poster, never by proof: anybody can rerandomise a Groth16 proof.
interface IResultLedger {
    event Posted(
        uint256 indexed result,
        uint256 indexed dataset,
        address indexed poster,
        bytes32 circuit,
        uint64 version,
        uint256 grant,
        uint256 query,
        uint256 value,
        bytes32 stepId,
        bytes32 record,
        uint64 time
    );
    event Attested(
        uint256 indexed grant,
        uint256 indexed dataset,
        address indexed by,
        uint64 version,
        uint8 verdict,
        bytes32 evidence,
        uint64 time
    );

    error NotInField(uint256 value);
    error ZeroStep();
    error ZeroRecord();
    /// The version given is not version `version` of the dataset.
    error WrongVersion(uint256 dataset, uint64 version);
    error NotOwner(uint256 dataset, address caller);
    error NotHolder(uint256 grant, address caller);
    error GrantInactive(uint256 grant);
    /// The grant is for another dataset or another version.
    error OtherDataset(uint256 grant, uint256 dataset, uint64 version);
    error AlreadyPosted(bytes32 stepId);
    error UnknownCircuit(bytes32 circuit);
    error BadProof();
    error BadVerdict(uint8 verdict);
    error ZeroEvidence();
    error NotDelivered(uint256 grant);
    error AlreadyAttested(uint256 grant);
    /// The market given to the constructor sells the datasets of another registry.
    error OtherRegistry(address registry);

    /// @notice Publishes a result with its proof.
    /// @return id The result's id, counted from 1
    function post(Posting calldata p) external returns (uint256 id);

    /// @notice Says in public, once per grant, whether what was delivered is what was listed. Only the holder of
    /// a delivered or settled grant; it may have expired.
    /// @param verdict {EQUAL} or {DIFFERS}
    /// @param evidence Digest of what supports it
    function attest(
        uint256 dataset,
        uint64 version,
        uint256 grant,
        Order calldata order,
        bytes32 envelope,
        uint8 verdict,
        bytes32 evidence
    ) external;

    /// @notice The step of a posted result, or zero.
    function stepOf(bytes32 circuit, uint256 dataset, uint64 version, uint256 query, address poster)
        external
        view
        returns (bytes32);

    /// @notice The first public input of whatever `poster` posts here: `F(T("context", chain ‖ ledger ‖ poster))`.
    function contextOf(address poster) external view returns (uint256);

    /// @notice Whether the holder of `grant` has attested.
    function attested(uint256 grant) external view returns (bool);

    /// @notice How many results were posted.
    function count() external view returns (uint256);
}
