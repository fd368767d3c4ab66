// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProvenanceLog} from "../../src/ProvenanceLog.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {MerkleTree} from "../base/MerkleTree.sol";
import {Replay} from "../base/Replay.sol";
import {vm} from "../base/Vm.sol";

/// @dev Two owners anchor two logs each, all growing along the same 48 leaves at their own pace, and try what must
/// not work: another's log, a fork, a step back.
contract LogHandler is Replay {
    ProvenanceLog private immutable LOG;
    bytes32[] private _leaves = MerkleTree.leaves(48);
    bytes32[4] public ids;
    uint64[4] public sizes;

    constructor(ProvenanceLog log) {
        LOG = log;
        for (uint256 i = 0; i < 4; i++) {
            vm.prank(ownerOf(i));
            ids[i] = log.open(vm.toString(i), bytes32(uint256(1)));
        }
        _follow(address(log), log.acc());
    }

    function ownerOf(uint256 i) public pure returns (address) {
        return vm.addr(2000 + i % 2);
    }

    function rootOf(uint256 size) external view returns (bytes32) {
        return MerkleTree.root(_leaves, 0, size);
    }

    function anchor(uint256 seed) external recorded {
        uint256 i = seed % 4;
        uint64 newSize = _grown(i, seed >> 8);
        _anchor(ownerOf(i), i, newSize, MerkleTree.root(_leaves, 0, newSize), true);
        sizes[i] = newSize;
    }

    function anchorForAnother(uint256 seed) external recorded {
        uint256 i = seed % 4;
        uint64 newSize = _grown(i, seed >> 8);
        _anchor(ownerOf(i + 1), i, newSize, MerkleTree.root(_leaves, 0, newSize), false);
    }

    /// A leaf that is already anchored, changed.
    function fork(uint256 seed) external recorded {
        uint256 i = seed % 4;
        if (sizes[i] == 0) return;
        bytes32[] memory others = _leaves;
        others[(seed >> 8) % sizes[i]] ^= bytes32(uint256(1));
        uint64 newSize = _grown(i, seed >> 16);
        bytes32[] memory proof = MerkleTree.consistency(others, sizes[i], newSize);
        _send(ownerOf(i), i, sizes[i], newSize, MerkleTree.root(others, 0, newSize), proof, false);
    }

    function stepBack(uint256 seed) external recorded {
        uint256 i = seed % 4;
        uint64 oldSize = uint64((seed >> 8) % (sizes[i] + 1));
        bytes32[] memory none;
        _send(ownerOf(i), i, sizes[i], oldSize, MerkleTree.root(_leaves, 0, oldSize), none, false);
        if (oldSize != sizes[i]) {
            _send(ownerOf(i), i, oldSize, 48, MerkleTree.root(_leaves, 0, 48), none, false);
        }
    }

    function _anchor(address who, uint256 i, uint64 newSize, bytes32 root, bool possible) private {
        bytes32[] memory proof;
        if (sizes[i] > 0) proof = MerkleTree.consistency(_leaves, sizes[i], newSize);
        _send(who, i, sizes[i], newSize, root, proof, possible);
    }

    function _send(
        address who,
        uint256 i,
        uint64 oldSize,
        uint64 newSize,
        bytes32 root,
        bytes32[] memory proof,
        bool possible
    ) private {
        _replayLogs();
        bytes memory call =
            abi.encodeCall(LOG.anchor, (ids[i], oldSize, newSize, root, bytes32(uint256(1)), proof));
        vm.prank(who);
        (bool ok,) = address(LOG).call(call);
        if (!ok) _dropLogs();
        vm.assertTrue(ok == possible, possible ? "refused a valid anchor" : "let through a bad anchor");
    }

    /// A larger size, by 1 to 4, as far as the leaves go.
    function _grown(uint256 i, uint256 seed) private view returns (uint64) {
        vm.assume(sizes[i] < 44);
        return uint64(sizes[i] + 1 + seed % 4);
    }
}

contract LogInvariants is BaseTest {
    LogHandler internal handler;

    function _prepare() internal override {
        handler = new LogHandler(log);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// forge-config: default.invariant.runs = 24
    /// The anchored size is the handler's, which only grows, and the root that of the same leaves for ever.
    function invariant_log() external view {
        for (uint256 i = 0; i < 4; i++) {
            (address owner, uint64 size, bytes32 root) = log.head(handler.ids(i));
            vm.assertEq(owner, handler.ownerOf(i), "owner");
            vm.assertEq(size, handler.sizes(i), "size");
            vm.assertEq(root, handler.rootOf(size), "root");
        }
    }
}
