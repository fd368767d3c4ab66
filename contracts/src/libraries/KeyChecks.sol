// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IProtocolRegistry} from "../interfaces/IProtocolRegistry.sol";
import {P} from "./Bn254.sol";

/// @title What a verifying key must be before anything is verified under it
library KeyChecks {
    // The generator of G2 (EIP-197), imaginary parts first.
    uint256 private constant G2_X_IM =
        11559732032986387107991004021392285783925812861821192530917403151452391805634;
    uint256 private constant G2_X_RE =
        10857046999023057135944570762232829481370756359578518086990519993285655852781;
    uint256 private constant G2_Y_IM =
        4082367875863433681332203403145435568316851327593401208105741076214120093531;
    uint256 private constant G2_Y_RE =
        8495653923123431417604973247489272438418190587263600148770280649306958101930;

    /// @notice Reverts unless α, IC_0 … IC_5 are finite points of G1, β, γ, δ finite points of G2, and δ is
    /// neither ±γ nor ± the generator.
    function check(uint256[] calldata key) internal view {
        if (key.length != 26) revert IProtocolRegistry.BadKeyLength(key.length);
        _checkG1(key, 0);
        for (uint256 word = 2; word < 14; word += 4) {
            _checkG2(key, word);
        }
        for (uint256 word = 14; word < 26; word += 2) {
            _checkG1(key, word);
        }
        if (_isPlusMinus(key[10:14], key[6], key[7], key[8], key[9])) {
            revert IProtocolRegistry.DegenerateKey();
        }
        if (_isPlusMinus(key[10:14], G2_X_IM, G2_X_RE, G2_Y_IM, G2_Y_RE)) {
            revert IProtocolRegistry.DegenerateKey();
        }
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

    /// @dev A point and its negative share x; y and P − y are the only two.
    function _isPlusMinus(uint256[] calldata q, uint256 xIm, uint256 xRe, uint256 yIm, uint256 yRe)
        private
        pure
        returns (bool)
    {
        return q[0] == xIm && q[1] == xRe
            && (q[2] == yIm && q[3] == yRe || q[2] == (P - yIm) % P && q[3] == (P - yRe) % P);
    }
}
