// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";
import {IProvenanceLog} from "../../src/interfaces/IProvenanceLog.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {MerkleTree} from "../base/MerkleTree.sol";
import {Vectors} from "../base/Vectors.sol";
import {Vm, vm} from "../base/Vm.sol";

contract AnchorTest is BaseTest, Vectors {
    bytes32 internal constant ENTRIES = keccak256("entries");
    bytes32[] internal none;

    bytes32 internal id;

    function _prepare() internal override {
        vm.prank(PROVIDER);
        id = log.open("log.example.org/provider", keccak256("ed25519"));
    }

    function test_first_and_next() public recorded {
        bytes32[] memory leaves = MerkleTree.leaves(13);
        bytes32 first = MerkleTree.root(leaves, 0, 5);
        vm.expectEmit(address(log));
        emit IProvenanceLog.Anchored(id, 0, 5, first, ENTRIES, uint64(START));
        _anchor(0, 5, first, none);
        _expectHead(5, first);

        bytes32 second = MerkleTree.root(leaves, 0, 13);
        vm.expectEmit(address(log));
        emit IProvenanceLog.Anchored(id, 5, 13, second, ENTRIES, uint64(START));
        _anchor(5, 13, second, MerkleTree.consistency(leaves, 5, 13));
        _expectHead(13, second);
    }

    /// Against the recursive definitions of RFC 6962, for every pair of sizes up to 17.
    function test_all_small_sizes() public {
        bytes32[] memory leaves = MerkleTree.leaves(17);
        for (uint64 newSize = 2; newSize <= 17; newSize++) {
            for (uint64 oldSize = 1; oldSize < newSize; oldSize++) {
                _openAnother(oldSize * 100 + newSize);
                _anchor(0, oldSize, MerkleTree.root(leaves, 0, oldSize), none);
                bytes32[] memory proof = MerkleTree.consistency(leaves, oldSize, newSize);
                _anchor(oldSize, newSize, MerkleTree.root(leaves, 0, newSize), proof);
            }
        }
    }

    function test_refuses_all_but_the_owner() public {
        bytes memory call = abi.encodeCall(log.anchor, (id, 0, 1, bytes32(uint256(1)), ENTRIES, none));
        _refuse(STRANGER, address(log), call, _notOwner(id, STRANGER));
        call = abi.encodeCall(log.anchor, (bytes32(0), 0, 1, bytes32(uint256(1)), ENTRIES, none));
        _refuse(PROVIDER, address(log), call, _notOwner(0, PROVIDER));
    }

    function test_refuses_another_old_size() public {
        bytes32[] memory leaves = MerkleTree.leaves(8);
        bytes memory err = abi.encodeWithSelector(IProvenanceLog.WrongOldSize.selector, id, 0);
        _refuseAnchor(1, 8, MerkleTree.root(leaves, 0, 8), MerkleTree.consistency(leaves, 1, 8), err);
        _anchor(0, 4, MerkleTree.root(leaves, 0, 4), none);
        err = abi.encodeWithSelector(IProvenanceLog.WrongOldSize.selector, id, 4);
        _refuseAnchor(0, 8, MerkleTree.root(leaves, 0, 8), none, err);
        _refuseAnchor(3, 8, MerkleTree.root(leaves, 0, 8), MerkleTree.consistency(leaves, 3, 8), err);
    }

    function test_refuses_a_size_that_does_not_grow() public {
        _refuseAnchor(0, 0, sha256(""), none, _notLarger(0, 0));
        bytes32 root = MerkleTree.root(MerkleTree.leaves(4), 0, 4);
        _anchor(0, 4, root, none);
        _refuseAnchor(4, 4, root, none, _notLarger(4, 4));
        _refuseAnchor(4, 3, root, none, _notLarger(4, 3));
        _refuseAnchor(4, 0, sha256(""), none, _notLarger(4, 0));
    }

    function test_refuses_zero_entries() public {
        bytes memory call = abi.encodeCall(log.anchor, (id, 0, 1, bytes32(uint256(1)), 0, none));
        bytes memory err = abi.encodeWithSelector(IProvenanceLog.ZeroEntries.selector);
        _refuse(PROVIDER, address(log), call, err);
    }

    function test_refuses_a_proof_from_size_zero() public {
        _refuseAnchor(0, 1, bytes32(uint256(1)), new bytes32[](1), _notConsistent());
    }

    /// Each way to be wrong, for each pair of sizes up to 9.
    function test_refuses_tampered_proofs() public {
        bytes32[] memory leaves = MerkleTree.leaves(9);
        for (uint64 newSize = 2; newSize <= 9; newSize++) {
            for (uint64 oldSize = 1; oldSize < newSize; oldSize++) {
                _openAnother(oldSize * 100 + newSize);
                _anchor(0, oldSize, MerkleTree.root(leaves, 0, oldSize), none);
                bytes32 root = MerkleTree.root(leaves, 0, newSize);
                bytes32[] memory proof = MerkleTree.consistency(leaves, oldSize, newSize);
                _refuseTampered(oldSize, newSize, root, proof);
            }
        }
    }

    function _refuseTampered(uint64 oldSize, uint64 newSize, bytes32 root, bytes32[] memory proof) private {
        bytes memory err = _notConsistent();
        _refuseAnchor(oldSize, newSize, root ^ bytes32(uint256(1)), proof, err);
        _refuseAnchor(oldSize, newSize, root, none, err);
        _refuseAnchor(oldSize, newSize, root, _resized(proof, proof.length - 1), err);
        _refuseAnchor(oldSize, newSize, root, _resized(proof, proof.length + 1), err);
        for (uint256 i = 0; i < proof.length; i++) {
            proof[i] ^= bytes32(uint256(1) << 77);
            _refuseAnchor(oldSize, newSize, root, proof, err);
            proof[i] ^= bytes32(uint256(1) << 77);
        }
    }

    function test_log_vectors() public {
        string memory json = _json("provenome_v1/log.json");
        bytes32[] memory roots = _bytes32s(json, ".roots");
        vm.assertEq(roots[0], sha256(""), "empty root");
        uint256 i = 0;
        for (; _has(json, _item(".consistency", i)); i++) {
            string memory row = _item(".consistency", i);
            uint64 oldSize = uint64(_uint(json, string.concat(row, ".old")));
            uint64 newSize = uint64(_uint(json, string.concat(row, ".new")));
            bytes32[] memory proof = _bytes32s(json, string.concat(row, ".proof"));
            bool ok = vm.parseJsonBool(json, string.concat(row, ".ok"));
            _openAnother(i);
            _vector(oldSize, newSize, roots[oldSize], roots[newSize], proof, ok);
        }
        vm.assertEq(i, 21, "rows read");
    }

    /// The published corpus. Some roots and hashes there are not 32 bytes long, on purpose: here they are padded,
    /// which leaves them as wrong as they were.
    function test_published_vectors() public {
        string memory folder = string.concat(_folder(), "/merkle_rfc6962/consistency");
        Vm.DirEntry[] memory entries = vm.readDir(folder, 2);
        uint256 files;
        for (uint256 i = 0; i < entries.length; i++) {
            if (entries[i].isDir) continue;
            files++;
            _openAnother(i);
            _published(vm.readFile(entries[i].path));
        }
        vm.assertEq(files, 77, "files read");
    }

    function _published(string memory json) private {
        bytes32[] memory proof;
        if (_has(json, ".proof[0]")) {
            string[] memory texts = vm.parseJsonStringArray(json, ".proof");
            proof = new bytes32[](texts.length);
            for (uint256 i = 0; i < texts.length; i++) {
                proof[i] = bytes32(Base64.decode(texts[i]));
            }
        }
        _vector(
            uint64(_uint(json, ".size1")),
            uint64(_uint(json, ".size2")),
            bytes32(Base64.decode(_string(json, ".root1"))),
            bytes32(Base64.decode(_string(json, ".root2"))),
            proof,
            !vm.parseJsonBool(json, ".wantErr")
        );
    }

    /// Anchors the old root, then judges the step to the new one. A size that does not grow is refused as such,
    /// whether the proof is valid or not; from size 0 the old root is ours.
    function _vector(
        uint64 oldSize,
        uint64 newSize,
        bytes32 oldRoot,
        bytes32 newRoot,
        bytes32[] memory proof,
        bool ok
    ) private {
        if (oldSize > 0) _anchor(0, oldSize, oldRoot, none);
        if (newSize <= oldSize) {
            _refuseAnchor(oldSize, newSize, newRoot, proof, _notLarger(oldSize, newSize));
        } else if (ok || oldSize == 0 && proof.length == 0) {
            _anchor(oldSize, newSize, newRoot, proof);
            _expectHead(newSize, newRoot);
        } else {
            _refuseAnchor(oldSize, newSize, newRoot, proof, _notConsistent());
        }
    }

    function _openAnother(uint256 number) private {
        vm.prank(PROVIDER);
        id = log.open(string.concat("log.example.org/", vm.toString(number)), keccak256("ed25519"));
    }

    function _anchor(uint64 oldSize, uint64 newSize, bytes32 root, bytes32[] memory proof) private {
        vm.prank(PROVIDER);
        log.anchor(id, oldSize, newSize, root, ENTRIES, proof);
    }

    function _refuseAnchor(
        uint64 oldSize,
        uint64 newSize,
        bytes32 root,
        bytes32[] memory proof,
        bytes memory err
    ) private {
        bytes memory call = abi.encodeCall(log.anchor, (id, oldSize, newSize, root, ENTRIES, proof));
        _refuse(PROVIDER, address(log), call, err);
    }

    function _expectHead(uint64 size, bytes32 root) private view {
        (address owner, uint64 s, bytes32 r) = log.head(id);
        vm.assertEq(abi.encode(owner, s, r), abi.encode(PROVIDER, size, root), "head");
    }

    function _resized(bytes32[] memory proof, uint256 length) private pure returns (bytes32[] memory other) {
        other = new bytes32[](length);
        for (uint256 i = 0; i < length && i < proof.length; i++) {
            other[i] = proof[i];
        }
    }

    function _notOwner(bytes32 logId, address who) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IProvenanceLog.NotLogOwner.selector, logId, who);
    }

    function _notLarger(uint64 oldSize, uint64 newSize) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IProvenanceLog.NotLarger.selector, oldSize, newSize);
    }

    function _notConsistent() private pure returns (bytes memory) {
        return abi.encodeWithSelector(IProvenanceLog.NotConsistent.selector);
    }
}
