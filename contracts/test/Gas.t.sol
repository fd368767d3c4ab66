// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Version} from "../src/interfaces/IDatasetRegistry.sol";
import {Permit} from "../src/interfaces/IGrantMarket.sol";
import {Posting} from "../src/interfaces/IResultLedger.sol";
import {BaseTest} from "./base/BaseTest.sol";
import {Trapdoor} from "./base/Trapdoor.sol";
import {vm} from "./base/Vm.sol";

/// @dev Every row of the design's gas table, in the state that the row names, as the gas of a receipt: the whole
/// transaction, accumulator included, after refunds. Digests are fixed and have no zero bytes to speak of.
contract GasTest is BaseTest {
    uint256 internal constant SECOND_KEY = 0xc0ffee;

    function _prepare() internal override {
        token.mint(READER, 1e12);
        token.mint(vm.addr(SECOND_KEY), 1e12);
    }

    function test_isolation_is_on() public {
        vm.prank(STRANGER);
        token.approve(address(market), 0);
        vm.assertGe(_gas("isolated"), 21_000, "figures mean nothing without --isolate");
    }

    function test_list() public {
        _list();
        _within("list_first_of_owner", 140_000);
        _list();
        _within("list_next_of_owner", 122_000);
    }

    function test_new_version() public {
        uint256 dataset = _list();
        vm.prank(PROVIDER);
        registry.newVersion(dataset, _version("second"));
        _gas("new_version");
    }

    function test_buy_with_permit() public {
        uint256 dataset = _list();
        _buyBy(dataset, READER_KEY);
        _within("buy_very_first", 202_000);
        _buyBy(dataset, SECOND_KEY);
        _within("buy_new_buyer", 185_000);
        _buyBy(dataset, SECOND_KEY);
        _within("buy_same_buyer", 150_000);
    }

    function test_deliver() public {
        uint256 dataset = _list();
        uint256 grant = _buyBy(dataset, READER_KEY);
        _deliver(grant, dataset);
        _within("deliver", 46_000);
    }

    function test_settle() public {
        uint256 dataset = _list();
        (uint256 a, uint256 b) = (_buyBy(dataset, READER_KEY), _buyBy(dataset, READER_KEY));
        _buyBy(dataset, READER_KEY);
        _deliver(a, dataset);
        _deliver(b, dataset);
        _settle(a, dataset);
        _within("settle_payee_zero", 77_000);
        _settle(b, dataset);
        _within("settle_payee_nonzero", 60_000);
    }

    function test_refund_buyer_nonzero() public {
        uint256 dataset = _list();
        _buyBy(dataset, READER_KEY);
        uint256 grant = _buyBy(dataset, READER_KEY);
        vm.warp(block.timestamp + _terms().deliverySeconds + 1);
        market.refund(grant, _order(dataset));
        _within("refund_buyer_nonzero", 60_000);
    }

    function test_refund_buyer_zero() public {
        uint256 dataset = _list();
        _buyBy(dataset, READER_KEY);
        uint256 grant = _buyBy(dataset, READER_KEY);
        uint256 rest = token.balanceOf(READER);
        vm.prank(READER);
        vm.assertTrue(token.transfer(STRANGER, rest), "transfer");
        vm.warp(block.timestamp + _terms().deliverySeconds + 1);
        market.refund(grant, _order(dataset));
        _within("refund_buyer_zero", 78_000);
    }

    function test_revoke_settled_by_deliverer() public {
        (uint256 dataset, uint256 grant) = _settled();
        vm.prank(PROVIDER);
        market.revoke(grant, _order(dataset), ENVELOPE);
        _within("revoke_by_deliverer", 43_000);
    }

    function test_revoke_settled_by_owner() public {
        (uint256 dataset, uint256 grant) = _settled();
        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, STRANGER, dataset);
        vm.prank(STRANGER);
        market.revoke(grant, _order(dataset), ENVELOPE);
        _within("revoke_by_owner", 48_000);
    }

    function test_open() public {
        vm.prank(PROVIDER);
        log.open("log.example.org/provider", keccak256("ed25519"));
        _gas("open");
    }

    function test_anchor() public {
        _anchor(2 ** 20, 1);
        _within("anchor_1_hash", 47_000);
    }

    function test_anchor_worst_case() public {
        _anchor(2 ** 20 - 1, 22);
        _within("anchor_22_hashes", 76_000);
    }

    function test_register() public {
        _register();
        _gas("register");
    }

    function test_post_as_holder() public {
        bytes32 circuit = _register();
        (uint256 dataset, uint256 grant) = _settled();
        Posting memory p = _posting(circuit, dataset, grant, READER);
        vm.prank(READER);
        ledger.post(p);
        _within("post_as_holder", 305_000);
    }

    function test_post_as_owner() public {
        bytes32 circuit = _register();
        uint256 dataset = _list();
        Posting memory p = _posting(circuit, dataset, 0, PROVIDER);
        vm.prank(PROVIDER);
        ledger.post(p);
        _within("post_as_owner", 296_000);
    }

    function test_attest() public {
        (uint256 dataset, uint256 grant) = _settled();
        vm.prank(READER);
        ledger.attest(dataset, 1, grant, _order(dataset), ENVELOPE, 1, keccak256("evidence"));
        _gas("attest");
    }

    function _within(string memory name, uint256 target) private {
        vm.assertLe(_gas(name), target, name);
    }

    function _gas(string memory name) private returns (uint256) {
        return vm.snapshotGasLastCall(name);
    }

    function _buyBy(uint256 dataset, uint256 key) private returns (uint256) {
        Permit memory permit = _permit(key, _terms().price);
        vm.prank(vm.addr(key));
        return market.buy(dataset, _version(), _terms(), REQUEST, ANSWER, permit);
    }

    function _settled() private returns (uint256 dataset, uint256 grant) {
        dataset = _list();
        grant = _buyBy(dataset, READER_KEY);
        _deliver(grant, dataset);
        _settle(grant, dataset);
    }

    function _posting(bytes32 circuit, uint256 dataset, uint256 grant, address poster)
        private
        view
        returns (Posting memory p)
    {
        Version memory v = _version();
        (p.circuit, p.dataset, p.version, p.v) = (circuit, dataset, 1, v);
        if (grant != 0) (p.grant, p.order, p.envelope) = (grant, _order(dataset), ENVELOPE);
        (p.query, p.result) = (uint256(keccak256("query") >> 8), uint256(keccak256("result") >> 8));
        (p.stepId, p.record) = (keccak256("step"), keccak256("record"));
        p.proof = Trapdoor.prove([ledger.contextOf(poster), uint256(v.dataRoot), 0, p.query, p.result]);
    }

    /// A proof of `hashes` digests from `oldSize` to `oldSize + 1000`; both roots follow from it, since the first
    /// anchor takes any root.
    function _anchor(uint64 oldSize, uint256 hashes) private {
        bytes32[] memory proof = new bytes32[](hashes);
        for (uint256 i = 0; i < hashes; i++) {
            proof[i] = keccak256(abi.encode("sibling", i));
        }
        (bytes32 oldRoot, bytes32 newRoot) = _roots(oldSize, oldSize + 1000, proof);
        vm.prank(PROVIDER);
        bytes32 id = log.open("log.example.org/provider", keccak256("ed25519"));
        vm.prank(PROVIDER);
        log.anchor(id, 0, oldSize, oldRoot, keccak256("entries"), new bytes32[](0));
        vm.prank(PROVIDER);
        log.anchor(id, oldSize, oldSize + 1000, newRoot, keccak256("entries"), proof);
    }

    function _roots(uint256 oldSize, uint256 newSize, bytes32[] memory proof)
        private
        pure
        returns (bytes32 oldRoot, bytes32 newRoot)
    {
        (uint256 fn, uint256 sn) = (oldSize - 1, newSize - 1);
        while (fn & 1 == 1) (fn, sn) = (fn >> 1, sn >> 1);
        uint256 i = 0;
        oldRoot = fn == 0 ? keccak256("root") : proof[i++];
        newRoot = oldRoot;
        for (; i < proof.length; i++) {
            if (fn & 1 == 1 || fn == sn) {
                oldRoot = sha256(abi.encodePacked(hex"01", proof[i], oldRoot));
                newRoot = sha256(abi.encodePacked(hex"01", proof[i], newRoot));
                while (fn & 1 == 0 && fn != 0) (fn, sn) = (fn >> 1, sn >> 1);
            } else {
                newRoot = sha256(abi.encodePacked(hex"01", newRoot, proof[i]));
            }
            (fn, sn) = (fn >> 1, sn >> 1);
        }
    }
}
