// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vectors} from "./Vectors.sol";
import {vm} from "./Vm.sol";

/// @dev A real circuit of snarkjs with its key, proof and public inputs. It has four inputs and we take five: the
/// fifth is 0, and its IC the generator, which changes nothing in the equation.
abstract contract Snarkjs is Vectors {
    string private constant DIR = "groth16_snarkjs/multiplier1000/";

    function _snarkjsKey() internal view returns (uint256[] memory key) {
        string memory json = _json(string.concat(DIR, "verification_key.json"));
        key = new uint256[](26);
        _g1(json, ".vk_alpha_1", key, 0);
        _g2(json, ".vk_beta_2", key, 2);
        _g2(json, ".vk_gamma_2", key, 6);
        _g2(json, ".vk_delta_2", key, 10);
        for (uint256 i = 0; i < 5; i++) {
            _g1(json, _item(".IC", i), key, 14 + 2 * i);
        }
        (key[24], key[25]) = (1, 2);
    }

    function _snarkjsProof() internal view returns (uint256[8] memory proof) {
        string memory json = _json(string.concat(DIR, "proof.json"));
        uint256[] memory words = new uint256[](8);
        _g1(json, ".pi_a", words, 0);
        _g2(json, ".pi_b", words, 2);
        _g1(json, ".pi_c", words, 6);
        for (uint256 i = 0; i < 8; i++) {
            proof[i] = words[i];
        }
    }

    function _snarkjsInputs() internal view returns (uint256[5] memory inputs) {
        string memory json = _json(string.concat(DIR, "public.json"));
        for (uint256 i = 0; i < 4; i++) {
            inputs[i] = _decimal(json, _item("", i));
        }
    }

    function _g1(string memory json, string memory key, uint256[] memory words, uint256 word) private pure {
        words[word] = _decimal(json, string.concat(key, "[0]"));
        words[word + 1] = _decimal(json, string.concat(key, "[1]"));
    }

    /// snarkjs writes the real part first, the EVM wants the imaginary part first.
    function _g2(string memory json, string memory key, uint256[] memory words, uint256 word) private pure {
        words[word] = _decimal(json, string.concat(key, "[0][1]"));
        words[word + 1] = _decimal(json, string.concat(key, "[0][0]"));
        words[word + 2] = _decimal(json, string.concat(key, "[1][1]"));
        words[word + 3] = _decimal(json, string.concat(key, "[1][0]"));
    }

    function _decimal(string memory json, string memory key) private pure returns (uint256) {
        return vm.parseUint(vm.parseJsonString(json, key));
    }
}
