// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Create3} from "@openzeppelin/contracts/utils/Create3.sol";

/// @title Verifying keys as contract code
/// @notice 26 words in code cost 2,600 gas to read; in storage, 26 cold slots would cost 54,600. The address
/// follows from the circuit id and the registry alone, so the ledger finds it without a call.
library KeyCode {
    uint256 private constant SIZE = 833;

    /// @notice Deploys a key from the calling contract. It stays for ever: the first byte of its code is STOP, so
    /// nobody can run the words behind it.
    function store(bytes32 circuit, uint256[] calldata key) internal returns (address) {
        // PUSH2 833 DUP1 PUSH1 10 RETURNDATASIZE CODECOPY RETURNDATASIZE RETURN, and what it returns.
        return Create3.deploy(0, circuit, abi.encodePacked(hex"61034180600a3d393df3", hex"00", key));
    }

    function addressOf(bytes32 circuit, address registry) internal pure returns (address) {
        return Create3.computeAddress(circuit, registry);
    }

    /// @notice `known` is false, and the key zero, where no key lies.
    function load(address place) internal view returns (bool known, uint256[26] memory key) {
        known = place.code.length == SIZE;
        // Straight into place behind the STOP byte: Solidity can only copy code as `bytes`, one byte off words.
        assembly ("memory-safe") {
            extcodecopy(place, key, 1, 832)
        }
    }
}
