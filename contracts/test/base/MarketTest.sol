// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Terms} from "../../src/interfaces/IDatasetRegistry.sol";
import {IGrantMarket, Order} from "../../src/interfaces/IGrantMarket.sol";
import {BaseTest} from "./BaseTest.sol";
import {MoodyToken} from "./MoodyToken.sol";
import {vm} from "./Vm.sol";

/// @dev A dataset on sale and one grant bought by the reader; what the market's tests look at, and its errors.
abstract contract MarketTest is BaseTest {
    uint256 internal constant DELIVER_BY = START + 2 days;

    uint256 internal dataset;
    uint256 internal grant;

    function _prepare() internal virtual override {
        dataset = _list();
        grant = _buy(dataset);
    }

    function _order() internal view returns (Order memory) {
        return _order(dataset);
    }

    function _expectGrant(uint256 id, uint256 deadline, uint256 expiry, uint8 status) internal view {
        (address buyer, uint64 d, uint64 e, uint8 s) = market.orderOf(id);
        vm.assertEq(
            abi.encode(buyer, d, e, s), abi.encode(READER, deadline, expiry, status), "the grant's slot"
        );
        vm.assertEq(market.expiresAt(id), expiry, "expiresAt");
        vm.assertEq(market.ownerOf(id), READER, "holder");
    }

    /// Nothing left of a refunded grant but its number.
    function _expectGone(uint256 id) internal view {
        (address buyer, uint64 deadline, uint64 expiry, uint8 status) = market.orderOf(id);
        vm.assertEq(abi.encode(buyer, deadline, expiry, status), abi.encode(0, 0, 0, 0), "the grant's slot");
        vm.assertEq(market.commitmentOf(id), 0, "commitment");
        vm.assertFalse(market.isActive(id), "active");
        vm.assertEq(market.expiresAt(id), 0, "expiresAt");
    }

    function _expectMoney(uint256 provider, uint256 reader, uint256 escrow) internal view {
        vm.assertEq(token.balanceOf(PROVIDER), provider, "provider's money");
        vm.assertEq(token.balanceOf(READER), reader, "reader's money");
        vm.assertEq(token.balanceOf(address(market)), escrow, "escrow");
    }

    function _commitment(Order memory order, bytes32 envelope) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(abi.encode(order)), envelope));
    }

    /// The order with one of its ten fields changed.
    function _altered(uint256 field) internal view returns (Order memory order) {
        order = _order();
        if (field == 0) order.dataset++;
        else if (field == 1) order.version++;
        else if (field == 2) order.amount++;
        else if (field == 3) order.token = STRANGER;
        else if (field == 4) order.payee = STRANGER;
        else if (field == 5) order.deliverer = STRANGER;
        else if (field == 6) order.accessSeconds++;
        else if (field == 7) order.disputeSeconds++;
        else if (field == 8) order.request = keccak256("another");
        else order.answerCommit = bytes32(uint256(1));
    }

    // ---- an order paid in a token that turns ----

    function _buyMoody(uint96 price)
        internal
        returns (MoodyToken moody, uint256 id, Terms memory terms, Order memory order)
    {
        moody = new MoodyToken();
        vm.prank(ADMIN);
        registry.setToken(address(moody), true);
        terms = _terms();
        (terms.price, terms.token) = (price, address(moody));
        vm.prank(PROVIDER);
        uint256 listed = registry.list(_version(), terms);
        moody.mint(READER, price);
        vm.prank(READER);
        moody.approve(address(market), price);
        vm.prank(READER);
        id = market.buy(listed, _version(), terms, REQUEST, ANSWER, _noPermit());
        order = _order(listed);
        (order.amount, order.token) = (price, address(moody));
    }

    // ---- errors ----

    function _wrongStatus(uint256 id, uint8 status) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGrantMarket.WrongStatus.selector, id, status);
    }

    function _wrongOrder(uint256 id) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGrantMarket.WrongOrder.selector, id);
    }

    function _notDeliverer(uint256 id, address who) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGrantMarket.NotDeliverer.selector, id, who);
    }

    function _notRevoker(uint256 id, address who) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGrantMarket.NotRevoker.selector, id, who);
    }

    function _tooEarly(uint256 id, uint256 deadline) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGrantMarket.TooEarly.selector, id, deadline);
    }

    function _tooLate(uint256 id, uint256 deadline) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IGrantMarket.TooLate.selector, id, deadline);
    }
}
