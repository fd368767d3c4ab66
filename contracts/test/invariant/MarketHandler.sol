// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DatasetRegistry} from "../../src/DatasetRegistry.sol";
import {GrantMarket} from "../../src/GrantMarket.sol";
import {ON_SALE, PAUSED, Terms, Version} from "../../src/interfaces/IDatasetRegistry.sol";
import {DELIVERED, Order, PAID, Permit, REVOKED, SETTLED} from "../../src/interfaces/IGrantMarket.sol";
import {MoodyToken} from "../base/MoodyToken.sol";
import {Replay} from "../base/Replay.sol";
import {vm} from "../base/Vm.sol";

/// @dev Random lives of orders. Every call is one that must succeed, or one that must be refused; what it should
/// come to is kept here, beside the contracts and without them.
contract MarketHandler is Replay {
    struct Kept {
        Order order;
        address buyer;
        bytes32 envelope;
        uint8 status;
        uint256 deadline;
        bool paid;
        bool refunded;
    }

    address[4] public people;
    MoodyToken[2] public tokens;

    DatasetRegistry private immutable REGISTRY;
    GrantMarket private immutable MARKET;
    address private immutable ADMIN;

    uint256 public datasets;
    uint256 public grants;
    mapping(uint256 dataset => address) public ownerOf;
    mapping(uint256 dataset => Version[]) private _versions;
    mapping(uint256 dataset => Terms) private _terms;
    mapping(uint256 dataset => uint8) private _status;
    mapping(uint256 grant => Kept) private _kept;
    /// What each person must have of each token, credit included.
    mapping(address person => mapping(MoodyToken token => uint256)) public due;
    mapping(address person => mapping(MoodyToken token => uint256)) public credit;
    bool public paused;
    /// How often each ending was reached.
    mapping(string what => uint256) public reached;

    constructor(DatasetRegistry registry, GrantMarket market, address admin, MoodyToken[2] memory tokens_) {
        (REGISTRY, MARKET, ADMIN, tokens) = (registry, market, admin, tokens_);
        for (uint256 i = 0; i < 4; i++) {
            people[i] = vm.addr(1000 + i);
        }
    }

    function kept(uint256 grant) external view returns (Kept memory) {
        return _kept[grant];
    }

    function versions(uint256 dataset) external view returns (Version[] memory) {
        return _versions[dataset];
    }

    // ---- providers ----

    function list(uint256 seed) public recorded {
        if (datasets == 3) return;
        address owner = _person(seed);
        Version memory v = _version(seed);
        Terms memory terms = _someTerms(seed);
        vm.prank(owner);
        uint256 dataset = REGISTRY.list(v, terms);
        vm.assertEq(dataset, ++datasets, "id");
        (ownerOf[dataset], _status[dataset], _terms[dataset]) = (owner, ON_SALE, terms);
        _versions[dataset].push(v);
    }

    function newVersion(uint256 seed) external recorded {
        if (datasets == 0) return;
        uint256 dataset = _dataset(seed);
        Version memory v = _version(seed);
        vm.prank(ownerOf[dataset]);
        vm.assertEq(REGISTRY.newVersion(dataset, v), _versions[dataset].length + 1, "number");
        _versions[dataset].push(v);
    }

    function setTerms(uint256 seed) external recorded {
        if (datasets == 0) return;
        uint256 dataset = _dataset(seed);
        _terms[dataset] = _someTerms(seed);
        vm.prank(ownerOf[dataset]);
        REGISTRY.setTerms(dataset, _terms[dataset]);
    }

    function setStatus(uint256 seed) external recorded {
        if (datasets == 0) return;
        uint256 dataset = _dataset(seed);
        _status[dataset] = seed % 3 == 0 ? PAUSED : ON_SALE;
        vm.prank(ownerOf[dataset]);
        REGISTRY.setStatus(dataset, _status[dataset]);
    }

    function sellDataset(uint256 seed) external recorded {
        if (datasets == 0) return;
        uint256 dataset = _dataset(seed);
        address to = _person(seed >> 8);
        vm.prank(ownerOf[dataset]);
        REGISTRY.transferFrom(ownerOf[dataset], to, dataset);
        ownerOf[dataset] = to;
    }

    // ---- orders ----

    function buy(uint256 seed) external recorded {
        if (datasets == 0) return list(seed);
        uint256 dataset = _dataset(seed);
        Terms memory terms = _terms[dataset];
        MoodyToken token = MoodyToken(terms.token);
        address buyer = _person(seed >> 8);
        token.mint(buyer, terms.price);
        due[buyer][token] += terms.price;
        vm.prank(buyer);
        token.approve(address(MARKET), terms.price);

        Version memory v = _versions[dataset][_versions[dataset].length - 1];
        Permit memory none;
        bytes memory call =
            abi.encodeCall(MARKET.buy, (dataset, v, terms, keccak256(abi.encode(seed)), bytes32(0), none));
        bool possible = !paused && _status[dataset] == ON_SALE && (_kind(token) || terms.price == 0);
        if (!_call(buyer, call, possible)) return;

        Kept storage k = _kept[++grants];
        k.order = Order({
            dataset: dataset,
            version: uint64(_versions[dataset].length),
            amount: terms.price,
            token: terms.token,
            payee: ownerOf[dataset],
            deliverer: ownerOf[dataset],
            accessSeconds: terms.accessSeconds,
            disputeSeconds: terms.disputeSeconds,
            request: keccak256(abi.encode(seed)),
            answerCommit: 0
        });
        (k.buyer, k.status, k.deadline) = (buyer, PAID, block.timestamp + terms.deliverySeconds);
        due[buyer][token] -= terms.price;
    }

    function deliver(uint256 seed) external recorded {
        if (grants == 0) return;
        (uint256 grant, Kept storage k) = _some(seed);
        bytes32 envelope = keccak256(abi.encode("envelope", seed));
        bool possible = k.status == PAID && block.timestamp <= k.deadline;
        if (!_call(k.order.deliverer, abi.encodeCall(MARKET.deliver, (grant, k.order, envelope)), possible)) {
            return;
        }
        (k.status, k.envelope) = (DELIVERED, envelope);
        k.deadline = block.timestamp + k.order.disputeSeconds;
        reached["delivered"]++;
    }

    function decline(uint256 seed) external recorded {
        if (grants == 0) return;
        (uint256 grant, Kept storage k) = _some(seed);
        // A market full of refusals would show little else.
        if (seed % 4 != 0) return;
        bytes memory call = abi.encodeCall(MARKET.decline, (grant, k.order));
        if (!_call(k.order.deliverer, call, k.status == PAID)) return;
        _refunded(k, "declined");
    }

    function settle(uint256 seed) external recorded {
        if (grants == 0) return;
        (uint256 grant, Kept storage k) = _some(seed);
        bool possible = k.status == DELIVERED && block.timestamp > k.deadline;
        bytes memory call = abi.encodeCall(MARKET.settle, (grant, k.order, k.envelope));
        if (!_call(_person(seed), call, possible)) return;
        vm.assertFalse(k.paid || k.refunded, "paid out twice");
        (k.status, k.paid) = (SETTLED, true);
        _pay(k.order, k.order.payee);
        reached["settled"]++;
    }

    function refund(uint256 seed) external recorded {
        if (grants == 0) return;
        (uint256 grant, Kept storage k) = _some(seed);
        bool possible = k.status == PAID && block.timestamp > k.deadline;
        if (!_call(_person(seed), abi.encodeCall(MARKET.refund, (grant, k.order)), possible)) return;
        _refunded(k, "refunded");
    }

    function revoke(uint256 seed) external recorded {
        if (grants == 0) return;
        (uint256 grant, Kept storage k) = _some(seed);
        if (k.status != SETTLED && seed % 5 != 0) return;
        address by = seed % 2 == 0 ? k.order.deliverer : ownerOf[k.order.dataset];
        bool settled = k.status == SETTLED;
        bool possible = settled || (k.status == PAID || k.status == DELIVERED) && by == k.order.deliverer;
        bytes memory call = abi.encodeCall(MARKET.revoke, (grant, k.order, k.envelope));
        if (!_call(by, call, possible)) return;
        if (!settled) return _refunded(k, "revoked before settlement");
        k.status = REVOKED;
        reached["revoked after settlement"]++;
    }

    function withdraw(uint256 seed) external recorded {
        (address who, MoodyToken token) = (_person(seed), _token(seed));
        bool possible = credit[who][token] > 0 && _kind(token);
        if (!_call(who, abi.encodeCall(MARKET.withdraw, (address(token), who)), possible)) return;
        credit[who][token] = 0;
        reached["withdrawn"]++;
    }

    // ---- the world ----

    function pause(uint256 seed) external recorded {
        if (paused == (seed % 5 == 0)) return;
        paused = !paused;
        vm.prank(ADMIN);
        if (paused) MARKET.pause();
        else MARKET.unpause();
    }

    function turn(uint256 seed) external {
        tokens[seed % 2].set(seed % 3 == 0 ? MoodyToken.Mood(seed % 4) : MoodyToken.Mood.Kind);
    }

    function wait(uint256 seed) external {
        vm.warp(block.timestamp + seed % 2 hours);
    }

    // ---- what it comes to ----

    /// Calls the market and demands that it goes through exactly when it should.
    function _call(address who, bytes memory call, bool possible) private returns (bool ok) {
        _replayLogs();
        vm.prank(who);
        (ok,) = address(MARKET).call(call);
        if (!ok) _dropLogs();
        vm.assertTrue(ok == possible, possible ? "refused what is due" : "let through what is not");
    }

    function _refunded(Kept storage k, string memory how) private {
        vm.assertFalse(k.paid || k.refunded, "paid out twice");
        (k.status, k.refunded) = (0, true);
        _pay(k.order, k.buyer);
        reached[how]++;
    }

    function _pay(Order memory order, address to) private {
        MoodyToken token = MoodyToken(order.token);
        due[to][token] += order.amount;
        if (_kind(token)) return;
        credit[to][token] += order.amount;
        reached["credited"]++;
    }

    function _kind(MoodyToken token) private view returns (bool) {
        MoodyToken.Mood mood = token.mood();
        return mood == MoodyToken.Mood.Kind || mood == MoodyToken.Mood.ReturnsNothing;
    }

    function _some(uint256 seed) private view returns (uint256 grant, Kept storage k) {
        // Mostly the latest ones: older orders have ended.
        uint256 among = seed % 8 == 0 || grants < 4 ? grants : 4;
        grant = grants - (seed >> 16) % among;
        k = _kept[grant];
    }

    function _person(uint256 seed) private view returns (address) {
        return people[seed % 4];
    }

    function _token(uint256 seed) private view returns (MoodyToken) {
        return tokens[(seed >> 4) % 2];
    }

    function _dataset(uint256 seed) private view returns (uint256) {
        return 1 + seed % datasets;
    }

    function _version(uint256 seed) private pure returns (Version memory) {
        bytes32 root = keccak256(abi.encode("root", seed)) >> 8;
        return Version(keccak256(abi.encode("manifest", seed)), root, root, 1, uint64(seed));
    }

    function _someTerms(uint256 seed) private view returns (Terms memory) {
        uint32 window = uint32(1 hours + seed % 2 hours);
        return Terms(uint96(seed % 5 * 1e6), address(_token(seed)), 1 days, window, window);
    }
}
