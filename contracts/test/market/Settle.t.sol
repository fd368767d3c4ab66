// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGrantMarket, Order, PAID, SETTLED} from "../../src/interfaces/IGrantMarket.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {MoodyToken} from "../base/MoodyToken.sol";
import {vm} from "../base/Vm.sol";

contract SettleTest is MarketTest {
    uint256 internal constant SETTLE_AFTER = START + 3 days;

    function _prepare() internal override {
        super._prepare();
        _deliver(grant, dataset);
    }

    function test_pays_the_provider() public recorded {
        vm.warp(SETTLE_AFTER + 1);
        vm.expectEmit(address(market));
        emit IGrantMarket.Settled(grant, PROVIDER, _order().amount, uint64(SETTLE_AFTER + 1));
        vm.prank(STRANGER);
        market.settle(grant, _order(), ENVELOPE);
        _expectMoney(_order().amount, 0, 0);
        _expectGrant(grant, SETTLE_AFTER, START + 30 days, SETTLED);
        vm.assertEq(market.commitmentOf(grant), _commitment(_order(), ENVELOPE), "commitment");
        vm.assertTrue(market.isActive(grant), "access goes on");
    }

    function test_refuses_until_the_window_has_passed() public {
        vm.warp(SETTLE_AFTER - 1);
        _refuseSettle(_order(), ENVELOPE, _tooEarly(grant, SETTLE_AFTER));
        vm.warp(SETTLE_AFTER);
        _refuseSettle(_order(), ENVELOPE, _tooEarly(grant, SETTLE_AFTER));
        vm.warp(SETTLE_AFTER + 1);
        market.settle(grant, _order(), ENVELOPE);
    }

    function test_long_after_access_has_expired() public recorded {
        vm.warp(START + 365 days);
        market.settle(grant, _order(), ENVELOPE);
        _expectMoney(_order().amount, 0, 0);
        vm.assertFalse(market.isActive(grant), "expired");
    }

    function test_refuses_a_second_time() public {
        _settle(grant, dataset);
        _refuseSettle(_order(), ENVELOPE, _wrongStatus(grant, SETTLED));
    }

    function test_refuses_what_was_not_delivered() public {
        uint256 second = _buy(dataset);
        vm.warp(START + 60 days);
        bytes memory call = abi.encodeCall(market.settle, (second, _order(), bytes32(0)));
        _refuse(STRANGER, address(market), call, _wrongStatus(second, PAID));
        call = abi.encodeCall(market.settle, (99, _order(), ENVELOPE));
        _refuse(STRANGER, address(market), call, _wrongStatus(99, 0));
    }

    function test_refuses_altered_orders_and_envelopes() public {
        vm.warp(SETTLE_AFTER + 1);
        for (uint256 field = 0; field < 10; field++) {
            _refuseSettle(_altered(field), ENVELOPE, _wrongOrder(grant));
        }
        _refuseSettle(_order(), keccak256("another"), _wrongOrder(grant));
        _refuseSettle(_order(), 0, _wrongOrder(grant));
    }

    /// The token was sold in mid-order: the money still goes to who sold the access.
    function test_a_sale_of_the_dataset_redirects_nothing() public recorded {
        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, STRANGER, dataset);
        _settle(grant, dataset);
        _expectMoney(_order().amount, 0, 0);
        vm.assertEq(token.balanceOf(STRANGER), 0, "new owner");
    }

    function test_a_refused_push_becomes_credit() public recorded {
        _refusedPush(MoodyToken.Mood.Reverts);
        _refusedPush(MoodyToken.Mood.ReturnsFalse);
    }

    function test_a_token_without_code_becomes_credit() public recorded {
        (MoodyToken moody, uint256 id, Order memory order) = _deliveredMoody();
        vm.etch(address(moody), "");
        market.settle(id, order, ENVELOPE);
        vm.assertEq(market.credit(PROVIDER, address(moody)), order.amount, "credit");
    }

    function test_a_token_that_returns_nothing_has_paid() public recorded {
        (MoodyToken moody, uint256 id, Order memory order) = _deliveredMoody();
        moody.set(MoodyToken.Mood.ReturnsNothing);
        market.settle(id, order, ENVELOPE);
        vm.assertEq(market.credit(PROVIDER, address(moody)), 0, "credit");
        vm.assertEq(moody.balanceOf(PROVIDER), order.amount, "paid");
    }

    /// State is written before the push, so settling again from inside finds nothing to settle.
    function test_a_reentered_settlement_pays_once() public recorded {
        (MoodyToken moody, uint256 id, Order memory order) = _deliveredMoody();
        bytes memory inner = abi.encodeCall(market.settle, (id, order, ENVELOPE));
        moody.reenter(MoodyToken.Mood.Reenters, address(market), inner);
        market.settle(id, order, ENVELOPE);
        vm.assertEq(market.credit(PROVIDER, address(moody)), order.amount, "credit");
        vm.assertEq(moody.balanceOf(address(market)), order.amount, "still in escrow");
    }

    function test_price_zero_moves_no_token() public recorded {
        (MoodyToken moody, uint256 id,, Order memory order) = _buyMoody(0);
        vm.prank(PROVIDER);
        market.deliver(id, order, ENVELOPE);
        moody.set(MoodyToken.Mood.Reverts);
        vm.warp(block.timestamp + 3 days + 1);
        market.settle(id, order, ENVELOPE);
        vm.assertEq(market.credit(PROVIDER, address(moody)), 0, "credit");
    }

    function _refuseSettle(Order memory order, bytes32 envelope, bytes memory err) private {
        _refuse(STRANGER, address(market), abi.encodeCall(market.settle, (grant, order, envelope)), err);
    }

    function _deliveredMoody() private returns (MoodyToken moody, uint256 id, Order memory order) {
        (moody, id,, order) = _buyMoody(100e6);
        vm.prank(PROVIDER);
        market.deliver(id, order, ENVELOPE);
        vm.warp(block.timestamp + 3 days + 1);
    }

    function _refusedPush(MoodyToken.Mood mood) private {
        (MoodyToken moody, uint256 id, Order memory order) = _deliveredMoody();
        moody.set(mood);
        vm.expectEmit(address(market));
        emit IGrantMarket.Settled(id, PROVIDER, order.amount, uint64(block.timestamp));
        vm.expectEmit(address(market));
        emit IGrantMarket.Credited(PROVIDER, address(moody), order.amount, uint64(block.timestamp));
        market.settle(id, order, ENVELOPE);
        vm.assertEq(market.credit(PROVIDER, address(moody)), order.amount, "credit");
        (,,, uint8 status) = market.orderOf(id);
        vm.assertEq(status, SETTLED, "not blocked");
    }
}
