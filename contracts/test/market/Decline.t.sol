// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {DELIVERED, IGrantMarket, Order} from "../../src/interfaces/IGrantMarket.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {vm} from "../base/Vm.sol";

contract DeclineTest is MarketTest {
    function test_refunds_and_burns() public recorded {
        vm.expectEmit(address(market));
        emit IERC721.Transfer(READER, address(0), grant);
        vm.expectEmit(address(market));
        emit IGrantMarket.Declined(grant, uint64(START));
        vm.prank(PROVIDER);
        market.decline(grant, _order());
        _expectGone(grant);
        _expectMoney(0, _order().amount, 0);
        vm.assertEq(market.balanceOf(READER), 0, "tokens");
    }

    function test_even_after_the_delivery_deadline() public recorded {
        vm.warp(DELIVER_BY + 1);
        vm.prank(PROVIDER);
        market.decline(grant, _order());
        _expectMoney(0, _order().amount, 0);
    }

    function test_refuses_all_but_the_deliverer() public {
        _refuseDecline(STRANGER, _order(), _notDeliverer(grant, STRANGER));
        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, STRANGER, dataset);
        _refuseDecline(STRANGER, _order(), _notDeliverer(grant, STRANGER));
    }

    function test_refuses_every_altered_order() public {
        for (uint256 field = 0; field < 10; field++) {
            _refuseDecline(PROVIDER, _altered(field), _wrongOrder(grant));
        }
    }

    function test_refuses_other_statuses() public {
        bytes memory call = abi.encodeCall(market.decline, (99, _order()));
        _refuse(PROVIDER, address(market), call, _wrongStatus(99, 0));
        _deliver(grant, dataset);
        _refuseDecline(PROVIDER, _order(), _wrongStatus(grant, DELIVERED));
    }

    function test_refuses_a_second_time() public {
        vm.prank(PROVIDER);
        market.decline(grant, _order());
        _refuseDecline(PROVIDER, _order(), _wrongStatus(grant, 0));
    }

    function _refuseDecline(address who, Order memory order, bytes memory err) private {
        _refuse(who, address(market), abi.encodeCall(market.decline, (grant, order)), err);
    }
}
