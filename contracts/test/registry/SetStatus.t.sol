// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasetRegistry, ON_SALE, PAUSED} from "../../src/interfaces/IDatasetRegistry.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {vm} from "../base/Vm.sol";

contract SetStatusTest is BaseTest {
    uint256 internal dataset;

    function _prepare() internal override {
        dataset = _list();
    }

    function test_pauses_and_opens() public recorded {
        _set(PAUSED);
        _set(ON_SALE);
        _set(ON_SALE);
        vm.assertEq(registry.ownerOf(dataset), PROVIDER, "the owner shares the slot");
        vm.assertEq(registry.sale(dataset).version, 1, "so does the version");
    }

    function test_refuses_other_values() public {
        uint8[3] memory bad = [0, 3, 255];
        for (uint256 i = 0; i < 3; i++) {
            bytes memory call = abi.encodeCall(registry.setStatus, (dataset, bad[i]));
            bytes memory err = abi.encodeWithSelector(IDatasetRegistry.BadStatus.selector, bad[i]);
            _refuse(PROVIDER, address(registry), call, err);
        }
    }

    function test_refuses_all_but_the_owner() public {
        bytes memory err = abi.encodeWithSelector(IDatasetRegistry.NotOwner.selector, dataset, STRANGER);
        _refuse(STRANGER, address(registry), abi.encodeCall(registry.setStatus, (dataset, PAUSED)), err);
        err = abi.encodeWithSelector(IDatasetRegistry.NotOwner.selector, 99, PROVIDER);
        _refuse(PROVIDER, address(registry), abi.encodeCall(registry.setStatus, (99, PAUSED)), err);
    }

    function _set(uint8 status) private {
        vm.expectEmit(address(registry));
        emit IDatasetRegistry.StatusSet(dataset, status, uint64(START));
        vm.prank(PROVIDER);
        registry.setStatus(dataset, status);
        vm.assertEq(registry.sale(dataset).status, status, "status");
    }
}
