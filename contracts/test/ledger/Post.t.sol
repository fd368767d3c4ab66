// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ResultLedger} from "../../src/ResultLedger.sol";
import {Version} from "../../src/interfaces/IDatasetRegistry.sol";
import {IGrantMarket} from "../../src/interfaces/IGrantMarket.sol";
import {IResultLedger, Posting} from "../../src/interfaces/IResultLedger.sol";
import {P, R} from "../../src/libraries/Bn254.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {Trapdoor} from "../base/Trapdoor.sol";
import {Vectors} from "../base/Vectors.sol";
import {vm} from "../base/Vm.sol";

contract PostTest is BaseTest, Vectors {
    bytes32 internal circuit;
    uint256 internal dataset;
    uint256 internal grant;

    function _prepare() internal override {
        circuit = _register();
        dataset = _list();
        grant = _buy(dataset);
        _deliver(grant, dataset);
    }

    function test_as_holder() public recorded {
        Posting memory p = _asHolder();
        _expectPosted(1, READER, p);
        vm.assertEq(_post(READER, p), 1, "id");
        vm.assertEq(ledger.stepOf(circuit, dataset, 1, p.query, READER), p.stepId, "step");
        vm.assertEq(ledger.count(), 1, "count");
    }

    function test_as_owner() public recorded {
        Posting memory p = _asOwner();
        _expectPosted(1, PROVIDER, p);
        vm.assertEq(_post(PROVIDER, p), 1, "id");
        vm.assertEq(ledger.stepOf(circuit, dataset, 1, p.query, PROVIDER), p.stepId, "step");
        vm.assertEq(ledger.stepOf(circuit, dataset, 1, p.query, READER), 0, "another's");
    }

    function test_as_holder_after_settlement() public recorded {
        _settle(grant, dataset);
        _post(READER, _asHolder());
    }

    /// Old versions stay readable: what was proved over one is posted over it.
    function test_over_an_old_version() public recorded {
        vm.prank(PROVIDER);
        registry.newVersion(dataset, _version("b"));
        _post(READER, _asHolder());

        Posting memory p = _asOwner();
        (p.version, p.v) = (2, _version("b"));
        _prove(p, PROVIDER);
        vm.assertEq(_post(PROVIDER, p), 2, "id");
    }

    function test_two_posters_may_answer_the_same_question() public recorded {
        _post(READER, _asHolder());
        vm.assertEq(_post(PROVIDER, _asOwner()), 2, "id");
    }

    function test_query_and_result_at_the_edges() public recorded {
        Posting memory p = _asOwner();
        (p.query, p.result) = (R - 1, 0);
        _prove(p, PROVIDER);
        _post(PROVIDER, p);
        (p.query, p.result) = (0, R - 1);
        _prove(p, PROVIDER);
        _post(PROVIDER, p);
    }

    function test_refuses_values_outside_the_field() public {
        Posting memory p = _asHolder();
        p.query += R;
        _refusePost(p, abi.encodeWithSelector(IResultLedger.NotInField.selector, p.query));
        p = _asHolder();
        p.result = R;
        _refusePost(p, abi.encodeWithSelector(IResultLedger.NotInField.selector, R));
    }

    function test_refuses_zero_digests() public {
        Posting memory p = _asHolder();
        p.stepId = 0;
        _refusePost(p, abi.encodeWithSelector(IResultLedger.ZeroStep.selector));
        p = _asHolder();
        p.record = 0;
        _refusePost(p, abi.encodeWithSelector(IResultLedger.ZeroRecord.selector));
    }

    /// The data root is the registry's: every field of the version is checked, in the holder's and in the owner's case.
    function test_refuses_other_versions() public {
        for (uint256 field = 0; field < 5; field++) {
            Posting memory p = field % 2 == 0 ? _asHolder() : _asOwner();
            if (field == 0) p.v.manifest = keccak256("another");
            else if (field == 1) p.v.dataRoot = 0;
            else if (field == 2) p.v.keyCommit = 0;
            else if (field == 3) p.v.samples++;
            else p.v.columns++;
            _prove(p, field % 2 == 0 ? READER : PROVIDER);
            _refusePost(field % 2 == 0 ? READER : PROVIDER, p, _wrongVersion(dataset, 1));
        }
        Posting memory q = _asOwner();
        q.version = 2;
        _refusePost(PROVIDER, q, _wrongVersion(dataset, 2));
        (q.version, q.v) = (2, Version(0, 0, 0, 0, 0));
        _refusePost(PROVIDER, q, _wrongVersion(dataset, 2));
        q = _asOwner();
        q.dataset = 99;
        _refusePost(PROVIDER, q, _wrongVersion(99, 1));
    }

    function test_refuses_dirty_fields() public {
        bytes memory call = abi.encodeCall(ledger.post, (_asHolder()));
        // the last word of the version, then the first short one of the order
        call[4 + 7 * 32] = 0x01;
        _refuse(READER, address(ledger), call, _wrongVersion(dataset, 1));
        (call[4 + 7 * 32], call[4 + 10 * 32]) = (0, 0x01);
        _refuse(READER, address(ledger), call, "");
    }

    function test_refuses_who_does_not_own_the_dataset() public {
        Posting memory p = _asOwner();
        _prove(p, STRANGER);
        bytes memory err = abi.encodeWithSelector(IResultLedger.NotOwner.selector, dataset, STRANGER);
        _refusePost(STRANGER, p, err);
        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, STRANGER, dataset);
        err = abi.encodeWithSelector(IResultLedger.NotOwner.selector, dataset, PROVIDER);
        _refusePost(PROVIDER, _asOwner(), err);
        _post(STRANGER, p);
    }

    function test_refuses_who_does_not_hold_the_grant() public {
        Posting memory p = _asHolder();
        _prove(p, STRANGER);
        bytes memory err = abi.encodeWithSelector(IResultLedger.NotHolder.selector, grant, STRANGER);
        _refusePost(STRANGER, p, err);
        p = _asHolder();
        p.grant = 99;
        _refusePost(p, abi.encodeWithSelector(IGrantMarket.WrongStatus.selector, 99, 0));
    }

    function test_refuses_other_orders_and_envelopes() public {
        Posting memory p = _asHolder();
        p.order.amount++;
        _refusePost(p, abi.encodeWithSelector(IGrantMarket.WrongOrder.selector, grant));
        p = _asHolder();
        p.envelope = keccak256("another");
        _refusePost(p, abi.encodeWithSelector(IGrantMarket.WrongOrder.selector, grant));
    }

    function test_refuses_a_grant_for_something_else() public {
        uint256 other = _list();
        Posting memory p = _asHolder();
        p.dataset = other;
        _prove(p, READER);
        bytes memory err = abi.encodeWithSelector(IResultLedger.OtherDataset.selector, grant, dataset, 1);
        _refusePost(p, err);

        vm.prank(PROVIDER);
        registry.newVersion(dataset, _version("b"));
        p = _asHolder();
        (p.version, p.v) = (2, _version("b"));
        _prove(p, READER);
        _refusePost(p, err);
    }

    function test_refuses_from_expiry_on() public {
        uint256 expiry = START + 30 days;
        vm.warp(expiry + 1);
        _refusePost(_asHolder(), _inactive(grant));
        vm.warp(expiry);
        _refusePost(_asHolder(), _inactive(grant));
        vm.warp(expiry - 1);
        _post(READER, _asHolder());
    }

    function test_refuses_before_delivery_and_after_revocation() public {
        uint256 second = _buy(dataset);
        Posting memory p = _asHolder();
        (p.grant, p.envelope) = (second, 0);
        _refusePost(p, _inactive(second));
        _settle(grant, dataset);
        vm.prank(PROVIDER);
        market.revoke(grant, _order(dataset), ENVELOPE);
        _refusePost(_asHolder(), _inactive(grant));
    }

    function test_refuses_the_same_statement_twice() public {
        Posting memory p = _asHolder();
        _post(READER, p);
        bytes memory err = abi.encodeWithSelector(IResultLedger.AlreadyPosted.selector, p.stepId);
        _refusePost(p, err);
        // nor with another answer, another step, or another proof of the same
        p.result++;
        p.stepId = keccak256("another step");
        _prove(p, READER);
        _refusePost(p, err);
        p = _asHolder();
        (p.proof[1], p.proof[4], p.proof[5]) = (P - p.proof[1], P - p.proof[4], P - p.proof[5]);
        _refusePost(p, err);
    }

    function test_refuses_unknown_circuits() public {
        Posting memory p = _asHolder();
        p.circuit = 0;
        _refusePost(p, abi.encodeWithSelector(IResultLedger.UnknownCircuit.selector, bytes32(0)));
        p.circuit = keccak256("unknown");
        _refusePost(p, abi.encodeWithSelector(IResultLedger.UnknownCircuit.selector, p.circuit));
    }

    function test_refuses_proofs_for_something_else() public {
        bytes memory err = abi.encodeWithSelector(IResultLedger.BadProof.selector);
        // by another poster
        Posting memory p = _asHolder();
        _prove(p, PROVIDER);
        _refusePost(p, err);
        // for another query or result
        p = _asHolder();
        p.query++;
        _refusePost(p, err);
        p = _asHolder();
        p.result++;
        _refusePost(p, err);
        // over another data root, or with a model
        uint256 context = ledger.contextOf(READER);
        uint256 root = uint256(_version().dataRoot);
        p = _asHolder();
        p.proof = Trapdoor.prove([context, root + 1, 0, p.query, p.result]);
        _refusePost(p, err);
        p.proof = Trapdoor.prove([context, root, 1, p.query, p.result]);
        _refusePost(p, err);
    }

    function test_refuses_malformed_proofs() public {
        bytes memory err = abi.encodeWithSelector(IResultLedger.BadProof.selector);
        for (uint256 i = 0; i < 8; i++) {
            Posting memory p = _asHolder();
            p.proof[i] += P;
            _refusePost(p, err);
            p.proof[i] = 0;
            _refusePost(p, err);
        }
        Posting memory q = _asHolder();
        (q.proof[6], q.proof[7]) = (0, 0);
        _refusePost(q, err);
        q = _asHolder();
        q.proof[1] = P - q.proof[1];
        _refusePost(q, err);
    }

    function test_context_vectors() public {
        string memory json = _json("provenome_v1/statement.json");
        bytes memory creation =
            abi.encodePacked(vm.getCode(_artifact("ResultLedger")), abi.encode(registry, market, protocols));
        uint256 i = 0;
        for (; _has(json, _item(".contexts", i)); i++) {
            string memory row = _item(".contexts", i);
            vm.chainId(_uint(json, string.concat(row, ".chain")));
            ResultLedger placed = ResultLedger(_address(json, string.concat(row, ".ledger")));
            _place(address(placed), creation);
            uint256 context = placed.contextOf(_address(json, string.concat(row, ".poster")));
            vm.assertEq(bytes32(context), _bytes32(json, string.concat(row, ".context")), row);
        }
        vm.assertEq(i, 3, "contexts read");
    }

    function test_refuses_a_market_of_another_registry() public {
        bytes memory creation =
            abi.encodePacked(vm.getCode(_artifact("ResultLedger")), abi.encode(log, market, protocols));
        (bool ok, bytes memory out) = _create(creation);
        vm.assertFalse(ok, "deployed");
        vm.assertEq(
            out, abi.encodeWithSelector(IResultLedger.OtherRegistry.selector, address(registry)), "error"
        );
    }

    function _create(bytes memory creation) private returns (bool ok, bytes memory out) {
        vm.etch(STRANGER, creation);
        return STRANGER.call("");
    }

    function _asHolder() private view returns (Posting memory p) {
        p = _asOwner();
        (p.grant, p.order, p.envelope) = (grant, _order(dataset), ENVELOPE);
        _prove(p, READER);
    }

    function _asOwner() private view returns (Posting memory p) {
        (p.circuit, p.dataset, p.version, p.v) = (circuit, dataset, 1, _version());
        (p.query, p.result) = (uint256(keccak256("query") >> 8), uint256(keccak256("result") >> 8));
        (p.stepId, p.record) = (keccak256("step"), keccak256("record"));
        _prove(p, PROVIDER);
    }

    function _prove(Posting memory p, address poster) private view {
        p.proof = Trapdoor.prove([ledger.contextOf(poster), uint256(p.v.dataRoot), 0, p.query, p.result]);
    }

    function _post(address who, Posting memory p) private returns (uint256) {
        vm.prank(who);
        return ledger.post(p);
    }

    function _expectPosted(uint256 id, address poster, Posting memory p) private {
        vm.expectEmit(address(ledger));
        emit IResultLedger.Posted(
            id,
            p.dataset,
            poster,
            p.circuit,
            p.version,
            p.grant,
            p.query,
            p.result,
            p.stepId,
            p.record,
            uint64(START)
        );
    }

    function _refusePost(Posting memory p, bytes memory err) private {
        _refusePost(READER, p, err);
    }

    function _refusePost(address who, Posting memory p, bytes memory err) private {
        _refuse(who, address(ledger), abi.encodeCall(ledger.post, (p)), err);
    }

    function _wrongVersion(uint256 id, uint64 version) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IResultLedger.WrongVersion.selector, id, version);
    }

    function _inactive(uint256 id) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IResultLedger.GrantInactive.selector, id);
    }
}
