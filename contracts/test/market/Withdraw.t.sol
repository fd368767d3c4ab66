// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Terms} from "../../src/interfaces/IDatasetRegistry.sol";
import {IGrantMarket, Order} from "../../src/interfaces/IGrantMarket.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {MoodyToken} from "../base/MoodyToken.sol";
import {vm} from "../base/Vm.sol";

contract WithdrawTest is MarketTest {
    MoodyToken internal moody;
    uint256 internal amount;

    function _prepare() internal override {
        uint256 id;
        Order memory order;
        (moody, id,, order) = _buyMoody(100e6);
        amount = order.amount;
        moody.set(MoodyToken.Mood.ReturnsFalse);
        vm.prank(PROVIDER);
        market.decline(id, order);
        moody.set(MoodyToken.Mood.Kind);
    }

    function test_pays_all_of_it_to_anyone_named() public recorded {
        vm.assertEq(market.credit(READER, address(moody)), amount, "set up");
        vm.expectEmit(address(market));
        emit IGrantMarket.Withdrawn(READER, address(moody), STRANGER, amount, uint64(START));
        vm.prank(READER);
        market.withdraw(address(moody), STRANGER);
        vm.assertEq(moody.balanceOf(STRANGER), amount, "paid");
        vm.assertEq(moody.balanceOf(address(market)), 0, "escrow");
        vm.assertEq(market.credit(READER, address(moody)), 0, "credit");
    }

    function test_refuses_without_credit() public {
        _refuseWithdraw(STRANGER, address(moody), STRANGER, _noCredit(STRANGER, address(moody)));
        _refuseWithdraw(READER, address(token), READER, _noCredit(READER, address(token)));
        vm.prank(READER);
        market.withdraw(address(moody), READER);
        _refuseWithdraw(READER, address(moody), READER, _noCredit(READER, address(moody)));
    }

    function test_refuses_recipients_that_would_lose_it() public {
        bytes memory err = abi.encodeWithSelector(IGrantMarket.BadRecipient.selector, address(0));
        _refuseWithdraw(READER, address(moody), address(0), err);
        err = abi.encodeWithSelector(IGrantMarket.BadRecipient.selector, address(market));
        _refuseWithdraw(READER, address(moody), address(market), err);
    }

    function test_a_token_that_still_refuses_leaves_the_credit() public {
        moody.set(MoodyToken.Mood.ReturnsFalse);
        bytes memory err = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(moody));
        _refuseWithdraw(READER, address(moody), READER, err);
        moody.set(MoodyToken.Mood.Reverts);
        _refuseWithdraw(READER, address(moody), READER, abi.encodeWithSignature("Error(string)", "no"));
        vm.assertEq(market.credit(READER, address(moody)), amount, "credit");
    }

    function test_credits_add_up() public recorded {
        vm.prank(READER);
        moody.approve(address(market), 3 * amount);
        moody.mint(READER, amount);
        Terms memory terms = _terms();
        terms.token = address(moody);
        vm.prank(READER);
        uint256 id = market.buy(1, _version(), terms, REQUEST, ANSWER, _noPermit());
        Order memory order = _order(1);
        order.token = address(moody);
        moody.set(MoodyToken.Mood.Reverts);
        vm.prank(PROVIDER);
        market.decline(id, order);
        vm.assertEq(market.credit(READER, address(moody)), 2 * amount, "credit");
    }

    /// A payee that is called while it is being paid: the credit is gone before the token is called.
    function test_a_reentered_withdrawal_pays_once() public recorded {
        (uint256 first,, Order memory order) = _tokenAsPayee();
        moody.set(MoodyToken.Mood.Reverts);
        market.settle(first, order, ENVELOPE);
        vm.assertEq(market.credit(address(moody), address(moody)), amount, "set up");

        bytes memory inner = abi.encodeCall(market.withdraw, (address(moody), STRANGER));
        moody.reenter(MoodyToken.Mood.Reenters, address(market), inner);
        _refuseWithdraw(address(moody), address(moody), STRANGER, _noCredit(address(moody), address(moody)));
        vm.assertEq(market.credit(address(moody), address(moody)), amount, "credit");
    }

    /// An old credit withdrawn from inside a new push: both are paid, each once.
    function test_a_withdrawal_from_inside_a_push() public recorded {
        (uint256 first, uint256 second, Order memory order) = _tokenAsPayee();
        moody.set(MoodyToken.Mood.Reverts);
        market.settle(first, order, ENVELOPE);
        bytes memory inner = abi.encodeCall(market.withdraw, (address(moody), STRANGER));
        moody.reenter(MoodyToken.Mood.Reenters, address(market), inner);
        market.settle(second, order, ENVELOPE);
        vm.assertTrue(moody.reentryWorked(), "withdrawn from inside");
        vm.assertEq(moody.balanceOf(STRANGER), amount, "the credit");
        vm.assertEq(moody.balanceOf(address(moody)), amount, "the push");
        vm.assertEq(moody.balanceOf(address(market)), amount, "the reader's credit alone");
    }

    /// Two delivered orders, past their window, whose payee is the token itself.
    function _tokenAsPayee() private returns (uint256 first, uint256 second, Order memory order) {
        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, address(moody), 1);
        order = _order(1);
        (order.token, order.payee, order.deliverer) = (address(moody), address(moody), address(moody));
        Terms memory terms = _terms();
        terms.token = address(moody);
        moody.mint(READER, 2 * amount);
        vm.prank(READER);
        moody.approve(address(market), 2 * amount);
        vm.prank(READER);
        first = market.buy(1, _version(), terms, REQUEST, ANSWER, _noPermit());
        vm.prank(READER);
        second = market.buy(1, _version(), terms, REQUEST, ANSWER, _noPermit());
        vm.prank(address(moody));
        market.deliver(first, order, ENVELOPE);
        vm.prank(address(moody));
        market.deliver(second, order, ENVELOPE);
        vm.warp(START + 3 days + 1);
    }

    function _refuseWithdraw(address who, address coin, address to, bytes memory err) private {
        _refuse(who, address(market), abi.encodeCall(market.withdraw, (coin, to)), err);
    }

    function _noCredit(address who, address coin) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IGrantMarket.NoCredit.selector, who, coin);
    }
}
