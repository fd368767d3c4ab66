// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Accumulator} from "./Accumulator.sol";
import {IProvenanceLog} from "./interfaces/IProvenanceLog.sol";
import {Name} from "./libraries/Name.sol";
import {Rfc6962} from "./libraries/Rfc6962.sol";
import {Tagged} from "./libraries/Tagged.sol";

/// @notice See {IProvenanceLog}.
contract ProvenanceLog is Accumulator, IProvenanceLog {
    struct Head {
        address owner;
        uint64 size;
        bytes32 root;
    }

    mapping(bytes32 logId => Head) public head;

    function open(string calldata origin, bytes32 key) external returns (bytes32 logId) {
        if (!Name.isValid(origin)) revert BadOrigin();
        if (key == 0) revert ZeroKey();
        logId = _logId(msg.sender, origin);
        if (head[logId].owner != address(0)) revert AlreadyOpen(logId);

        head[logId] = Head({owner: msg.sender, size: 0, root: Rfc6962.EMPTY_ROOT});
        _log(abi.encode(Opened.selector, logId, msg.sender), abi.encode(origin, key, uint64(block.timestamp)));
    }

    function anchor(
        bytes32 logId,
        uint64 oldSize,
        uint64 newSize,
        bytes32 newRoot,
        bytes32 entries,
        bytes32[] calldata proof
    ) external {
        Head storage h = head[logId];
        if (msg.sender != h.owner) revert NotLogOwner(logId, msg.sender);
        if (oldSize != h.size) revert WrongOldSize(logId, h.size);
        if (newSize <= oldSize) revert NotLarger(oldSize, newSize);
        if (entries == 0) revert ZeroEntries();
        if (!Rfc6962.isConsistent(oldSize, newSize, h.root, newRoot, proof)) revert NotConsistent();

        (h.size, h.root) = (newSize, newRoot);
        _log(
            abi.encode(Anchored.selector, logId),
            abi.encode(oldSize, newSize, newRoot, entries, uint64(block.timestamp))
        );
    }

    function _logId(address owner, string calldata origin) private view returns (bytes32) {
        bytes32 name = sha256(bytes(origin));
        bytes memory x = abi.encodePacked(uint64(block.chainid), address(this), owner, name);
        return Tagged.hash(Tagged.LOG, x);
    }
}
