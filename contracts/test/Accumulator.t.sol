// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Accumulator} from "../src/Accumulator.sol";
import {Vectors} from "./base/Vectors.sol";
import {Vm, vm} from "./base/Vm.sol";

contract Emitter is Accumulator {
    function log(bytes memory topics, bytes memory data) external {
        _log(topics, data);
    }

    function record(bytes memory topics, bytes memory data) external {
        _record(topics, data);
    }
}

contract AccumulatorTest is Vectors {
    function test_vectors() public {
        string memory json = _json("provenome_v1/accumulator.json");
        vm.chainId(_uint(json, ".chain"));
        Emitter emitter = Emitter(_address(json, ".contract"));
        _place(address(emitter), type(Emitter).creationCode);
        vm.assertEq(keccak256("provenome/v1/accumulator"), _bytes32(json, ".acc_tag"), "tag");
        vm.assertEq(emitter.acc(), _bytes32(json, ".seed"), "seed");

        uint256 i = 0;
        for (; _has(json, _item(".events", i)); i++) {
            string memory row = _item(".events", i);
            bytes32[] memory topics = _bytes32s(json, string.concat(row, ".topics"));
            bytes memory data = _bytes(json, string.concat(row, ".data"));
            vm.recordLogs();
            emitter.log(abi.encodePacked(topics), data);
            _emitted(topics, data);
            vm.assertEq(emitter.acc(), _bytes32(json, string.concat(row, ".acc")), row);
        }
        vm.assertEq(i, 5, "events read");
        emitter.record("", "");
        vm.assertEq(emitter.acc(), _bytes32(json, ".anonymous"), "no topics");
    }

    function test_refuses_to_log_without_topics_or_with_five() public {
        Emitter emitter = new Emitter();
        bytes32 before = emitter.acc();
        for (uint256 words = 0; words <= 5; words += 5) {
            (bool ok,) =
                address(emitter).call{gas: 1e6}(abi.encodeCall(Emitter.log, (new bytes(32 * words), "")));
            vm.assertFalse(ok, "an impossible number of topics");
        }
        vm.assertEq(emitter.acc(), before, "acc");
    }

    function testFuzz_seed_depends_on_chain_and_address(uint64 chain) public {
        vm.chainId(chain);
        Emitter emitter = new Emitter();
        bytes32 tag = keccak256("provenome/v1/accumulator");
        vm.assertEq(emitter.acc(), keccak256(abi.encode(tag, uint256(chain), address(emitter))), "seed");
    }

    function _emitted(bytes32[] memory topics, bytes memory data) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 1, "one log");
        vm.assertEq(abi.encode(logs[0].topics), abi.encode(topics), "topics");
        vm.assertEq(logs[0].data, data, "data");
    }
}
