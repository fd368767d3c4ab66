// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title One slot that commits to every event a contract ever emitted
/// @notice `acc = keccak256(abi.encode(acc, keccak256(topics joined), keccak256(data)))` for each event, in
/// order. One storage proof of `acc` then proves that a list of events is the contract's complete history.
/// @dev Must stand leftmost in every `is` list: a base constructor that emits before the seed is written would
/// have its record overwritten.
abstract contract Accumulator {
    bytes32 private constant ACC_TAG = keccak256("provenome/v1/accumulator");

    /// @notice The accumulator after the latest event.
    bytes32 public acc;

    constructor() {
        acc = keccak256(abi.encode(ACC_TAG, block.chainid, address(this)));
    }

    /// @dev Emits and records the same bytes. `topics` is `abi.encode` of the selector and the indexed values.
    function _log(bytes memory topics, bytes memory data) internal {
        // Solidity has no statement for a log whose topics are values; `emit` beside `_record` would encode
        // the data twice and let the two drift apart.
        // slither-disable-start incorrect-equality (the number of topics, not a balance)
        assembly ("memory-safe") {
            let at := add(data, 0x20)
            let size := mload(data)
            let t0 := mload(add(topics, 0x20))
            switch mload(topics)
            case 0x20 { log1(at, size, t0) }
            case 0x40 { log2(at, size, t0, mload(add(topics, 0x40))) }
            case 0x60 { log3(at, size, t0, mload(add(topics, 0x40)), mload(add(topics, 0x60))) }
            case 0x80 {
                log4(
                    at,
                    size,
                    t0,
                    mload(add(topics, 0x40)),
                    mload(add(topics, 0x60)),
                    mload(add(topics, 0x80))
                )
            }
            default { invalid() }
        }
        // slither-disable-end incorrect-equality
        _record(topics, data);
    }

    /// @dev For events that OpenZeppelin emits itself; everything else goes through {_log}.
    function _record(bytes memory topics, bytes memory data) internal {
        acc = keccak256(abi.encode(acc, keccak256(topics), keccak256(data)));
    }
}
