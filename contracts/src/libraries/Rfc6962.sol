// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Consistency proofs of RFC 6962 Merkle trees over SHA-256 (verified as in RFC 9162, 2.1.4.2)
library Rfc6962 {
    /// The root of the empty tree: SHA-256 of nothing.
    bytes32 internal constant EMPTY_ROOT = 0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855;

    /// @notice Whether the tree of `newSize` leaves extends that of `oldSize` < `newSize` leaves. Every tree
    /// extends the empty one, and nothing is left to prove.
    function isConsistent(
        uint64 oldSize,
        uint64 newSize,
        bytes32 oldRoot,
        bytes32 newRoot,
        bytes32[] calldata proof
    ) internal view returns (bool) {
        if (oldSize == 0) return oldRoot == EMPTY_ROOT && proof.length == 0;

        // The last leaf of either tree, then the largest complete subtree that ends with the old one.
        uint256 old = oldSize - 1;
        uint256 last = newSize - 1;
        while (old & 1 == 1) (old, last) = (old >> 1, last >> 1);

        // An old size that is a power of two is that subtree, and its root is not repeated in the proof.
        uint256 next = old == 0 ? 0 : 1;
        if (proof.length < next) return false;
        bytes32 oldHash = old == 0 ? oldRoot : proof[0];
        bytes32 newHash = oldHash;

        for (; next < proof.length; next++) {
            if (last == 0) return false;
            bytes32 sibling = proof[next];
            if (old & 1 == 1 || old == last) {
                oldHash = _node(sibling, oldHash);
                newHash = _node(sibling, newHash);
                while (old & 1 == 0 && old != 0) (old, last) = (old >> 1, last >> 1);
            } else {
                newHash = _node(newHash, sibling);
            }
            (old, last) = (old >> 1, last >> 1);
        }
        return last == 0 && oldHash == oldRoot && newHash == newRoot;
    }

    /// @dev SHA-256(0x01 ‖ left ‖ right). `sha256(abi.encodePacked(…))` costs 200 gas more a hash: 8,000 of the
    /// 80,000 of the longest proof near 2^20 leaves.
    function _node(bytes32 left, bytes32 right) private view returns (bytes32 parent) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            mstore8(at, 1)
            mstore(add(at, 0x01), left)
            mstore(add(at, 0x21), right)
            if iszero(staticcall(gas(), 2, at, 0x41, 0x00, 0x20)) { revert(0, 0) }
            parent := mload(0x00)
        }
    }
}
