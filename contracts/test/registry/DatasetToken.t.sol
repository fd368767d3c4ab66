// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC721Metadata} from "@openzeppelin/contracts/token/ERC721/extensions/IERC721Metadata.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {vm} from "../base/Vm.sol";

/// @dev The dataset as an ERC-721 token: what was overridden must behave as the standard says.
contract DatasetTokenTest is BaseTest {
    uint256 internal dataset;

    function _prepare() internal override {
        dataset = _list();
    }

    function test_transfer_moves_owner_and_balances_alone() public recorded {
        vm.expectEmit(address(registry));
        emit IERC721.Transfer(PROVIDER, STRANGER, dataset);
        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, STRANGER, dataset);
        vm.assertEq(registry.ownerOf(dataset), STRANGER, "owner");
        vm.assertEq(registry.balanceOf(PROVIDER), 0, "seller");
        vm.assertEq(registry.balanceOf(STRANGER), 1, "buyer");
        (, uint64 versions, uint8 status) = registry.head(dataset);
        vm.assertEq(abi.encode(versions, status), abi.encode(1, 1), "the rest of the slot");
    }

    function test_transfer_to_oneself_changes_nothing() public recorded {
        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, PROVIDER, dataset);
        vm.assertEq(registry.ownerOf(dataset), PROVIDER, "owner");
        vm.assertEq(registry.balanceOf(PROVIDER), 1, "balance");
    }

    function test_an_approval_is_used_up_by_a_transfer() public recorded {
        vm.expectEmit(address(registry));
        emit IERC721.Approval(PROVIDER, STRANGER, dataset);
        vm.prank(PROVIDER);
        registry.approve(STRANGER, dataset);
        vm.prank(STRANGER);
        registry.transferFrom(PROVIDER, READER, dataset);
        vm.assertEq(registry.getApproved(dataset), address(0), "cleared");
        bytes memory call = abi.encodeCall(registry.transferFrom, (READER, STRANGER, dataset));
        bytes memory err =
            abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, STRANGER, dataset);
        _refuse(STRANGER, address(registry), call, err);
    }

    function test_an_operator_moves_every_token() public recorded {
        vm.expectEmit(address(registry));
        emit IERC721.ApprovalForAll(PROVIDER, STRANGER, true);
        vm.prank(PROVIDER);
        registry.setApprovalForAll(STRANGER, true);
        vm.prank(STRANGER);
        registry.approve(READER, dataset);
        vm.prank(STRANGER);
        registry.safeTransferFrom(PROVIDER, STRANGER, dataset);
        vm.prank(PROVIDER);
        registry.setApprovalForAll(STRANGER, false);
        vm.assertFalse(registry.isApprovedForAll(PROVIDER, STRANGER), "withdrawn");
    }

    function test_refusals() public {
        bytes memory call = abi.encodeCall(registry.transferFrom, (PROVIDER, STRANGER, dataset));
        bytes memory err =
            abi.encodeWithSelector(IERC721Errors.ERC721InsufficientApproval.selector, STRANGER, dataset);
        _refuse(STRANGER, address(registry), call, err);

        call = abi.encodeCall(registry.transferFrom, (PROVIDER, STRANGER, 99));
        err = abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 99);
        _refuse(PROVIDER, address(registry), call, err);

        call = abi.encodeCall(registry.transferFrom, (STRANGER, READER, dataset));
        err = abi.encodeWithSelector(IERC721Errors.ERC721IncorrectOwner.selector, STRANGER, dataset, PROVIDER);
        _refuse(PROVIDER, address(registry), call, err);

        call = abi.encodeCall(registry.transferFrom, (PROVIDER, address(0), dataset));
        err = abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(0));
        _refuse(PROVIDER, address(registry), call, err);

        call = abi.encodeWithSignature(
            "safeTransferFrom(address,address,uint256)", PROVIDER, address(token), dataset
        );
        err = abi.encodeWithSelector(IERC721Errors.ERC721InvalidReceiver.selector, address(token));
        _refuse(PROVIDER, address(registry), call, err);

        call = abi.encodeCall(registry.balanceOf, (address(0)));
        err = abi.encodeWithSelector(IERC721Errors.ERC721InvalidOwner.selector, address(0));
        _refuse(PROVIDER, address(registry), call, err);
    }

    function test_interfaces() public view {
        vm.assertTrue(registry.supportsInterface(type(IERC165).interfaceId), "165");
        vm.assertTrue(registry.supportsInterface(type(IERC721).interfaceId), "721");
        vm.assertTrue(registry.supportsInterface(type(IERC721Metadata).interfaceId), "metadata");
        vm.assertTrue(registry.supportsInterface(type(IAccessControl).interfaceId), "roles");
        vm.assertFalse(registry.supportsInterface(0xffffffff), "none");
        vm.assertEq(registry.name(), "Provenome Dataset", "name");
        vm.assertEq(registry.symbol(), "PVD", "symbol");
    }
}
