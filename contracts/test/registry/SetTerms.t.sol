// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDatasetRegistry, Terms} from "../../src/interfaces/IDatasetRegistry.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {vm} from "../base/Vm.sol";

contract SetTermsTest is BaseTest {
    uint256 internal dataset;

    function _prepare() internal override {
        dataset = _list();
    }

    function test_replaces_the_terms() public recorded {
        Terms memory terms = _terms();
        (terms.price, terms.accessSeconds) = (7, 1 days);
        vm.expectEmit(address(registry));
        emit IDatasetRegistry.TermsSet(dataset, terms, uint64(START));
        vm.prank(PROVIDER);
        registry.setTerms(dataset, terms);
        vm.assertEq(registry.termsHash(dataset), keccak256(abi.encode(terms)), "terms");
        vm.assertEq(registry.sale(dataset).termsHash, keccak256(abi.encode(terms)), "sale");
    }

    function test_refuses_all_but_the_owner() public {
        bytes memory err = abi.encodeWithSelector(IDatasetRegistry.NotOwner.selector, dataset, STRANGER);
        _refuse(STRANGER, address(registry), abi.encodeCall(registry.setTerms, (dataset, _terms())), err);
        err = abi.encodeWithSelector(IDatasetRegistry.NotOwner.selector, 99, PROVIDER);
        _refuse(PROVIDER, address(registry), abi.encodeCall(registry.setTerms, (99, _terms())), err);
    }

    function test_refuses_bad_terms() public {
        Terms memory terms = _terms();
        terms.token = STRANGER;
        _refuseTerms(terms, abi.encodeWithSelector(IDatasetRegistry.TokenNotAllowed.selector, STRANGER));
        terms = _terms();
        terms.accessSeconds = 0;
        _refuseTerms(terms, abi.encodeWithSelector(IDatasetRegistry.AccessTooShort.selector, 0));
        terms = _terms();
        terms.deliverySeconds = 30 days + 1;
        _refuseTerms(terms, abi.encodeWithSelector(IDatasetRegistry.WindowOutOfRange.selector, 30 days + 1));
        terms = _terms();
        terms.disputeSeconds = 1 hours - 1;
        _refuseTerms(terms, abi.encodeWithSelector(IDatasetRegistry.WindowOutOfRange.selector, 1 hours - 1));
    }

    /// A token that left the list: terms set before stand, new ones cannot name it.
    function test_a_token_off_the_list() public recorded {
        vm.prank(ADMIN);
        registry.setToken(address(token), false);
        vm.assertEq(registry.termsHash(dataset), keccak256(abi.encode(_terms())), "old terms stand");
        _refuseTerms(
            _terms(), abi.encodeWithSelector(IDatasetRegistry.TokenNotAllowed.selector, address(token))
        );
    }

    function _refuseTerms(Terms memory terms, bytes memory err) private {
        _refuse(PROVIDER, address(registry), abi.encodeCall(registry.setTerms, (dataset, terms)), err);
    }
}
