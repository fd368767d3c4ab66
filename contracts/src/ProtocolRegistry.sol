// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RecordedRoles} from "./RecordedRoles.sol";
import {IProtocolRegistry} from "./interfaces/IProtocolRegistry.sol";
import {Groth16} from "./libraries/Groth16.sol";
import {KeyChecks} from "./libraries/KeyChecks.sol";
import {KeyCode} from "./libraries/KeyCode.sol";
import {Name} from "./libraries/Name.sol";
import {Tagged} from "./libraries/Tagged.sol";

/// @notice See {IProtocolRegistry}.
contract ProtocolRegistry is RecordedRoles, IProtocolRegistry {
    bytes32 public constant REGISTRAR = keccak256("REGISTRAR");

    constructor(address admin) RecordedRoles(admin, REGISTRAR) {}

    function register(string calldata protocol, bytes32 fingerprint, uint256[] calldata key)
        external
        onlyRole(REGISTRAR)
        returns (bytes32 circuit)
    {
        if (!Name.isValid(protocol)) revert BadProtocol();
        if (fingerprint == 0) revert ZeroFingerprint();
        KeyChecks.check(key);
        circuit = _circuitId(protocol, fingerprint, key);
        if (keyAddress(circuit).code.length != 0) revert AlreadyRegistered(circuit);

        address place = KeyCode.store(circuit, key);
        _log(
            abi.encode(Registered.selector, circuit),
            abi.encode(protocol, fingerprint, place, uint64(block.timestamp))
        );
    }

    function verify(bytes32 circuit, uint256[5] calldata inputs, uint256[8] calldata proof)
        external
        view
        returns (bool)
    {
        return Groth16.verify(_key(circuit), inputs, proof);
    }

    function keyOf(bytes32 circuit) external view returns (uint256[] memory words) {
        uint256[26] memory key = _key(circuit);
        words = new uint256[](26);
        for (uint256 i = 0; i < 26; i++) {
            words[i] = key[i];
        }
    }

    function keyAddress(bytes32 circuit) public view returns (address) {
        return KeyCode.addressOf(circuit, address(this));
    }

    function _key(bytes32 circuit) private view returns (uint256[26] memory key) {
        bool known;
        (known, key) = KeyCode.load(keyAddress(circuit));
        if (!known) revert UnknownCircuit(circuit);
    }

    function _circuitId(string calldata protocol, bytes32 fingerprint, uint256[] calldata key)
        internal
        pure
        returns (bytes32)
    {
        bytes32 keyHash = sha256(abi.encodePacked(key));
        return Tagged.hash(
            Tagged.CIRCUIT, abi.encodePacked(uint16(bytes(protocol).length), protocol, fingerprint, keyHash)
        );
    }
}
