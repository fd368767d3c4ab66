// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {DELIVERED, IGrantMarket, Order} from "../../src/interfaces/IGrantMarket.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {MoodyToken} from "../base/MoodyToken.sol";
import {vm} from "../base/Vm.sol";

contract RefundTest is MarketTest {
    function test_pays_the_buyer_back_and_burns() public recorded {
        vm.warp(DELIVER_BY + 1);
        vm.expectEmit(address(market));
        emit IERC721.Transfer(READER, address(0), grant);
        vm.expectEmit(address(market));
        emit IGrantMarket.Refunded(grant, uint64(DELIVER_BY + 1));
        vm.prank(STRANGER);
        market.refund(grant, _order());

        _expectGone(grant);
        _expectMoney(0, _order().amount, 0);
        vm.assertEq(market.balanceOf(READER), 0, "tokens");
        bytes memory err = abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, grant);
        _refuse(STRANGER, address(market), abi.encodeCall(market.ownerOf, (grant)), err);
        _refuse(STRANGER, address(market), abi.encodeCall(market.locked, (grant)), err);
    }

    function test_refuses_until_the_deadline_has_passed() public {
        vm.warp(DELIVER_BY - 1);
        _refuseRefund(_order(), _tooEarly(grant, DELIVER_BY));
        vm.warp(DELIVER_BY);
        _refuseRefund(_order(), _tooEarly(grant, DELIVER_BY));
        vm.warp(DELIVER_BY + 1);
        market.refund(grant, _order());
    }

    function test_refuses_a_second_time() public {
        vm.warp(DELIVER_BY + 1);
        market.refund(grant, _order());
        _refuseRefund(_order(), _wrongStatus(grant, 0));
    }

    function test_refuses_what_was_delivered() public {
        _deliver(grant, dataset);
        vm.warp(START + 60 days);
        _refuseRefund(_order(), _wrongStatus(grant, DELIVERED));
    }

    function test_refuses_every_altered_order() public {
        vm.warp(DELIVER_BY + 1);
        for (uint256 field = 0; field < 10; field++) {
            _refuseRefund(_altered(field), _wrongOrder(grant));
        }
    }

    function test_each_order_has_its_own_money() public recorded {
        uint256 second = _buy(dataset);
        _deliver(second, dataset);
        vm.warp(DELIVER_BY + 1);
        market.refund(grant, _order());
        _expectMoney(0, _order().amount, _order().amount);
        vm.assertEq(market.ownerOf(second), READER, "the other stays");
        vm.assertEq(market.balanceOf(READER), 1, "tokens");
        vm.assertEq(_buy(dataset), second + 1, "numbers are not used again");
    }

    function test_a_sale_of_the_dataset_redirects_nothing() public recorded {
        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, STRANGER, dataset);
        vm.warp(DELIVER_BY + 1);
        market.refund(grant, _order());
        _expectMoney(0, _order().amount, 0);
        vm.assertEq(token.balanceOf(STRANGER), 0, "new owner");
    }

    function test_a_refused_push_becomes_credit() public recorded {
        (MoodyToken moody, uint256 id,, Order memory order) = _buyMoody(100e6);
        vm.warp(DELIVER_BY + 1);
        moody.set(MoodyToken.Mood.ReturnsFalse);
        vm.expectEmit(address(market));
        emit IGrantMarket.Credited(READER, address(moody), order.amount, uint64(DELIVER_BY + 1));
        market.refund(id, order);
        _expectGone(id);
        vm.assertEq(market.credit(READER, address(moody)), order.amount, "credit");
    }

    function test_a_reentered_refund_pays_once() public recorded {
        (MoodyToken moody, uint256 id,, Order memory order) = _buyMoody(100e6);
        vm.warp(DELIVER_BY + 1);
        bytes memory inner = abi.encodeCall(market.refund, (id, order));
        moody.reenter(MoodyToken.Mood.Reenters, address(market), inner);
        market.refund(id, order);
        vm.assertEq(market.credit(READER, address(moody)), order.amount, "credit");
        vm.assertEq(moody.balanceOf(address(market)), order.amount, "still in escrow");
    }

    function _refuseRefund(Order memory order, bytes memory err) private {
        _refuse(STRANGER, address(market), abi.encodeCall(market.refund, (grant, order)), err);
    }
}
