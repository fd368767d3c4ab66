// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {BaseTest} from "./base/BaseTest.sol";
import {vm} from "./base/Vm.sol";

/// @dev The same for each contract that has a role. Both modifiers of a role's life are in the accumulator, and a
/// grant or revocation that changes nothing is not.
contract RolesTest is BaseTest {
    function test_registry() public recorded {
        _life(registry, registry.TOKEN_LISTER());
    }

    function test_market() public recorded {
        _life(market, market.PAUSER());
    }

    function test_protocols() public recorded {
        _life(protocols, protocols.REGISTRAR());
    }

    function _life(AccessControl c, bytes32 role) private {
        vm.assertTrue(c.hasRole(c.DEFAULT_ADMIN_ROLE(), ADMIN), "admin");
        vm.assertTrue(c.hasRole(role, ADMIN), "working role");
        vm.assertFalse(c.hasRole(role, address(this)), "not the deployer");
        bytes memory call = abi.encodeCall(c.grantRole, (role, STRANGER));
        _refuse(STRANGER, address(c), call, _unauthorized(STRANGER, c.DEFAULT_ADMIN_ROLE()));

        vm.expectEmit(address(c));
        emit IAccessControl.RoleGranted(role, STRANGER, ADMIN);
        vm.prank(ADMIN);
        c.grantRole(role, STRANGER);
        vm.prank(ADMIN);
        c.grantRole(role, STRANGER);
        vm.assertTrue(c.hasRole(role, STRANGER), "granted");

        vm.expectEmit(address(c));
        emit IAccessControl.RoleRevoked(role, STRANGER, ADMIN);
        vm.prank(ADMIN);
        c.revokeRole(role, STRANGER);
        vm.prank(ADMIN);
        c.revokeRole(role, STRANGER);
        vm.assertFalse(c.hasRole(role, STRANGER), "revoked");

        vm.prank(ADMIN);
        c.renounceRole(role, ADMIN);
        vm.assertFalse(c.hasRole(role, ADMIN), "renounced");
    }
}
