// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IDatasetRegistry, ON_SALE, Sale, Terms, Version} from "../../src/interfaces/IDatasetRegistry.sol";
import {R} from "../../src/libraries/Bn254.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {Vectors} from "../base/Vectors.sol";
import {vm} from "../base/Vm.sol";

contract ListTest is BaseTest, Vectors {
    function test_mints_and_stores_two_hashes() public recorded {
        vm.expectEmit(address(registry));
        emit IERC721.Transfer(address(0), PROVIDER, 1);
        vm.expectEmit(address(registry));
        emit IDatasetRegistry.Listed(1, PROVIDER, _version(), _terms(), uint64(START));
        vm.assertEq(_list(), 1, "id");

        vm.assertEq(registry.ownerOf(1), PROVIDER, "owner");
        vm.assertEq(registry.balanceOf(PROVIDER), 1, "balance");
        vm.assertEq(registry.count(), 1, "count");
        vm.assertEq(registry.versionCommit(1, 1), keccak256(abi.encode(_version())), "version");
        vm.assertEq(registry.versionCommit(1, 2), 0, "no second version");
        vm.assertEq(registry.termsHash(1), keccak256(abi.encode(_terms())), "terms");
        (address owner, uint64 versions, uint8 status) = registry.head(1);
        vm.assertEq(abi.encode(owner, versions, status), abi.encode(PROVIDER, 1, ON_SALE), "head");
        Sale memory sale = registry.sale(1);
        bytes memory expected =
            abi.encode(PROVIDER, 1, ON_SALE, registry.versionCommit(1, 1), registry.termsHash(1));
        vm.assertEq(abi.encode(sale), expected, "sale");
    }

    function test_ids_count_up() public recorded {
        _list();
        vm.prank(STRANGER);
        vm.assertEq(registry.list(_version("b"), _terms()), 2, "id");
        vm.assertEq(_list(), 3, "id");
        vm.assertEq(registry.balanceOf(PROVIDER), 2, "balance");
        vm.assertEq(registry.count(), 3, "count");
    }

    function test_takes_every_limit() public recorded {
        Terms memory terms = _terms();
        (terms.price, terms.accessSeconds) = (0, 1 hours);
        (terms.deliverySeconds, terms.disputeSeconds) = (1 hours, 30 days);
        Version memory v = _version();
        (v.dataRoot, v.keyCommit, v.samples, v.columns) = (bytes32(R - 1), 0, 1, 0);
        vm.prank(PROVIDER);
        registry.list(v, terms);

        (terms.price, terms.accessSeconds) = (type(uint96).max, type(uint32).max);
        (terms.deliverySeconds, terms.disputeSeconds) = (30 days, 1 hours);
        (v.dataRoot, v.keyCommit) = (0, bytes32(R - 1));
        (v.samples, v.columns) = (type(uint64).max, type(uint64).max);
        vm.prank(PROVIDER);
        registry.list(v, terms);
    }

    function test_refuses_versions() public {
        Version memory v = _version();
        v.manifest = 0;
        _refuseVersion(v, abi.encodeWithSelector(IDatasetRegistry.ZeroManifest.selector));
        v = _version();
        v.dataRoot = bytes32(R);
        _refuseVersion(v, abi.encodeWithSelector(IDatasetRegistry.NotInField.selector, R));
        v.dataRoot = bytes32(type(uint256).max);
        _refuseVersion(v, abi.encodeWithSelector(IDatasetRegistry.NotInField.selector, type(uint256).max));
        v = _version();
        v.keyCommit = bytes32(R);
        _refuseVersion(v, abi.encodeWithSelector(IDatasetRegistry.NotInField.selector, R));
        v = _version();
        v.samples = 0;
        _refuseVersion(v, abi.encodeWithSelector(IDatasetRegistry.NoSamples.selector));
    }

    function test_refuses_terms() public {
        Terms memory terms = _terms();
        terms.token = STRANGER;
        _refuseTerms(terms, abi.encodeWithSelector(IDatasetRegistry.TokenNotAllowed.selector, STRANGER));
        terms = _terms();
        terms.accessSeconds = 1 hours - 1;
        _refuseTerms(terms, abi.encodeWithSelector(IDatasetRegistry.AccessTooShort.selector, 1 hours - 1));

        uint32[3] memory bad = [uint32(0), 1 hours - 1, 30 days + 1];
        for (uint256 i = 0; i < 3; i++) {
            bytes memory err = abi.encodeWithSelector(IDatasetRegistry.WindowOutOfRange.selector, bad[i]);
            terms = _terms();
            terms.deliverySeconds = bad[i];
            _refuseTerms(terms, err);
            terms = _terms();
            terms.disputeSeconds = bad[i];
            _refuseTerms(terms, err);
        }
    }

    /// A commitment is made here, so fields must be in range: the last word of Version is `columns`.
    function test_refuses_dirty_fields() public {
        bytes memory call = abi.encodeCall(registry.list, (_version(), _terms()));
        call[4 + 4 * 32] = 0x01;
        _refuse(PROVIDER, address(registry), call, "");
    }

    function test_version_commit_vector() public {
        string memory json = _json("provenome_v1/dataset.json");
        Version memory v = Version({
            manifest: _bytes32(json, ".manifest_digest"),
            dataRoot: _bytes32(json, ".data_root"),
            keyCommit: _bytes32(json, ".key_commit"),
            samples: uint64(_uint(json, ".samples")),
            columns: uint64(_uint(json, ".columns"))
        });
        vm.prank(PROVIDER);
        uint256 dataset = registry.list(v, _terms());
        vm.assertEq(registry.versionCommit(dataset, 1), _bytes32(json, ".version_commit"), "version_commit");
    }

    function _refuseVersion(Version memory v, bytes memory err) private {
        bytes memory call = abi.encodeCall(registry.list, (v, _terms()));
        _refuse(PROVIDER, address(registry), call, err);
    }

    function _refuseTerms(Terms memory terms, bytes memory err) private {
        bytes memory call = abi.encodeCall(registry.list, (_version(), terms));
        _refuse(PROVIDER, address(registry), call, err);
    }
}
