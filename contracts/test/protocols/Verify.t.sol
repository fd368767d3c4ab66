// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IProtocolRegistry} from "../../src/interfaces/IProtocolRegistry.sol";
import {P, R} from "../../src/libraries/Bn254.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {Snarkjs} from "../base/Snarkjs.sol";
import {Trapdoor} from "../base/Trapdoor.sol";
import {vm} from "../base/Vm.sol";

contract VerifyTest is BaseTest, Snarkjs {
    bytes32 internal circuit;
    uint256[5] internal inputs;
    uint256[8] internal proof;

    function _prepare() internal override {
        uint256[] memory key = _snarkjsKey();
        vm.prank(ADMIN);
        circuit = protocols.register("multiplier/1000", FINGERPRINT, key);
        (inputs, proof) = (_snarkjsInputs(), _snarkjsProof());
    }

    function test_accepts_a_real_proof() public view {
        _expect(inputs, proof, true);
    }

    function test_refuses_each_input_altered() public view {
        for (uint256 i = 0; i < 5; i++) {
            uint256[5] memory x = inputs;
            x[i] = addmod(x[i], 1, R);
            _expect(x, proof, false);
            x[i] = 0;
            if (inputs[i] != 0) _expect(x, proof, false);
        }
    }

    /// ecMul takes any scalar, so x + r would pass as x.
    function test_refuses_inputs_outside_the_field() public view {
        for (uint256 i = 0; i < 5; i++) {
            uint256[5] memory x = inputs;
            x[i] += R;
            _expect(x, proof, false);
            x[i] = R;
            _expect(x, proof, false);
            x[i] = type(uint256).max;
            _expect(x, proof, false);
        }
    }

    function test_refuses_each_word_of_the_proof_altered() public view {
        for (uint256 i = 0; i < 8; i++) {
            uint256[8] memory p = proof;
            p[i] = addmod(p[i], 1, P);
            _expect(inputs, p, false);
            p[i] = proof[i] + P;
            _expect(inputs, p, false);
            p[i] = P;
            _expect(inputs, p, false);
            p[i] = 0;
            _expect(inputs, p, false);
        }
    }

    function test_refuses_swapped_points_and_coordinates() public view {
        uint256[8] memory p = proof;
        (p[0], p[1], p[6], p[7]) = (p[6], p[7], p[0], p[1]);
        _expect(inputs, p, false);
        p = proof;
        (p[2], p[3]) = (p[3], p[2]);
        _expect(inputs, p, false);
        (p[4], p[5]) = (p[5], p[4]);
        _expect(inputs, p, false);
        p = proof;
        (p[0], p[1]) = (p[1], p[0]);
        _expect(inputs, p, false);
    }

    function test_refuses_infinity() public view {
        uint256[8] memory p = proof;
        (p[0], p[1]) = (0, 0);
        _expect(inputs, p, false);
        p = proof;
        (p[2], p[3], p[4], p[5]) = (0, 0, 0, 0);
        _expect(inputs, p, false);
        p = proof;
        (p[6], p[7]) = (0, 0);
        _expect(inputs, p, false);
    }

    function test_refuses_negated_points() public view {
        uint256[8] memory p = proof;
        p[1] = P - p[1];
        _expect(inputs, p, false);
        p = proof;
        p[7] = P - p[7];
        _expect(inputs, p, false);
        p = proof;
        (p[4], p[5]) = (P - p[4], P - p[5]);
        _expect(inputs, p, false);
        // −A and −B together are another valid proof: anybody can rerandomise.
        p[1] = P - p[1];
        _expect(inputs, p, true);
    }

    function test_refuses_a_point_outside_the_subgroup() public view {
        uint256[8] memory p = proof;
        (p[2], p[3]) = (0, 1);
        p[4] = 5912654199736721486680175016176231956195085055698687135131307249486702594212;
        p[5] = 18278151005453108793778860132295291098363647455926340152056652516292830556603;
        _expect(inputs, p, false);
    }

    function test_refuses_another_circuit_s_proof() public {
        bytes32 other = _register();
        uint256[5] memory x = inputs;
        uint256[8] memory p = Trapdoor.prove(x);
        vm.assertTrue(protocols.verify(other, x, p), "its own");
        vm.assertFalse(protocols.verify(other, x, proof), "another's");
        vm.assertFalse(protocols.verify(circuit, x, p), "another's");
    }

    function test_unknown_circuits_revert() public {
        bytes memory call = abi.encodeCall(protocols.verify, (0, inputs, proof));
        bytes memory err = abi.encodeWithSelector(IProtocolRegistry.UnknownCircuit.selector, bytes32(0));
        _refuse(STRANGER, address(protocols), call, err);
    }

    /// forge-config: default.fuzz.runs = 32
    function testFuzz_five_inputs(uint256[5] memory x) public {
        bytes32 other = _register();
        for (uint256 i = 0; i < 5; i++) {
            x[i] %= R;
        }
        uint256[8] memory p = Trapdoor.prove(x);
        vm.assertTrue(protocols.verify(other, x, p), "proved");
        for (uint256 i = 0; i < 5; i++) {
            x[i] = addmod(x[i], 1, R);
            vm.assertFalse(protocols.verify(other, x, p), "altered");
            x[i] = addmod(x[i], R - 1, R);
        }
    }

    function _expect(uint256[5] memory x, uint256[8] memory p, bool valid) private view {
        bool answer = protocols.verify{gas: CALL_GAS}(circuit, x, p);
        vm.assertTrue(answer == valid, valid ? "a valid proof" : "an invalid proof");
    }
}
