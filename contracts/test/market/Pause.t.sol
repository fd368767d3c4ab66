// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {Order} from "../../src/interfaces/IGrantMarket.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {MoodyToken} from "../base/MoodyToken.sol";
import {vm} from "../base/Vm.sol";

contract PauseTest is MarketTest {
    function test_pauses_and_unpauses() public recorded {
        vm.expectEmit(address(market));
        emit Pausable.Paused(ADMIN);
        _pause();
        vm.assertTrue(market.paused(), "paused");
        vm.assertEq(market.count(), 1, "the counter shares the slot");
        vm.expectEmit(address(market));
        emit Pausable.Unpaused(ADMIN);
        vm.prank(ADMIN);
        market.unpause();
        vm.assertFalse(market.paused(), "open");
        vm.assertEq(_buy(dataset), 2, "buys go on");
    }

    function test_refuses_all_but_the_role() public {
        bytes32 role = market.PAUSER();
        bytes memory err = _unauthorized(STRANGER, role);
        _refuse(STRANGER, address(market), abi.encodeCall(market.pause, ()), err);
        _pause();
        _refuse(STRANGER, address(market), abi.encodeCall(market.unpause, ()), err);
    }

    function test_refuses_to_do_it_twice() public {
        bytes memory err = abi.encodeWithSelector(Pausable.ExpectedPause.selector);
        _refuse(ADMIN, address(market), abi.encodeCall(market.unpause, ()), err);
        _pause();
        err = abi.encodeWithSelector(Pausable.EnforcedPause.selector);
        _refuse(ADMIN, address(market), abi.encodeCall(market.pause, ()), err);
    }

    /// Whatever the pauser does, delivery, refunds and payments go on.
    function test_stops_nothing_but_buy() public recorded {
        uint256 second = _buy(dataset);
        uint256 third = _buy(dataset);
        uint256 fourth = _buy(dataset);
        _pause();
        _deliver(grant, dataset);
        vm.prank(PROVIDER);
        market.decline(second, _order());
        vm.prank(PROVIDER);
        market.revoke(third, _order(), 0);
        _settle(grant, dataset);
        market.refund(fourth, _order());
        _expectMoney(_order().amount, 3 * uint256(_order().amount), 0);
    }

    function test_does_not_stop_withdraw() public recorded {
        (MoodyToken moody, uint256 id,, Order memory order) = _buyMoody(100e6);
        moody.set(MoodyToken.Mood.Reverts);
        vm.prank(PROVIDER);
        market.decline(id, order);
        moody.set(MoodyToken.Mood.Kind);
        _pause();
        vm.prank(READER);
        market.withdraw(address(moody), READER);
        vm.assertEq(moody.balanceOf(READER), order.amount, "paid");
    }

    function _pause() private {
        vm.prank(ADMIN);
        market.pause();
    }
}
