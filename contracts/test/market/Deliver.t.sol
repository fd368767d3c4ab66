// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DELIVERED, IGrantMarket, Order, SETTLED} from "../../src/interfaces/IGrantMarket.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {vm} from "../base/Vm.sol";

contract DeliverTest is MarketTest {
    function test_starts_access_and_the_dispute_window() public recorded {
        vm.warp(START + 1 days);
        uint256 settleAfter = START + 4 days;
        uint256 expiry = START + 31 days;
        vm.expectEmit(address(market));
        emit IGrantMarket.Delivered(
            grant, ENVELOPE, uint64(settleAfter), uint64(expiry), uint64(START + 1 days)
        );
        _deliver(grant, dataset);

        _expectGrant(grant, settleAfter, expiry, DELIVERED);
        vm.assertEq(market.commitmentOf(grant), _commitment(_order(), ENVELOPE), "commitment");
        vm.assertTrue(market.isActive(grant), "access");
        _expectMoney(0, 0, _order().amount);
    }

    function test_one_second_before_the_deadline() public recorded {
        vm.warp(DELIVER_BY - 1);
        _deliver(grant, dataset);
    }

    function test_at_the_deadline() public recorded {
        vm.warp(DELIVER_BY);
        _deliver(grant, dataset);
    }

    function test_refuses_one_second_after_the_deadline() public {
        vm.warp(DELIVER_BY + 1);
        _refuseDeliver(PROVIDER, _order(), ENVELOPE, _tooLate(grant, DELIVER_BY));
    }

    function test_refuses_all_but_the_deliverer() public {
        _refuseDeliver(STRANGER, _order(), ENVELOPE, _notDeliverer(grant, STRANGER));
        _refuseDeliver(READER, _order(), ENVELOPE, _notDeliverer(grant, READER));
        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, STRANGER, dataset);
        _refuseDeliver(STRANGER, _order(), ENVELOPE, _notDeliverer(grant, STRANGER));
        _deliver(grant, dataset);
    }

    function test_refuses_a_zero_envelope() public {
        _refuseDeliver(PROVIDER, _order(), 0, abi.encodeWithSelector(IGrantMarket.ZeroEnvelope.selector));
    }

    function test_refuses_every_altered_order() public {
        for (uint256 field = 0; field < 10; field++) {
            _refuseDeliver(PROVIDER, _altered(field), ENVELOPE, _wrongOrder(grant));
        }
    }

    /// Hashed as it came: high bits beyond a field's range never match what was stored.
    function test_refuses_dirty_fields() public {
        for (uint256 word = 1; word < 8; word++) {
            bytes memory call = abi.encodeCall(market.deliver, (grant, _order(), ENVELOPE));
            call[4 + (1 + word) * 32] = 0x01;
            _refuse(PROVIDER, address(market), call, _wrongOrder(grant));
        }
    }

    function test_refuses_other_statuses() public {
        bytes memory call = abi.encodeCall(market.deliver, (99, _order(), ENVELOPE));
        _refuse(PROVIDER, address(market), call, _wrongStatus(99, 0));
        _deliver(grant, dataset);
        _refuseDeliver(PROVIDER, _order(), keccak256("second"), _wrongStatus(grant, DELIVERED));
        _settle(grant, dataset);
        _refuseDeliver(PROVIDER, _order(), ENVELOPE, _wrongStatus(grant, SETTLED));
    }

    function test_refuses_after_a_refund() public {
        vm.warp(DELIVER_BY + 1);
        market.refund(grant, _order());
        _refuseDeliver(PROVIDER, _order(), ENVELOPE, _wrongStatus(grant, 0));
    }

    function _refuseDeliver(address who, Order memory order, bytes32 envelope, bytes memory err) private {
        _refuse(who, address(market), abi.encodeCall(market.deliver, (grant, order, envelope)), err);
    }
}
