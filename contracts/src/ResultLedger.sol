// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Accumulator} from "./Accumulator.sol";
import {IDatasetRegistry, Version} from "./interfaces/IDatasetRegistry.sol";
import {DELIVERED, IGrantMarket, Order, SETTLED} from "./interfaces/IGrantMarket.sol";
import {DIFFERS, EQUAL, IResultLedger, Posting} from "./interfaces/IResultLedger.sol";
import {R} from "./libraries/Bn254.sol";
import {Groth16} from "./libraries/Groth16.sol";
import {KeyCode} from "./libraries/KeyCode.sol";
import {Preimage} from "./libraries/Preimage.sol";
import {Tagged} from "./libraries/Tagged.sol";

/// @notice See {IResultLedger}.
contract ResultLedger is Accumulator, IResultLedger {
    using Preimage for Version;

    IDatasetRegistry private immutable REGISTRY;
    IGrantMarket private immutable MARKET;
    address private immutable PROTOCOLS;

    // Starts at 1, so that no result pays for a first write.
    uint256 private _next = 1;
    mapping(bytes32 statement => bytes32 stepId) private _steps;
    mapping(uint256 grant => bool) public attested;

    constructor(IDatasetRegistry registry, IGrantMarket market, address protocols) {
        if (market.registry() != address(registry)) revert OtherRegistry(market.registry());
        (REGISTRY, MARKET, PROTOCOLS) = (registry, market, protocols);
    }

    function post(Posting calldata p) external returns (uint256 id) {
        if (p.query >= R) revert NotInField(p.query);
        if (p.result >= R) revert NotInField(p.result);
        if (p.stepId == 0) revert ZeroStep();
        if (p.record == 0) revert ZeroRecord();
        _checkVersion(p);
        if (p.grant == 0) _checkOwner(p.dataset);
        else _checkActive(p);
        bytes32 statement = _statement(p.circuit, p.dataset, p.version, p.query, msg.sender);
        if (_steps[statement] != 0) revert AlreadyPosted(_steps[statement]);
        _checkProof(p);

        id = _next++;
        _steps[statement] = p.stepId;
        _log(abi.encode(Posted.selector, id, p.dataset, msg.sender), _posted(p));
    }

    function attest(
        uint256 dataset,
        uint64 version,
        uint256 grant,
        Order calldata order,
        bytes32 envelope,
        uint8 verdict,
        bytes32 evidence
    ) external {
        if (verdict != EQUAL && verdict != DIFFERS) revert BadVerdict(verdict);
        if (evidence == 0) revert ZeroEvidence();
        (uint8 status,) = _checkHolder(dataset, version, grant, order, envelope);
        if (status != DELIVERED && status != SETTLED) revert NotDelivered(grant);
        if (attested[grant]) revert AlreadyAttested(grant);

        attested[grant] = true;
        _log(
            abi.encode(Attested.selector, grant, dataset, msg.sender),
            abi.encode(version, verdict, evidence, uint64(block.timestamp))
        );
    }

    function stepOf(bytes32 circuit, uint256 dataset, uint64 version, uint256 query, address poster)
        external
        view
        returns (bytes32)
    {
        return _steps[_statement(circuit, dataset, version, query, poster)];
    }

    function contextOf(address poster) public view returns (uint256) {
        bytes memory x = abi.encodePacked(uint64(block.chainid), address(this), poster);
        return Tagged.element(Tagged.hash(Tagged.CONTEXT, x));
    }

    function count() external view returns (uint256) {
        return _next - 1;
    }

    function _checkVersion(Posting calldata p) private view {
        if (p.v.hash() != REGISTRY.versionCommit(p.dataset, p.version)) {
            revert WrongVersion(p.dataset, p.version);
        }
    }

    function _checkOwner(uint256 dataset) private view {
        if (msg.sender != IERC721(address(REGISTRY)).ownerOf(dataset)) revert NotOwner(dataset, msg.sender);
    }

    function _checkActive(Posting calldata p) private view {
        (, bool active) = _checkHolder(p.dataset, p.version, p.grant, p.order, p.envelope);
        if (!active) revert GrantInactive(p.grant);
    }

    function _checkHolder(
        uint256 dataset,
        uint64 version,
        uint256 grant,
        Order calldata order,
        bytes32 envelope
    ) private view returns (uint8 status, bool active) {
        address buyer;
        (buyer, status, active) = MARKET.verifyOrder(grant, order, envelope);
        if (msg.sender != buyer) revert NotHolder(grant, msg.sender);
        if (order.dataset != dataset || order.version != version) {
            revert OtherDataset(grant, order.dataset, order.version);
        }
    }

    function _checkProof(Posting calldata p) private view {
        (bool known, uint256[26] memory key) = KeyCode.load(KeyCode.addressOf(p.circuit, PROTOCOLS));
        if (!known) revert UnknownCircuit(p.circuit);
        uint256[5] memory inputs = [contextOf(msg.sender), uint256(p.v.dataRoot), 0, p.query, p.result];
        if (!Groth16.verify(key, inputs, p.proof)) revert BadProof();
    }

    function _posted(Posting calldata p) private view returns (bytes memory) {
        uint64 time = uint64(block.timestamp);
        return abi.encode(p.circuit, p.version, p.grant, p.query, p.result, p.stepId, p.record, time);
    }

    function _statement(bytes32 circuit, uint256 dataset, uint64 version, uint256 query, address poster)
        private
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(circuit, dataset, version, query, poster));
    }
}
