// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Terms, Version} from "../interfaces/IDatasetRegistry.sol";
import {Order} from "../interfaces/IGrantMarket.sol";

/// @title Hashes of structs that a caller supplies again
/// @notice Equal to `keccak256(abi.encode(x))` where every field is in its range. For comparing only: a field
/// with dirty high bits hashes to something that was never stored.
/// @dev Straight from calldata, without decoding field by field: 1,600 gas less in `deliver` (46.3k without, over
/// its target), 800 in `settle`, `refund` and `revoke`, 460 in `buy`.
library Preimage {
    function hash(Version calldata v) internal pure returns (bytes32 h) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            calldatacopy(at, v, 0xa0)
            h := keccak256(at, 0xa0)
        }
    }

    function hash(Terms calldata terms) internal pure returns (bytes32 h) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            calldatacopy(at, terms, 0xa0)
            h := keccak256(at, 0xa0)
        }
    }

    function hash(Order calldata order) internal pure returns (bytes32 h) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            calldatacopy(at, order, 0x140)
            h := keccak256(at, 0x140)
        }
    }
}
