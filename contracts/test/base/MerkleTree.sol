// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev RFC 6962, section 2.1, written down as it stands there: recursive, and nothing like the verifier.
library MerkleTree {
    function leaves(uint256 count) internal pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) {
            hashes[i] = sha256(abi.encodePacked(hex"00", i));
        }
    }

    /// MTH(D[from:to])
    function root(bytes32[] memory hashes, uint256 from, uint256 to) internal pure returns (bytes32) {
        if (to == from) return sha256("");
        if (to - from == 1) return hashes[from];
        uint256 k = from + _split(to - from);
        return sha256(abi.encodePacked(hex"01", root(hashes, from, k), root(hashes, k, to)));
    }

    /// PROOF(m, D[n])
    function consistency(bytes32[] memory hashes, uint256 m, uint256 n)
        internal
        pure
        returns (bytes32[] memory)
    {
        return _subproof(hashes, m, 0, n, true);
    }

    /// SUBPROOF(m, D[from:to], complete), m counted from `from`
    function _subproof(bytes32[] memory hashes, uint256 m, uint256 from, uint256 to, bool complete)
        private
        pure
        returns (bytes32[] memory)
    {
        if (m == to - from) {
            if (complete) return new bytes32[](0);
            return _push(new bytes32[](0), root(hashes, from, to));
        }
        uint256 k = _split(to - from);
        if (m <= k) {
            return _push(_subproof(hashes, m, from, from + k, complete), root(hashes, from + k, to));
        }
        return _push(_subproof(hashes, m - k, from + k, to, false), root(hashes, from, from + k));
    }

    /// The largest power of two below n.
    function _split(uint256 n) private pure returns (uint256 k) {
        k = 1;
        while (2 * k < n) k *= 2;
    }

    function _push(bytes32[] memory list, bytes32 item) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i = 0; i < list.length; i++) {
            longer[i] = list[i];
        }
        longer[list.length] = item;
    }
}
