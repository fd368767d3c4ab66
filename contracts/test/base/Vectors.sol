// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";

/// @dev The published vectors: JSON whose bytes are hex without 0x. Another folder can be named by the environment
/// variable PROVENOME_VECTORS.
abstract contract Vectors {
    function _folder() internal view returns (string memory) {
        return vm.envOr("PROVENOME_VECTORS", "../tests/data/vectors");
    }

    function _json(string memory file) internal view returns (string memory) {
        return vm.readFile(string.concat(_folder(), "/", file));
    }

    function _string(string memory json, string memory key) internal pure returns (string memory) {
        return vm.parseJsonString(json, key);
    }

    function _bytes(string memory json, string memory key) internal pure returns (bytes memory) {
        return vm.parseBytes(string.concat("0x", vm.parseJsonString(json, key)));
    }

    function _bytes32(string memory json, string memory key) internal pure returns (bytes32) {
        bytes memory b = _bytes(json, key);
        require(b.length == 32, key);
        return bytes32(b);
    }

    function _address(string memory json, string memory key) internal pure returns (address) {
        bytes memory b = _bytes(json, key);
        require(b.length == 20, key);
        return address(bytes20(b));
    }

    function _uint(string memory json, string memory key) internal pure returns (uint256) {
        return vm.parseJsonUint(json, key);
    }

    function _has(string memory json, string memory key) internal view returns (bool) {
        return vm.keyExistsJson(json, key);
    }

    function _bytes32s(string memory json, string memory key) internal pure returns (bytes32[] memory all) {
        string[] memory texts = vm.parseJsonStringArray(json, key);
        all = new bytes32[](texts.length);
        for (uint256 i = 0; i < texts.length; i++) {
            all[i] = bytes32(vm.parseBytes(string.concat("0x", texts[i])));
        }
    }

    /// "list[3]" and the like.
    function _item(string memory list, uint256 i) internal pure returns (string memory) {
        return string.concat(list, "[", vm.toString(i), "]");
    }

    /// Runs a constructor at a given address, as the vectors name theirs.
    function _place(address where, bytes memory creationCode) internal {
        vm.etch(where, creationCode);
        (bool ok, bytes memory code) = where.call("");
        require(ok, "constructor");
        vm.etch(where, code);
    }
}
