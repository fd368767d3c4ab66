// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {DatasetRegistry} from "../../src/DatasetRegistry.sol";
import {GrantMarket} from "../../src/GrantMarket.sol";
import {ProtocolRegistry} from "../../src/ProtocolRegistry.sol";
import {ProvenanceLog} from "../../src/ProvenanceLog.sol";
import {ResultLedger} from "../../src/ResultLedger.sol";
import {TestToken} from "../../src/TestToken.sol";
import {Terms, Version} from "../../src/interfaces/IDatasetRegistry.sol";
import {Order, Permit} from "../../src/interfaces/IGrantMarket.sol";
import {Replay} from "./Replay.sol";
import {Trapdoor} from "./Trapdoor.sol";
import {Vm, vm} from "./Vm.sol";

/// @dev The five contracts, four people, one dataset's worth of values, and two checks that every test shares:
/// a refusal gives one exact error and changes nothing, and (`recorded`) the accumulators equal the replay of all logs.
abstract contract BaseTest is Replay {
    uint256 internal constant START = 1_800_000_000;
    // A precompile that refuses burns all it was given: without a limit a few refusals would use up a test.
    uint256 internal constant CALL_GAS = 5_000_000;
    uint256 internal constant READER_KEY = 0xb0b;
    bytes32 internal constant PERMIT_TYPE =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    string internal constant PROTOCOL = "allele-frequency/1";
    bytes32 internal constant FINGERPRINT = keccak256("fingerprint");
    bytes32 internal constant REQUEST = keccak256("request");
    bytes32 internal constant ANSWER = bytes32(uint256(keccak256("answer")) >> 8);
    bytes32 internal constant ENVELOPE = keccak256("envelope");

    address internal immutable ADMIN = _person("admin");
    address internal immutable PROVIDER = _person("provider");
    address internal immutable READER = vm.addr(READER_KEY);
    address internal immutable STRANGER = _person("stranger");

    DatasetRegistry internal registry;
    GrantMarket internal market;
    ProtocolRegistry internal protocols;
    ProvenanceLog internal log;
    ResultLedger internal ledger;
    TestToken internal token;

    function setUp() public {
        vm.warp(START);
        vm.label(READER, "reader");
        vm.recordLogs();
        // From artifacts: `new` would compile all six contracts once more into every test contract.
        registry = DatasetRegistry(_deploy("DatasetRegistry", abi.encode(ADMIN)));
        market = GrantMarket(_deploy("GrantMarket", abi.encode(registry, ADMIN)));
        protocols = ProtocolRegistry(_deploy("ProtocolRegistry", abi.encode(ADMIN)));
        log = ProvenanceLog(_deploy("ProvenanceLog", ""));
        ledger = ResultLedger(_deploy("ResultLedger", abi.encode(registry, market, protocols)));
        token = TestToken(_deploy("TestToken", ""));
        _followFromSeed(address(registry));
        _followFromSeed(address(market));
        _followFromSeed(address(protocols));
        _followFromSeed(address(log));
        _followFromSeed(address(ledger));
        vm.prank(ADMIN);
        registry.setToken(address(token), true);
        _prepare();
        _checkAccumulators();
    }

    /// What a test contract needs to have happened before each of its tests.
    function _prepare() internal virtual {}

    function _deploy(string memory name, bytes memory args) internal returns (address) {
        return vm.deployCode(_artifact(name), args);
    }

    /// The build that ships; for coverage the instrumented one, which has no file.
    function _artifact(string memory name) internal view returns (string memory) {
        if (vm.isContext(Vm.ForgeContext.Coverage)) return string.concat(name, ".sol:", name);
        return string.concat("out/", name, ".sol/", name, ".json");
    }

    // ---- the two shared checks ----

    /// Calls as `who`, demands exactly this revert data, and that nothing observable moved.
    function _refuse(address who, address target, bytes memory call, bytes memory err) internal {
        bytes32 before = _world();
        _replayLogs();
        vm.prank(who);
        (bool ok, bytes memory out) = target.call{gas: CALL_GAS}(call);
        _dropLogs();
        vm.assertFalse(ok, "the call went through");
        vm.assertEq(out, err, "another error");
        vm.assertEq(_world(), before, "a refused call changed something");
    }

    /// Everything that the tests' people could see: five accumulators (every change of state emits), the first
    /// grants and datasets, and the money.
    function _world() internal view virtual returns (bytes32 digest) {
        digest = _accumulators();
        for (uint256 id = 0; id < 4; id++) {
            (address buyer, uint64 deadline, uint64 expiresAt, uint8 status) = market.orderOf(id);
            digest =
                keccak256(abi.encode(digest, buyer, deadline, expiresAt, status, market.commitmentOf(id)));
            digest = keccak256(abi.encode(digest, registry.sale(id)));
        }
        digest = keccak256(abi.encode(digest, market.count(), registry.count(), ledger.count()));
        digest = keccak256(abi.encode(digest, token.balanceOf(PROVIDER), token.balanceOf(READER)));
        digest = keccak256(abi.encode(digest, token.balanceOf(address(market)), token.nonces(READER)));
    }

    function _unauthorized(address who, bytes32 role) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, who, role);
    }

    // ---- values ----

    function _person(string memory name) internal returns (address who) {
        who = vm.addr(uint256(keccak256(bytes(name))));
        vm.label(who, name);
    }

    function _version() internal pure returns (Version memory) {
        return _version("");
    }

    function _version(string memory salt) internal pure returns (Version memory) {
        return Version({
            manifest: keccak256(abi.encode("manifest", salt)),
            dataRoot: keccak256(abi.encode("root", salt)) >> 8,
            keyCommit: keccak256(abi.encode("key", salt)) >> 8,
            samples: 2504,
            columns: 9750
        });
    }

    function _terms() internal view returns (Terms memory) {
        return Terms({
            price: 100e6,
            token: address(token),
            accessSeconds: 30 days,
            deliverySeconds: 2 days,
            disputeSeconds: 3 days
        });
    }

    function _order(uint256 dataset) internal view returns (Order memory) {
        Terms memory terms = _terms();
        return Order({
            dataset: dataset,
            version: 1,
            amount: terms.price,
            token: terms.token,
            payee: PROVIDER,
            deliverer: PROVIDER,
            accessSeconds: terms.accessSeconds,
            disputeSeconds: terms.disputeSeconds,
            request: REQUEST,
            answerCommit: ANSWER
        });
    }

    function _noPermit() internal pure returns (Permit memory) {}

    function _permit(uint256 key, uint256 value) internal view returns (Permit memory) {
        return _permit(IERC20Permit(address(token)), key, value, block.timestamp + 1 hours);
    }

    function _permit(IERC20Permit coin, uint256 key, uint256 value, uint256 deadline)
        internal
        view
        returns (Permit memory p)
    {
        address owner = vm.addr(key);
        bytes32 message =
            keccak256(abi.encode(PERMIT_TYPE, owner, address(market), value, coin.nonces(owner), deadline));
        (p.v, p.r, p.s) =
            vm.sign(key, keccak256(abi.encodePacked(hex"1901", coin.DOMAIN_SEPARATOR(), message)));
        (p.value, p.deadline) = (value, deadline);
    }

    // ---- steps of the main flows ----

    function _list() internal returns (uint256 dataset) {
        vm.prank(PROVIDER);
        return registry.list(_version(), _terms());
    }

    /// The reader buys a grant for the first version at the usual terms, by a fresh mint and an allowance.
    function _buy(uint256 dataset) internal returns (uint256 grant) {
        token.mint(READER, _terms().price);
        vm.prank(READER);
        token.approve(address(market), _terms().price);
        vm.prank(READER);
        return market.buy(dataset, _version(), _terms(), REQUEST, ANSWER, _noPermit());
    }

    function _deliver(uint256 grant, uint256 dataset) internal {
        vm.prank(PROVIDER);
        market.deliver(grant, _order(dataset), ENVELOPE);
    }

    function _settle(uint256 grant, uint256 dataset) internal {
        vm.warp(block.timestamp + _terms().disputeSeconds + 1);
        market.settle(grant, _order(dataset), ENVELOPE);
    }

    function _register() internal returns (bytes32 circuit) {
        uint256[] memory key = Trapdoor.key();
        vm.prank(ADMIN);
        return protocols.register(PROTOCOL, FINGERPRINT, key);
    }
}
