// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProvenanceLog} from "../../src/ProvenanceLog.sol";
import {IProvenanceLog} from "../../src/interfaces/IProvenanceLog.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {Vectors} from "../base/Vectors.sol";
import {vm} from "../base/Vm.sol";

contract OpenTest is BaseTest, Vectors {
    string internal constant ORIGIN = "log.example.org/provider";
    bytes32 internal constant KEY = keccak256("ed25519");

    function test_opens_an_empty_log() public recorded {
        vm.prank(PROVIDER);
        bytes32 id = log.open(ORIGIN, KEY);
        (address owner, uint64 size, bytes32 root) = log.head(id);
        vm.assertEq(abi.encode(owner, size, root), abi.encode(PROVIDER, 0, sha256("")), "head");
    }

    function test_event() public recorded {
        string memory json = _json("provenome_v1/tags.json");
        uint256 i = 0;
        while (
            keccak256(bytes(_string(json, string.concat(_item(".tags", i), ".name")))) != keccak256("log")
        ) {
            i++;
        }
        bytes32 tag = _bytes32(json, string.concat(_item(".tags", i), ".tag_hash"));
        bytes32 id =
            sha256(abi.encodePacked(tag, tag, uint64(block.chainid), log, PROVIDER, sha256(bytes(ORIGIN))));
        vm.expectEmit(address(log));
        emit IProvenanceLog.Opened(id, PROVIDER, ORIGIN, KEY, uint64(START));
        vm.prank(PROVIDER);
        log.open(ORIGIN, KEY);
    }

    function test_log_id_vector() public {
        string memory json = _json("provenome_v1/steps.json");
        vm.chainId(_uint(json, ".log.chain"));
        ProvenanceLog placed = ProvenanceLog(_address(json, ".log.contract"));
        _place(address(placed), vm.getCode(_artifact("ProvenanceLog")));
        string memory origin = _string(json, ".log.origin");
        vm.prank(_address(json, ".log.owner"));
        bytes32 id = placed.open(origin, KEY);
        vm.assertEq(id, _bytes32(json, ".log.log_id"), "log_id");
    }

    function test_owner_and_origin_make_the_id() public recorded {
        vm.prank(PROVIDER);
        bytes32 a = log.open(ORIGIN, KEY);
        vm.prank(READER);
        bytes32 b = log.open(ORIGIN, KEY);
        vm.prank(PROVIDER);
        bytes32 c = log.open("log.example.org/other", KEY);
        vm.assertTrue(a != b && a != c && b != c, "ids differ");
    }

    function test_refuses_a_second_time() public {
        vm.prank(PROVIDER);
        bytes32 id = log.open(ORIGIN, KEY);
        bytes memory err = abi.encodeWithSelector(IProvenanceLog.AlreadyOpen.selector, id);
        _refuse(PROVIDER, address(log), abi.encodeCall(log.open, (ORIGIN, keccak256("other key"))), err);
    }

    function test_refuses_a_zero_key() public {
        bytes memory err = abi.encodeWithSelector(IProvenanceLog.ZeroKey.selector);
        _refuse(PROVIDER, address(log), abi.encodeCall(log.open, (ORIGIN, 0)), err);
    }

    function test_refuses_every_other_byte() public {
        bytes memory err = abi.encodeWithSelector(IProvenanceLog.BadOrigin.selector);
        for (uint256 b = 0; b < 256; b++) {
            string memory origin = string(abi.encodePacked("a", uint8(b), "z"));
            if (b > 0x20 && b < 0x7f && b != 0x2b) {
                vm.prank(PROVIDER);
                log.open(origin, KEY);
            } else {
                _refuse(PROVIDER, address(log), abi.encodeCall(log.open, (origin, KEY)), err);
            }
        }
    }

    function test_lengths() public {
        bytes memory err = abi.encodeWithSelector(IProvenanceLog.BadOrigin.selector);
        _refuse(PROVIDER, address(log), abi.encodeCall(log.open, ("", KEY)), err);
        _refuse(PROVIDER, address(log), abi.encodeCall(log.open, (_long(256), KEY)), err);
        vm.prank(PROVIDER);
        log.open("x", KEY);
        vm.prank(PROVIDER);
        log.open(_long(255), KEY);
    }

    function _long(uint256 length) private pure returns (string memory) {
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < length; i++) {
            text[i] = "x";
        }
        return string(text);
    }
}
