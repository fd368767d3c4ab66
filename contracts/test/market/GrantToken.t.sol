// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IGrantMarket, PAID, DELIVERED, SETTLED} from "../../src/interfaces/IGrantMarket.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {vm} from "../base/Vm.sol";

/// @dev The grant as a token that never moves, and the views on it.
contract GrantTokenTest is MarketTest {
    function test_never_moves() public {
        bytes memory err = abi.encodeWithSelector(IGrantMarket.GrantLocked.selector);
        _refuse(READER, address(market), abi.encodeCall(market.approve, (STRANGER, grant)), err);
        _refuse(READER, address(market), abi.encodeCall(market.setApprovalForAll, (STRANGER, true)), err);
        bytes memory call = abi.encodeCall(market.transferFrom, (READER, STRANGER, grant));
        _refuse(READER, address(market), call, err);
        _refuse(STRANGER, address(market), call, err);
        call = abi.encodeCall(market.transferFrom, (address(0), STRANGER, 99));
        _refuse(STRANGER, address(market), call, err);
        call = abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", READER, STRANGER, grant);
        _refuse(READER, address(market), call, err);
        call = abi.encodeWithSignature(
            "safeTransferFrom(address,address,uint256,bytes)", READER, STRANGER, grant, ""
        );
        _refuse(READER, address(market), call, err);
    }

    function test_locked() public {
        vm.assertTrue(market.locked(grant), "locked");
        bytes memory err = abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 99);
        _refuse(STRANGER, address(market), abi.encodeCall(market.locked, (99)), err);
    }

    function test_interfaces() public view {
        vm.assertTrue(market.supportsInterface(0xb45a3c0e), "5192");
        vm.assertTrue(market.supportsInterface(0x01ffc9a7), "165");
        vm.assertTrue(market.supportsInterface(type(IERC721).interfaceId), "721");
        vm.assertTrue(market.supportsInterface(type(IAccessControl).interfaceId), "roles");
        vm.assertFalse(market.supportsInterface(0xffffffff), "none");
        vm.assertEq(market.name(), "Provenome Grant", "name");
        vm.assertEq(market.symbol(), "PVG", "symbol");
        vm.assertEq(market.registry(), address(registry), "registry");
    }

    function test_access_ends_at_expiry() public {
        vm.assertFalse(market.isActive(grant), "not delivered");
        _deliver(grant, dataset);
        uint256 expiry = START + 30 days;
        vm.assertTrue(market.isActive(grant), "delivered");
        vm.warp(expiry - 1);
        vm.assertTrue(market.isActive(grant), "one second before");
        vm.warp(expiry);
        vm.assertFalse(market.isActive(grant), "at");
        vm.warp(expiry + 1);
        vm.assertFalse(market.isActive(grant), "one second after");
        vm.assertFalse(market.isActive(99), "unknown");
    }

    function test_verify_order() public {
        _expectVerified(0, PAID, false);
        _refuseVerify(ENVELOPE, _wrongOrder(grant));
        _deliver(grant, dataset);
        _expectVerified(ENVELOPE, DELIVERED, true);
        _refuseVerify(0, _wrongOrder(grant));
        _settle(grant, dataset);
        _expectVerified(ENVELOPE, SETTLED, true);
        vm.warp(START + 30 days);
        _expectVerified(ENVELOPE, SETTLED, false);
        for (uint256 field = 0; field < 10; field++) {
            bytes memory altered = abi.encodeCall(market.verifyOrder, (grant, _altered(field), ENVELOPE));
            _refuse(STRANGER, address(market), altered, _wrongOrder(grant));
        }
        bytes memory call = abi.encodeCall(market.verifyOrder, (99, _order(), ENVELOPE));
        _refuse(STRANGER, address(market), call, _wrongStatus(99, 0));
    }

    function _expectVerified(bytes32 envelope, uint8 status, bool active) private view {
        (address buyer, uint8 s, bool a) = market.verifyOrder(grant, _order(), envelope);
        vm.assertEq(abi.encode(buyer, s, a), abi.encode(READER, status, active), "verifyOrder");
    }

    function _refuseVerify(bytes32 envelope, bytes memory err) private {
        bytes memory call = abi.encodeCall(market.verifyOrder, (grant, _order(), envelope));
        _refuse(STRANGER, address(market), call, err);
    }
}
