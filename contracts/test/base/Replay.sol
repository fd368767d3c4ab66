// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Accumulator} from "../../src/Accumulator.sol";
import {Vm, vm} from "./Vm.sol";

/// @dev Replays the logs of some contracts into accumulators of its own, as an auditor would, and compares.
abstract contract Replay {
    address[] private _followed;
    mapping(address emitter => bytes32) private _replayed;

    modifier recorded() {
        vm.recordLogs();
        _;
        _checkAccumulators();
    }

    /// From its very beginning: the seed is computed, not read.
    function _followFromSeed(address emitter) internal {
        bytes32 tag = keccak256("provenome/v1/accumulator");
        _follow(emitter, keccak256(abi.encode(tag, block.chainid, emitter)));
    }

    function _follow(address emitter, bytes32 acc) internal {
        _followed.push(emitter);
        _replayed[emitter] = acc;
    }

    function _checkAccumulators() internal {
        _replayLogs();
        for (uint256 i = 0; i < _followed.length; i++) {
            address c = _followed[i];
            vm.assertEq(Accumulator(c).acc(), _replayed[c], "acc is not the replay of the logs");
        }
    }

    /// Takes in all logs since the last time.
    function _replayLogs() internal {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) {
            bytes32 acc = _replayed[logs[i].emitter];
            if (acc == 0) continue;
            bytes32 topics = keccak256(abi.encodePacked(logs[i].topics));
            _replayed[logs[i].emitter] = keccak256(abi.encode(acc, topics, keccak256(logs[i].data)));
        }
    }

    /// forge also hands out the logs of a call that was reverted.
    function _dropLogs() internal {
        vm.getRecordedLogs();
    }

    function _accumulators() internal view returns (bytes32 digest) {
        for (uint256 i = 0; i < _followed.length; i++) {
            digest = keccak256(abi.encode(digest, Accumulator(_followed[i]).acc()));
        }
    }
}
