// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {P, R} from "./Bn254.sol";

/// @title Groth16 over BN254 with five public inputs
/// @notice A key is 26 words: α (0–1), β (2–5), γ (6–9), δ (10–13), IC_0 … IC_5 (14–25); a proof is 8: A (0–1),
/// B (2–5), C (6–7); G2 coordinates have their imaginary part first.
library Groth16 {
    /// @notice Whether e(A, B) = e(α, β) · e(IC_0 + Σ x_i · IC_i, γ) · e(C, δ). False, never a revert, for
    /// everything malformed. The key must have passed the registry's checks.
    function verify(uint256[26] memory key, uint256[5] memory inputs, uint256[8] calldata proof)
        internal
        view
        returns (bool)
    {
        // The precompiles check curve and subgroup, but take infinity, and scalars of any size. `P - A.y` needs
        // 0 < A.y < P; no point of the curve has y = 0.
        if (proof[1] == 0 || proof[1] >= P) return false;
        if (proof[2] | proof[3] | proof[4] | proof[5] == 0) return false;
        if (proof[6] | proof[7] == 0) return false;
        for (uint256 i = 0; i < 5; i++) {
            if (inputs[i] >= R) return false;
        }
        (uint256 x, uint256 y) = _combine(key, inputs);

        // forgefmt: disable-next-item
        uint256[24] memory pairs = [
            proof[0], P - proof[1], proof[2], proof[3], proof[4], proof[5],
            key[0], key[1], key[2], key[3], key[4], key[5],
            x, y, key[6], key[7], key[8], key[9],
            proof[6], proof[7], key[10], key[11], key[12], key[13]
        ];
        bool one;
        // In place, here and below: through `abi.encode` and `staticcall` a post costs 5,000 gas more.
        assembly ("memory-safe") {
            one := staticcall(gas(), 8, pairs, 0x300, 0x00, 0x20)
            one := and(one, eq(mload(0x00), 1))
        }
        return one;
    }

    /// @dev IC_0 + Σ x_i · IC_i. An input of 0 adds infinity and is skipped (6,300 gas).
    function _combine(uint256[26] memory key, uint256[5] memory inputs)
        private
        view
        returns (uint256, uint256)
    {
        uint256[4] memory sum = [key[14], key[15], 0, 0];
        uint256[3] memory term;
        for (uint256 i = 0; i < 5; i++) {
            if (inputs[i] == 0) continue;
            (term[0], term[1], term[2]) = (key[16 + 2 * i], key[17 + 2 * i], inputs[i]);
            bool ok;
            assembly ("memory-safe") {
                ok := staticcall(gas(), 7, term, 0x60, add(sum, 0x40), 0x40)
                ok := and(staticcall(gas(), 6, sum, 0x80, sum, 0x40), ok)
            }
            assert(ok);
        }
        return (sum[0], sum[1]);
    }
}
