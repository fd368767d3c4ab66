// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGrantMarket} from "../../src/interfaces/IGrantMarket.sol";
import {DIFFERS, EQUAL, IResultLedger} from "../../src/interfaces/IResultLedger.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {vm} from "../base/Vm.sol";

contract AttestTest is MarketTest {
    bytes32 internal constant EVIDENCE = keccak256("evidence");

    function test_once_delivered() public recorded {
        _deliver(grant, dataset);
        _attest(EQUAL);
    }

    function test_once_settled() public recorded {
        _deliver(grant, dataset);
        _settle(grant, dataset);
        _attest(DIFFERS);
    }

    function test_even_after_access_has_expired() public recorded {
        _deliver(grant, dataset);
        vm.warp(START + 365 days);
        _attest(DIFFERS);
    }

    function test_refuses_a_second_time() public {
        _deliver(grant, dataset);
        _attest(EQUAL);
        bytes memory err = abi.encodeWithSelector(IResultLedger.AlreadyAttested.selector, grant);
        _refuseAttest(READER, dataset, 1, ENVELOPE, DIFFERS, EVIDENCE, err);
    }

    function test_refuses_other_verdicts_and_zero_evidence() public {
        _deliver(grant, dataset);
        bytes memory err = abi.encodeWithSelector(IResultLedger.BadVerdict.selector, 0);
        _refuseAttest(READER, dataset, 1, ENVELOPE, 0, EVIDENCE, err);
        err = abi.encodeWithSelector(IResultLedger.BadVerdict.selector, 3);
        _refuseAttest(READER, dataset, 1, ENVELOPE, 3, EVIDENCE, err);
        err = abi.encodeWithSelector(IResultLedger.ZeroEvidence.selector);
        _refuseAttest(READER, dataset, 1, ENVELOPE, EQUAL, 0, err);
    }

    function test_refuses_all_but_the_holder() public {
        _deliver(grant, dataset);
        bytes memory err = abi.encodeWithSelector(IResultLedger.NotHolder.selector, grant, PROVIDER);
        _refuseAttest(PROVIDER, dataset, 1, ENVELOPE, EQUAL, EVIDENCE, err);
    }

    function test_refuses_another_dataset_or_version() public {
        _deliver(grant, dataset);
        bytes memory err = abi.encodeWithSelector(IResultLedger.OtherDataset.selector, grant, dataset, 1);
        _refuseAttest(READER, dataset + 1, 1, ENVELOPE, EQUAL, EVIDENCE, err);
        _refuseAttest(READER, dataset, 2, ENVELOPE, EQUAL, EVIDENCE, err);
    }

    function test_refuses_what_was_not_delivered() public {
        bytes memory err = abi.encodeWithSelector(IResultLedger.NotDelivered.selector, grant);
        _refuseAttest(READER, dataset, 1, 0, EQUAL, EVIDENCE, err);
        _refuseAttest(READER, dataset, 1, ENVELOPE, EQUAL, EVIDENCE, _wrongOrder(grant));
    }

    function test_refuses_after_revocation() public {
        _deliver(grant, dataset);
        _settle(grant, dataset);
        vm.prank(PROVIDER);
        market.revoke(grant, _order(), ENVELOPE);
        bytes memory err = abi.encodeWithSelector(IResultLedger.NotDelivered.selector, grant);
        _refuseAttest(READER, dataset, 1, ENVELOPE, EQUAL, EVIDENCE, err);
    }

    function test_refuses_a_refunded_grant() public {
        vm.prank(PROVIDER);
        market.decline(grant, _order());
        bytes memory err = abi.encodeWithSelector(IGrantMarket.WrongStatus.selector, grant, 0);
        _refuseAttest(READER, dataset, 1, 0, EQUAL, EVIDENCE, err);
    }

    function _attest(uint8 verdict) private {
        vm.assertFalse(ledger.attested(grant), "not yet");
        vm.expectEmit(address(ledger));
        emit IResultLedger.Attested(grant, dataset, READER, 1, verdict, EVIDENCE, uint64(block.timestamp));
        vm.prank(READER);
        ledger.attest(dataset, 1, grant, _order(), ENVELOPE, verdict, EVIDENCE);
        vm.assertTrue(ledger.attested(grant), "attested");
    }

    function _refuseAttest(
        address who,
        uint256 id,
        uint64 version,
        bytes32 envelope,
        uint8 verdict,
        bytes32 evidence,
        bytes memory err
    ) private {
        bytes memory call = abi.encodeCall(
            ledger.attest, (id, version, grant, _order(), envelope, verdict, evidence)
        );
        _refuse(who, address(ledger), call, err);
    }
}
