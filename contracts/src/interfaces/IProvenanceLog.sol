// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Anchored heads of append-only Merkle logs
/// @notice A log belongs to who opened it. Each anchor proves, in this contract, that the new head extends the old
/// one (RFC 6962 consistency), and names the block of entries from which anybody recomputes the root.
///
/// Warning: the first anchor, from size 0, has nothing to be consistent with; nothing here looks inside a root.
interface IProvenanceLog {
    /// `key` is the Ed25519 key that signs the log's checkpoints.
    event Opened(bytes32 indexed logId, address indexed owner, string origin, bytes32 key, uint64 time);
    event Anchored(
        bytes32 indexed logId, uint64 oldSize, uint64 newSize, bytes32 root, bytes32 entries, uint64 time
    );

    /// Not 1 to 255 bytes of printable ASCII without space and '+'.
    error BadOrigin();
    error ZeroKey();
    error AlreadyOpen(bytes32 logId);
    error NotLogOwner(bytes32 logId, address caller);
    /// The log's anchored size is `size`.
    error WrongOldSize(bytes32 logId, uint64 size);
    error NotLarger(uint64 oldSize, uint64 newSize);
    error ZeroEntries();
    error NotConsistent();

    /// @notice Opens a log of the caller; its head is the empty tree.
    /// @return logId `T("log", chain ‖ contract ‖ owner ‖ SHA-256(origin))`
    function open(string calldata origin, bytes32 key) external returns (bytes32 logId);

    /// @notice Moves a log's head forward. Only its owner.
    /// @param oldSize The anchored size; 0 takes an empty proof
    /// @param newSize More than `oldSize`
    /// @param newRoot RFC 6962 root of the first `newSize` leaves
    /// @param entries SHA-256 of the entries block (DAG-CBOR)
    /// @param proof RFC 6962 consistency proof
    function anchor(
        bytes32 logId,
        uint64 oldSize,
        uint64 newSize,
        bytes32 newRoot,
        bytes32 entries,
        bytes32[] calldata proof
    ) external;

    /// @notice All zero if there is no such log.
    function head(bytes32 logId) external view returns (address owner, uint64 size, bytes32 root);
}
