// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasetRegistry, PAUSED, Version} from "../../src/interfaces/IDatasetRegistry.sol";
import {R} from "../../src/libraries/Bn254.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {vm} from "../base/Vm.sol";

contract NewVersionTest is BaseTest {
    uint256 internal dataset;

    function _prepare() internal override {
        dataset = _list();
    }

    function test_numbers_versions_and_keeps_old_ones() public recorded {
        vm.expectEmit(address(registry));
        emit IDatasetRegistry.Versioned(dataset, 2, _version("b"), uint64(START));
        vm.prank(PROVIDER);
        vm.assertEq(registry.newVersion(dataset, _version("b")), 2, "number");
        vm.prank(PROVIDER);
        vm.assertEq(registry.newVersion(dataset, _version("c")), 3, "number");

        vm.assertEq(registry.versionCommit(dataset, 1), keccak256(abi.encode(_version())), "first");
        vm.assertEq(registry.versionCommit(dataset, 2), keccak256(abi.encode(_version("b"))), "second");
        vm.assertEq(registry.sale(dataset).versionCommit, keccak256(abi.encode(_version("c"))), "on sale");
        vm.assertEq(registry.sale(dataset).version, 3, "current");
    }

    function test_works_while_paused() public recorded {
        vm.prank(PROVIDER);
        registry.setStatus(dataset, PAUSED);
        vm.prank(PROVIDER);
        registry.newVersion(dataset, _version("b"));
        vm.assertEq(registry.sale(dataset).status, PAUSED, "status");
    }

    function test_refuses_all_but_the_owner() public {
        bytes memory call = abi.encodeCall(registry.newVersion, (dataset, _version("b")));
        _refuse(STRANGER, address(registry), call, _notOwner(dataset, STRANGER));
        call = abi.encodeCall(registry.newVersion, (99, _version("b")));
        _refuse(PROVIDER, address(registry), call, _notOwner(99, PROVIDER));

        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, STRANGER, dataset);
        call = abi.encodeCall(registry.newVersion, (dataset, _version("b")));
        _refuse(PROVIDER, address(registry), call, _notOwner(dataset, PROVIDER));
        vm.prank(STRANGER);
        registry.newVersion(dataset, _version("b"));
    }

    /// An approved operator may move the token, but not speak for the owner.
    function test_refuses_an_operator() public {
        vm.prank(PROVIDER);
        registry.setApprovalForAll(STRANGER, true);
        bytes memory call = abi.encodeCall(registry.newVersion, (dataset, _version("b")));
        _refuse(STRANGER, address(registry), call, _notOwner(dataset, STRANGER));
    }

    function test_refuses_bad_versions() public {
        Version memory v = _version("b");
        v.manifest = 0;
        _refuseVersion(v, abi.encodeWithSelector(IDatasetRegistry.ZeroManifest.selector));
        v = _version("b");
        v.dataRoot = bytes32(R);
        _refuseVersion(v, abi.encodeWithSelector(IDatasetRegistry.NotInField.selector, R));
        v = _version("b");
        v.keyCommit = bytes32(R);
        _refuseVersion(v, abi.encodeWithSelector(IDatasetRegistry.NotInField.selector, R));
        v = _version("b");
        v.samples = 0;
        _refuseVersion(v, abi.encodeWithSelector(IDatasetRegistry.NoSamples.selector));
    }

    function _refuseVersion(Version memory v, bytes memory err) private {
        _refuse(PROVIDER, address(registry), abi.encodeCall(registry.newVersion, (dataset, v)), err);
    }

    function _notOwner(uint256 id, address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IDatasetRegistry.NotOwner.selector, id, caller);
    }
}
