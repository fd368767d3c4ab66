// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasetRegistry} from "../../src/interfaces/IDatasetRegistry.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {vm} from "../base/Vm.sol";

contract SetTokenTest is BaseTest {
    function test_adds_and_removes() public recorded {
        vm.assertTrue(registry.tokenAllowed(address(token)), "set up");
        _set(address(token), false);
        _set(address(token), true);
        _set(address(token), true);
        _set(STRANGER, false);
    }

    function test_refuses_an_address_without_code() public {
        bytes memory call = abi.encodeCall(registry.setToken, (STRANGER, true));
        bytes memory err = abi.encodeWithSelector(IDatasetRegistry.NoCode.selector, STRANGER);
        _refuse(ADMIN, address(registry), call, err);
    }

    function test_refuses_all_but_the_role() public {
        bytes memory call = abi.encodeCall(registry.setToken, (address(token), false));
        _refuse(STRANGER, address(registry), call, _unauthorized(STRANGER, registry.TOKEN_LISTER()));
        vm.assertTrue(registry.tokenAllowed(address(token)), "still listed");
    }

    function _set(address coin, bool allowed) private {
        vm.expectEmit(address(registry));
        emit IDatasetRegistry.TokenSet(coin, allowed, uint64(START));
        vm.prank(ADMIN);
        registry.setToken(coin, allowed);
        vm.assertTrue(registry.tokenAllowed(coin) == allowed, "allowed");
    }
}
