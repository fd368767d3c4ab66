// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IGrantMarket, Order, REVOKED} from "../../src/interfaces/IGrantMarket.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {MoodyToken} from "../base/MoodyToken.sol";
import {vm} from "../base/Vm.sol";

contract RevokeTest is MarketTest {
    function test_before_delivery_refunds() public recorded {
        vm.expectEmit(address(market));
        emit IERC721.Transfer(READER, address(0), grant);
        vm.expectEmit(address(market));
        emit IGrantMarket.Revoked(grant, PROVIDER, false, uint64(START));
        vm.prank(PROVIDER);
        market.revoke(grant, _order(), 0);
        _expectGone(grant);
        _expectMoney(0, _order().amount, 0);
    }

    function test_before_settlement_refunds() public recorded {
        _deliver(grant, dataset);
        vm.warp(START + 10 days);
        vm.expectEmit(address(market));
        emit IGrantMarket.Revoked(grant, PROVIDER, false, uint64(START + 10 days));
        vm.prank(PROVIDER);
        market.revoke(grant, _order(), ENVELOPE);
        _expectGone(grant);
        _expectMoney(0, _order().amount, 0);
    }

    function test_after_settlement_ends_access_alone() public recorded {
        _deliver(grant, dataset);
        _settle(grant, dataset);
        vm.assertTrue(market.isActive(grant), "access");
        vm.expectEmit(address(market));
        emit IGrantMarket.Revoked(grant, PROVIDER, true, uint64(block.timestamp));
        vm.prank(PROVIDER);
        market.revoke(grant, _order(), ENVELOPE);
        _expectGrant(grant, START + 3 days, START + 30 days, REVOKED);
        _expectMoney(_order().amount, 0, 0);
        vm.assertFalse(market.isActive(grant), "access");
        vm.assertEq(market.commitmentOf(grant), _commitment(_order(), ENVELOPE), "commitment");
    }

    function test_after_settlement_by_a_new_owner() public recorded {
        _deliver(grant, dataset);
        _settle(grant, dataset);
        _sellDataset();
        vm.expectEmit(address(market));
        emit IGrantMarket.Revoked(grant, STRANGER, true, uint64(block.timestamp));
        vm.prank(STRANGER);
        market.revoke(grant, _order(), ENVELOPE);
        _expectMoney(_order().amount, 0, 0);
    }

    function test_after_settlement_by_the_deliverer_who_sold() public recorded {
        _deliver(grant, dataset);
        _settle(grant, dataset);
        _sellDataset();
        vm.prank(PROVIDER);
        market.revoke(grant, _order(), ENVELOPE);
        vm.assertFalse(market.isActive(grant), "access");
    }

    /// Before settlement a new owner would undo the payment owed to the seller.
    function test_refuses_a_new_owner_before_settlement() public {
        _sellDataset();
        _refuseRevoke(STRANGER, _order(), 0, _notRevoker(grant, STRANGER));
        _deliver(grant, dataset);
        _refuseRevoke(STRANGER, _order(), ENVELOPE, _notRevoker(grant, STRANGER));
        vm.warp(START + 3 days + 1);
        _refuseRevoke(STRANGER, _order(), ENVELOPE, _notRevoker(grant, STRANGER));
    }

    function test_refuses_everybody_else() public {
        _refuseRevoke(STRANGER, _order(), 0, _notRevoker(grant, STRANGER));
        _refuseRevoke(READER, _order(), 0, _notRevoker(grant, READER));
        _deliver(grant, dataset);
        _settle(grant, dataset);
        _refuseRevoke(STRANGER, _order(), ENVELOPE, _notRevoker(grant, STRANGER));
        _refuseRevoke(READER, _order(), ENVELOPE, _notRevoker(grant, READER));
    }

    function test_refuses_a_second_time() public {
        _deliver(grant, dataset);
        _settle(grant, dataset);
        vm.prank(PROVIDER);
        market.revoke(grant, _order(), ENVELOPE);
        _refuseRevoke(PROVIDER, _order(), ENVELOPE, _wrongStatus(grant, REVOKED));
    }

    function test_refuses_what_is_not_there() public {
        bytes memory call = abi.encodeCall(market.revoke, (99, _order(), bytes32(0)));
        _refuse(PROVIDER, address(market), call, _wrongStatus(99, 0));
        vm.prank(PROVIDER);
        market.revoke(grant, _order(), 0);
        _refuseRevoke(PROVIDER, _order(), 0, _wrongStatus(grant, 0));
    }

    function test_refuses_altered_orders_and_envelopes() public {
        _refuseRevoke(PROVIDER, _order(), ENVELOPE, _wrongOrder(grant));
        _deliver(grant, dataset);
        _refuseRevoke(PROVIDER, _order(), 0, _wrongOrder(grant));
        for (uint256 field = 0; field < 10; field++) {
            _refuseRevoke(PROVIDER, _altered(field), ENVELOPE, _wrongOrder(grant));
        }
    }

    /// Not even by naming oneself as deliverer: the order is checked first.
    function test_refuses_who_names_themselves() public {
        _refuseRevoke(STRANGER, _altered(5), 0, _wrongOrder(grant));
    }

    function test_a_refused_push_becomes_credit() public recorded {
        (MoodyToken moody, uint256 id,, Order memory order) = _buyMoody(100e6);
        moody.set(MoodyToken.Mood.Reverts);
        vm.prank(PROVIDER);
        market.revoke(id, order, 0);
        vm.assertEq(market.credit(READER, address(moody)), order.amount, "credit");
    }

    function _sellDataset() private {
        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, STRANGER, dataset);
    }

    function _refuseRevoke(address who, Order memory order, bytes32 envelope, bytes memory err) private {
        _refuse(who, address(market), abi.encodeCall(market.revoke, (grant, order, envelope)), err);
    }
}
