// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";
import {TestToken} from "../../src/TestToken.sol";
import {IDatasetRegistry, ON_SALE, Terms, Version} from "../../src/interfaces/IDatasetRegistry.sol";
import {IGrantMarket, Order, Permit} from "../../src/interfaces/IGrantMarket.sol";
import {IProvenanceLog} from "../../src/interfaces/IProvenanceLog.sol";
import {EQUAL, IResultLedger, Posting} from "../../src/interfaces/IResultLedger.sol";
import {Trapdoor} from "../base/Trapdoor.sol";

/// @dev Hospital and reader in one, for `scripts/bench`: hundreds of calls of the real contracts in one transaction,
/// because a chain of a million events made one transaction at a time takes an hour. It must be the only one who
/// trades: grants are found again by counting.
contract Trader {
    /// Grants of each dataset: the first is declined, the others delivered, and settled by the next call.
    uint256 private constant GRANTS = 5;
    bytes32 private constant REQUEST = keccak256("request");
    bytes32 private constant ANSWER = keccak256("answer") >> 8;
    bytes32 private constant ENVELOPE = keccak256("envelope");

    IDatasetRegistry private immutable REGISTRY;
    IGrantMarket private immutable MARKET;
    IResultLedger private immutable LEDGER;
    IProvenanceLog private immutable LOG;
    TestToken private immutable TOKEN;

    // Datasets traded by `trade`, and the first whose grants are still to be settled.
    uint256 private _first = 1;
    uint256 private _next = 1;

    constructor(
        IDatasetRegistry registry,
        IGrantMarket market,
        IResultLedger ledger,
        IProvenanceLog log,
        TestToken token
    ) {
        (REGISTRY, MARKET, LEDGER, LOG, TOKEN) = (registry, market, ledger, log, token);
        token.mint(address(this), type(uint128).max);
        token.approve(address(market), type(uint256).max);
    }

    /// @notice The key under which `trade` proves its results.
    function key() external view returns (uint256[] memory) {
        return Trapdoor.key();
    }

    /// @notice Settles what the call before delivered, at least the dispute window ago, and lists and trades so many
    /// datasets: 32 events each with their settlement, and one result.
    function trade(uint256 datasets, bytes32 circuit) external {
        for (uint256 dataset = _first; dataset < _next; dataset++) {
            _settle(dataset);
        }
        (_first, _next) = (_next, _next + datasets);
        for (uint256 dataset = _first; dataset < _next; dataset++) {
            _list(dataset);
            _sell(dataset);
            _record(dataset);
        }
        _post(_first, circuit);
    }

    /// @notice Lists datasets with these manifests, and nothing else.
    function list(Version[] calldata versions) external {
        Terms memory terms = _terms(0);
        for (uint256 i = 0; i < versions.length; i++) {
            REGISTRY.list(versions[i], terms);
        }
    }

    /// @notice So many events more, of the first dataset.
    function fill(uint256 events) external {
        for (uint256 i = 0; i < events; i++) {
            REGISTRY.setStatus(1, ON_SALE);
        }
    }

    function _list(uint256 dataset) private {
        require(REGISTRY.list(_version(dataset, 1), _terms(0)) == dataset, "another one lists");
        REGISTRY.setTerms(dataset, _terms(dataset));
        REGISTRY.newVersion(dataset, _version(dataset, 2));
    }

    function _sell(uint256 dataset) private {
        Permit memory none;
        Order memory order = _order(dataset);
        uint256 first = _firstGrant(dataset);
        for (uint256 grant = first; grant < first + GRANTS; grant++) {
            MARKET.buy(dataset, _version(dataset, 2), _terms(dataset), REQUEST, ANSWER, none);
            if (grant == first) MARKET.decline(grant, order);
            else MARKET.deliver(grant, order, ENVELOPE);
        }
        LEDGER.attest(dataset, 2, first + 1, order, ENVELOPE, EQUAL, keccak256("evidence"));
    }

    function _settle(uint256 dataset) private {
        Order memory order = _order(dataset);
        uint256 first = _firstGrant(dataset);
        for (uint256 grant = first + 1; grant < first + GRANTS; grant++) {
            MARKET.settle(grant, order, ENVELOPE);
        }
    }

    function _record(uint256 dataset) private {
        bytes32 log = LOG.open(string.concat("trader/", Strings.toString(dataset)), keccak256("key"));
        LOG.anchor(
            log, 0, uint64(dataset), _word("root", dataset), _word("entries", dataset), new bytes32[](0)
        );
    }

    function _post(uint256 dataset, bytes32 circuit) private {
        Posting memory p;
        (p.circuit, p.dataset, p.version, p.v) = (circuit, dataset, 2, _version(dataset, 2));
        (p.query, p.result) = (uint256(_word("query", dataset)) >> 8, uint256(_word("result", dataset)) >> 8);
        (p.stepId, p.record) = (_word("step", dataset), _word("record", dataset));
        p.proof =
            Trapdoor.prove([LEDGER.contextOf(address(this)), uint256(p.v.dataRoot), 0, p.query, p.result]);
        LEDGER.post(p);
    }

    function _firstGrant(uint256 dataset) private pure returns (uint256) {
        return (dataset - 1) * GRANTS + 1;
    }

    function _version(uint256 dataset, uint64 number) private pure returns (Version memory) {
        bytes32 word = keccak256(abi.encode(dataset, number));
        return Version({
            manifest: word,
            dataRoot: keccak256(abi.encode("root", word)) >> 8,
            keyCommit: keccak256(abi.encode("key", word)) >> 8,
            samples: 2504,
            columns: 9750
        });
    }

    function _terms(uint256 dataset) private view returns (Terms memory) {
        return Terms({
            price: uint96(100 + dataset),
            token: address(TOKEN),
            accessSeconds: 30 days,
            deliverySeconds: 2 days,
            disputeSeconds: 1 hours
        });
    }

    function _order(uint256 dataset) private view returns (Order memory) {
        Terms memory terms = _terms(dataset);
        return Order({
            dataset: dataset,
            version: 2,
            amount: terms.price,
            token: terms.token,
            payee: address(this),
            deliverer: address(this),
            accessSeconds: terms.accessSeconds,
            disputeSeconds: terms.disputeSeconds,
            request: REQUEST,
            answerCommit: ANSWER
        });
    }

    function _word(string memory name, uint256 dataset) private pure returns (bytes32) {
        return keccak256(abi.encode(name, dataset));
    }
}
