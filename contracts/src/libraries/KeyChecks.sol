// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IProtocolRegistry} from "../interfaces/IProtocolRegistry.sol";

/// @title What a verifying key must be before anything is verified under it
library KeyChecks {
    // x of the generator of G2 (EIP-197), imaginary part first.
    uint256 private constant G2_X_IM =
        11559732032986387107991004021392285783925812861821192530917403151452391805634;
    uint256 private constant G2_X_RE =
        10857046999023057135944570762232829481370756359578518086990519993285655852781;

    /// @notice Reverts unless α, IC_0 … IC_5 are finite points of G1, β, γ, δ finite points of G2, no two of
    /// which are equal up to sign, and δ is not ± the generator.
    function check(uint256[] calldata key) internal view {
        if (key.length != 26) revert IProtocolRegistry.BadKeyLength(key.length);
        _checkG1(key, 0);
        for (uint256 word = 2; word < 14; word += 4) {
            _checkG2(key, word);
        }
        for (uint256 word = 14; word < 26; word += 2) {
            _checkG1(key, word);
        }
        // Points with the same x are equal or each other's negative. With β = ±γ, β = ±δ or γ = ±δ two factors of
        // the equation become one, and anybody can solve it.
        bool equal = _sameX(key, 2, key[6], key[7]) || _sameX(key, 2, key[10], key[11])
            || _sameX(key, 6, key[10], key[11]) || _sameX(key, 10, G2_X_IM, G2_X_RE);
        if (equal) revert IProtocolRegistry.DegenerateKey();
    }

    /// @dev Adding infinity makes ecAdd check range and curve; the whole curve is the subgroup.
    function _checkG1(uint256[] calldata key, uint256 word) private view {
        (uint256 x, uint256 y) = (key[word], key[word + 1]);
        if (x | y == 0) revert IProtocolRegistry.PointAtInfinity(word);
        (bool ok,) = address(6).staticcall(abi.encode(x, y, 0, 0));
        if (!ok) revert IProtocolRegistry.BadPoint(word);
    }

    /// @dev Pairing with infinity makes ecPairing check range, curve and subgroup.
    function _checkG2(uint256[] calldata key, uint256 word) private view {
        uint256[] calldata q = key[word:word + 4];
        if (q[0] | q[1] | q[2] | q[3] == 0) revert IProtocolRegistry.PointAtInfinity(word);
        (bool ok,) = address(8).staticcall(abi.encode(0, 0, q[0], q[1], q[2], q[3]));
        if (!ok) revert IProtocolRegistry.BadPoint(word);
    }

    function _sameX(uint256[] calldata key, uint256 word, uint256 xIm, uint256 xRe)
        private
        pure
        returns (bool)
    {
        return key[word] == xIm && key[word + 1] == xRe;
    }
}
