// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title `T(tag, x) = SHA-256(SHA-256(tag) ‖ SHA-256(tag) ‖ x)`
library Tagged {
    // SHA-256 of "provenome/v1/context", ".../circuit" and ".../log".
    bytes32 internal constant CONTEXT = 0xa9e1009c1d0cad298fb0d0d1d3175e45d44b28b462dc2ddacf07c58f864d196c;
    bytes32 internal constant CIRCUIT = 0x7dca002160d5b2fcf93798e123fba6baefebb458168f9d12a4cdc2ecc50496c5;
    bytes32 internal constant LOG = 0x9ee63dfe591a4dd575b18968cf17514db605b22cd6c08a7738c26e0d2af966c1;

    /// @param tagHash SHA-256 of the tag
    function hash(bytes32 tagHash, bytes memory x) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(tagHash, tagHash, x));
    }

    /// @notice `F(h)`: the first 31 bytes as a field element.
    function element(bytes32 h) internal pure returns (uint256) {
        return uint256(h) >> 8;
    }
}
