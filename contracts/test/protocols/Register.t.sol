// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ProtocolRegistry} from "../../src/ProtocolRegistry.sol";
import {IProtocolRegistry} from "../../src/interfaces/IProtocolRegistry.sol";
import {P} from "../../src/libraries/Bn254.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {Snarkjs} from "../base/Snarkjs.sol";
import {Trapdoor} from "../base/Trapdoor.sol";
import {vm} from "../base/Vm.sol";

/// @dev Computes ids of keys of every shape.
contract CircuitIds is ProtocolRegistry {
    constructor() ProtocolRegistry(address(1)) {}

    function idOf(string calldata protocol, bytes32 fingerprint, uint256[] calldata key)
        external
        pure
        returns (bytes32)
    {
        return _circuitId(protocol, fingerprint, key);
    }
}

contract RegisterTest is BaseTest, Snarkjs {
    // A point of the twist outside the subgroup of order r: x = 1.
    uint256 internal constant OUTSIDE_Y_IM =
        5912654199736721486680175016176231956195085055698687135131307249486702594212;
    uint256 internal constant OUTSIDE_Y_RE =
        18278151005453108793778860132295291098363647455926340152056652516292830556603;

    function test_keeps_the_key_in_code() public recorded {
        uint256[] memory key = Trapdoor.key();
        bytes32 circuit = new CircuitIds().idOf(PROTOCOL, FINGERPRINT, key);
        address place = protocols.keyAddress(circuit);
        vm.expectEmit(address(protocols));
        emit IProtocolRegistry.Registered(circuit, PROTOCOL, FINGERPRINT, place, uint64(START));
        vm.prank(ADMIN);
        vm.assertEq(protocols.register(PROTOCOL, FINGERPRINT, key), circuit, "id");

        vm.assertEq(place.code, abi.encodePacked(hex"00", key), "code");
        vm.assertEq(abi.encode(protocols.keyOf(circuit)), abi.encode(key), "keyOf");
    }

    function test_the_key_cannot_be_run() public {
        address place = protocols.keyAddress(_register());
        (bool ok, bytes memory out) = place.call(hex"01020304");
        vm.assertTrue(ok, "stops");
        vm.assertEq(out, "", "at once");
        vm.assertEq(place.code.length, 833, "and is still there");
    }

    /// γ = 1 is what every ceremony of snarkjs has.
    function test_a_real_key() public recorded {
        uint256[] memory key = _snarkjsKey();
        vm.prank(ADMIN);
        bytes32 circuit = protocols.register("multiplier/1000", FINGERPRINT, key);
        vm.assertEq(abi.encode(protocols.keyOf(circuit)), abi.encode(key), "keyOf");
    }

    function test_name_fingerprint_and_key_make_the_id() public recorded {
        uint256[] memory key = Trapdoor.key();
        vm.startPrank(ADMIN);
        bytes32 a = protocols.register("a", FINGERPRINT, key);
        bytes32 b = protocols.register("b", FINGERPRINT, key);
        bytes32 c = protocols.register("a", keccak256("other"), key);
        (key[14], key[15]) = (1, 2);
        bytes32 d = protocols.register("a", FINGERPRINT, key);
        vm.stopPrank();
        vm.assertTrue(a != b && a != c && a != d && b != c && b != d && c != d, "ids differ");
    }

    function test_circuit_id_vector() public {
        string memory json = _json("provenome_v1/statement.json");
        bytes memory vk = _bytes(json, ".circuit_id.vk");
        vm.assertEq(sha256(vk), _bytes32(json, ".circuit_id.vk_sha256"), "vk");
        uint256[] memory key = new uint256[](vk.length / 32);
        for (uint256 i = 0; i < key.length; i++) {
            uint256 word;
            assembly ("memory-safe") {
                word := mload(add(add(vk, 0x20), mul(i, 0x20)))
            }
            key[i] = word;
            if (i < 24) vm.assertEq(word, _snarkjsKey()[i], "the same words as the file's");
        }
        bytes32 circuit = new CircuitIds()
            .idOf(_string(json, ".circuit_id.protocol"), _bytes32(json, ".circuit_id.fingerprint"), key);
        vm.assertEq(circuit, _bytes32(json, ".circuit_id.circuit_id"), "circuit_id");
    }

    function test_refuses_all_but_the_registrar() public {
        bytes memory call = abi.encodeCall(protocols.register, (PROTOCOL, FINGERPRINT, Trapdoor.key()));
        _refuse(STRANGER, address(protocols), call, _unauthorized(STRANGER, protocols.REGISTRAR()));
    }

    function test_refuses_a_second_time() public {
        bytes32 circuit = _register();
        _refuseKey(
            Trapdoor.key(), abi.encodeWithSelector(IProtocolRegistry.AlreadyRegistered.selector, circuit)
        );
    }

    function test_refuses_names() public {
        string[7] memory bad =
            ["", "a b", "a+b", "a\tb", "a\x7f", unicode"fréquence/1", string(_repeat("x", 256))];
        bytes memory err = abi.encodeWithSelector(IProtocolRegistry.BadProtocol.selector);
        for (uint256 i = 0; i < bad.length; i++) {
            bytes memory call = abi.encodeCall(protocols.register, (bad[i], FINGERPRINT, Trapdoor.key()));
            _refuse(ADMIN, address(protocols), call, err);
        }
        uint256[] memory key = Trapdoor.key();
        vm.prank(ADMIN);
        protocols.register(string(_repeat("~", 255)), FINGERPRINT, key);
        vm.prank(ADMIN);
        protocols.register("!", FINGERPRINT, key);
    }

    function test_refuses_a_zero_fingerprint() public {
        bytes memory call = abi.encodeCall(protocols.register, (PROTOCOL, 0, Trapdoor.key()));
        bytes memory err = abi.encodeWithSelector(IProtocolRegistry.ZeroFingerprint.selector);
        _refuse(ADMIN, address(protocols), call, err);
    }

    function test_refuses_other_lengths() public {
        uint256[4] memory lengths = [uint256(0), 24, 25, 28];
        for (uint256 i = 0; i < lengths.length; i++) {
            uint256[] memory key = new uint256[](lengths[i]);
            _refuseKey(key, abi.encodeWithSelector(IProtocolRegistry.BadKeyLength.selector, lengths[i]));
        }
    }

    function test_refuses_infinity_anywhere() public {
        uint256[] memory words = _points();
        for (uint256 i = 0; i < words.length; i++) {
            uint256[] memory key = Trapdoor.key();
            for (uint256 j = 0; j < _size(words[i]); j++) {
                key[words[i] + j] = 0;
            }
            _refuseKey(key, abi.encodeWithSelector(IProtocolRegistry.PointAtInfinity.selector, words[i]));
        }
    }

    /// Each coordinate of each point once off by one, once in another spelling (+ p).
    function test_refuses_points_off_the_curve_and_coordinates_above_p() public {
        uint256[] memory words = _points();
        for (uint256 i = 0; i < words.length; i++) {
            bytes memory err = abi.encodeWithSelector(IProtocolRegistry.BadPoint.selector, words[i]);
            for (uint256 j = 0; j < _size(words[i]); j++) {
                uint256[] memory key = Trapdoor.key();
                key[words[i] + j] += 1;
                _refuseKey(key, err);
                key[words[i] + j] += P - 1;
                _refuseKey(key, err);
                key[words[i] + j] = P;
                _refuseKey(key, err);
            }
        }
    }

    function test_refuses_points_outside_the_subgroup() public {
        for (uint256 word = 2; word < 14; word += 4) {
            uint256[] memory key = Trapdoor.key();
            (key[word], key[word + 1]) = (0, 1);
            (key[word + 2], key[word + 3]) = (OUTSIDE_Y_IM, OUTSIDE_Y_RE);
            _refuseKey(key, abi.encodeWithSelector(IProtocolRegistry.BadPoint.selector, word));
        }
    }

    function test_refuses_degenerate_keys() public {
        bytes memory err = abi.encodeWithSelector(IProtocolRegistry.DegenerateKey.selector);
        uint256[] memory key = Trapdoor.key();
        // each two of β, γ, δ, the one made ± the other
        uint256[3] memory words = [uint256(2), 6, 10];
        for (uint256 i = 0; i < 9; i++) {
            (uint256 a, uint256 b) = (words[i / 3], words[i % 3]);
            if (a == b) continue;
            key = Trapdoor.key();
            for (uint256 j = 0; j < 4; j++) {
                key[a + j] = key[b + j];
            }
            _refuseKey(key, err);
            (key[a + 2], key[a + 3]) = (P - key[a + 2], P - key[a + 3]);
            _refuseKey(key, err);
        }
        // δ = ± the generator, γ another point
        key = Trapdoor.key();
        uint256[] memory other = Trapdoor.key();
        for (uint256 j = 0; j < 4; j++) {
            (key[6 + j], key[10 + j]) = (other[10 + j], other[6 + j]);
        }
        _refuseKey(key, err);
        (key[12], key[13]) = (P - key[12], P - key[13]);
        _refuseKey(key, err);
    }

    function test_unknown_circuits() public {
        bytes memory err = abi.encodeWithSelector(IProtocolRegistry.UnknownCircuit.selector, bytes32(0));
        _refuse(STRANGER, address(protocols), abi.encodeCall(protocols.keyOf, (0)), err);
    }

    /// Where the points of a key begin.
    function _points() private pure returns (uint256[] memory words) {
        words = new uint256[](10);
        (words[0], words[1], words[2], words[3]) = (0, 2, 6, 10);
        for (uint256 i = 0; i < 6; i++) {
            words[4 + i] = 14 + 2 * i;
        }
    }

    function _size(uint256 word) private pure returns (uint256) {
        return word >= 2 && word < 14 ? 4 : 2;
    }

    function _repeat(bytes1 char, uint256 times) private pure returns (bytes memory text) {
        text = new bytes(times);
        for (uint256 i = 0; i < times; i++) {
            text[i] = char;
        }
    }

    function _refuseKey(uint256[] memory key, bytes memory err) private {
        bytes memory call = abi.encodeCall(protocols.register, (PROTOCOL, FINGERPRINT, key));
        _refuse(ADMIN, address(protocols), call, err);
    }
}
