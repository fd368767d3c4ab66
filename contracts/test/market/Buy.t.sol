// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {ON_SALE, PAUSED, Terms, Version} from "../../src/interfaces/IDatasetRegistry.sol";
import {IERC5192} from "../../src/interfaces/IERC5192.sol";
import {IGrantMarket, Order, PAID, Permit} from "../../src/interfaces/IGrantMarket.sol";
import {R} from "../../src/libraries/Bn254.sol";
import {MarketTest} from "../base/MarketTest.sol";
import {MoodyToken} from "../base/MoodyToken.sol";
import {vm} from "../base/Vm.sol";

contract BuyTest is MarketTest {
    uint96 internal constant PRICE = 100e6;

    function _prepare() internal override {
        dataset = _list();
        token.mint(READER, 10 * PRICE);
    }

    function test_with_a_permit() public recorded {
        Permit memory permit = _permit(READER_KEY, PRICE);
        vm.expectEmit(address(market));
        emit IERC721.Transfer(address(0), READER, 1);
        vm.expectEmit(address(market));
        emit IERC5192.Locked(1);
        vm.expectEmit(address(market));
        emit IGrantMarket.Bought(1, dataset, READER, _order(), uint64(DELIVER_BY), uint64(START));
        vm.assertEq(_buyWith(permit), 1, "id");

        _expectGrant(1, DELIVER_BY, 0, PAID);
        _expectMoney(0, 9 * PRICE, PRICE);
        vm.assertEq(market.commitmentOf(1), _commitment(_order(), 0), "commitment");
        vm.assertEq(market.balanceOf(READER), 1, "tokens");
        vm.assertEq(market.count(), 1, "count");
        vm.assertFalse(market.isActive(1), "no access before delivery");
        vm.assertEq(token.allowance(READER, address(market)), 0, "allowance used up");
    }

    function test_with_an_allowance_and_no_permit() public recorded {
        _allow(2 * PRICE);
        vm.assertEq(_buyWith(_noPermit()), 1, "id");
        vm.assertEq(_buyWith(_noPermit()), 2, "id");
        _expectMoney(0, 8 * PRICE, 2 * PRICE);
        vm.assertEq(market.balanceOf(READER), 2, "tokens");
    }

    /// Deadline 0 means that there is none: the rest is not looked at.
    function test_deadline_zero_is_no_permit() public recorded {
        _allow(PRICE);
        Permit memory permit = _permit(IERC20Permit(address(token)), READER_KEY, 5 * PRICE, 0);
        _buyWith(permit);
        vm.assertEq(token.nonces(READER), 0, "the permit was not used");
    }

    function test_a_permit_that_a_front_runner_used_up() public recorded {
        Permit memory p = _permit(READER_KEY, PRICE);
        vm.prank(STRANGER);
        token.permit(READER, address(market), p.value, p.deadline, p.v, p.r, p.s);
        _buyWith(p);
        _expectMoney(0, 9 * PRICE, PRICE);
    }

    function test_a_bad_permit_is_ignored_where_the_allowance_suffices() public recorded {
        _allow(4 * PRICE);
        Permit memory p = _permit(READER_KEY, PRICE);
        p.r ^= bytes32(uint256(1));
        _buyWith(p);
        p = _permit(READER_KEY, PRICE);
        p.value = 2 * PRICE;
        _buyWith(p);
        p = _permit(IERC20Permit(address(token)), READER_KEY, PRICE, block.timestamp - 1);
        _buyWith(p);
        _buyWith(_permit(0xbad, PRICE));
        _expectMoney(0, 6 * PRICE, 4 * PRICE);
    }

    function test_a_bad_permit_without_allowance() public {
        Permit memory p = _permit(READER_KEY, PRICE);
        p.r ^= bytes32(uint256(1));
        _refuseBuy(p, _insufficientAllowance(0));
        _refuseBuy(_noPermit(), _insufficientAllowance(0));
        p = _permit(READER_KEY, PRICE - 1);
        _refuseBuy(p, _insufficientAllowance(PRICE - 1));
    }

    function test_without_the_money() public {
        vm.prank(READER);
        vm.assertTrue(token.transfer(STRANGER, 9 * PRICE + 1), "transfer");
        bytes memory err = abi.encodeWithSelector(
            IERC20Errors.ERC20InsufficientBalance.selector, READER, PRICE - 1, uint256(PRICE)
        );
        _refuseBuy(_permit(READER_KEY, PRICE), err);
    }

    /// At price 0 the token is not called at all: neither the permit nor a transfer.
    function test_price_zero_moves_no_token() public recorded {
        (MoodyToken moody, uint256 id, Terms memory terms, Order memory order) = _buyMoody(0);
        moody.set(MoodyToken.Mood.Reverts);
        Permit memory p = _permit(IERC20Permit(address(moody)), READER_KEY, 5, block.timestamp + 1);
        vm.prank(READER);
        id = market.buy(order.dataset, _version(), terms, REQUEST, ANSWER, p);
        vm.assertEq(moody.nonces(READER), 0, "the permit was not used");
        vm.assertEq(market.commitmentOf(id), _commitment(order, 0), "commitment");
        _expectGrant(id, DELIVER_BY, 0, PAID);
    }

    function test_the_payee_is_the_owner_at_purchase() public recorded {
        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, STRANGER, dataset);
        _buyWith(_permit(READER_KEY, PRICE));
        Order memory order = _order();
        (order.payee, order.deliverer) = (STRANGER, STRANGER);
        vm.assertEq(market.commitmentOf(1), _commitment(order, 0), "commitment");
    }

    function test_names_the_current_version() public recorded {
        _allow(2 * PRICE);
        vm.prank(PROVIDER);
        registry.newVersion(dataset, _version("b"));
        bytes memory err = abi.encodeWithSelector(IGrantMarket.VersionChanged.selector, dataset, 2);
        _refuseBuy(_noPermit(), err);

        vm.prank(READER);
        market.buy(dataset, _version("b"), _terms(), REQUEST, ANSWER, _noPermit());
        Order memory order = _order();
        order.version = 2;
        vm.assertEq(market.commitmentOf(1), _commitment(order, 0), "the new version's number");
    }

    function test_refuses_another_version_in_each_field() public {
        _allow(PRICE);
        for (uint256 field = 0; field < 5; field++) {
            Version memory v = _version();
            if (field == 0) v.manifest = keccak256("another");
            else if (field == 1) v.dataRoot = 0;
            else if (field == 2) v.keyCommit = 0;
            else if (field == 3) v.samples++;
            else v.columns++;
            bytes memory err = abi.encodeWithSelector(IGrantMarket.VersionChanged.selector, dataset, 1);
            _refuseBuy(v, _terms(), REQUEST, ANSWER, err);
        }
    }

    function test_refuses_other_terms_in_each_field() public {
        _allow(PRICE);
        for (uint256 field = 0; field < 5; field++) {
            Terms memory terms = _terms();
            if (field == 0) terms.price--;
            else if (field == 1) terms.token = STRANGER;
            else if (field == 2) terms.accessSeconds++;
            else if (field == 3) terms.deliverySeconds++;
            else terms.disputeSeconds--;
            bytes memory err = abi.encodeWithSelector(IGrantMarket.TermsChanged.selector, dataset);
            _refuseBuy(_version(), terms, REQUEST, ANSWER, err);
        }
    }

    function test_refuses_terms_that_changed() public {
        _allow(PRICE);
        Terms memory terms = _terms();
        terms.price = 2 * PRICE;
        vm.prank(PROVIDER);
        registry.setTerms(dataset, terms);
        _refuseBuy(_noPermit(), abi.encodeWithSelector(IGrantMarket.TermsChanged.selector, dataset));
    }

    /// Dirty high bits hash to something that was never stored.
    function test_refuses_dirty_fields() public {
        _allow(PRICE);
        bytes memory call =
            abi.encodeCall(market.buy, (dataset, _version(), _terms(), REQUEST, ANSWER, _noPermit()));
        call[4 + 5 * 32] = 0x01;
        bytes memory err = abi.encodeWithSelector(IGrantMarket.VersionChanged.selector, dataset, 1);
        _refuse(READER, address(market), call, err);
        (call[4 + 5 * 32], call[4 + 6 * 32]) = (0, 0x01);
        err = abi.encodeWithSelector(IGrantMarket.TermsChanged.selector, dataset);
        _refuse(READER, address(market), call, err);
    }

    function test_refuses_a_paused_dataset() public {
        _allow(PRICE);
        vm.prank(PROVIDER);
        registry.setStatus(dataset, PAUSED);
        _refuseBuy(_noPermit(), abi.encodeWithSelector(IGrantMarket.DatasetPaused.selector, dataset));
        vm.prank(PROVIDER);
        registry.setStatus(dataset, ON_SALE);
        vm.assertEq(_buyWith(_noPermit()), 1, "open again");
    }

    function test_refuses_while_the_market_is_paused() public {
        _allow(PRICE);
        vm.prank(ADMIN);
        market.pause();
        _refuseBuy(_noPermit(), abi.encodeWithSelector(Pausable.EnforcedPause.selector));
    }

    function test_refuses_an_unknown_dataset() public {
        bytes memory call =
            abi.encodeCall(market.buy, (99, _version(), _terms(), REQUEST, ANSWER, _noPermit()));
        bytes memory err = abi.encodeWithSelector(IGrantMarket.NoDataset.selector, 99);
        _refuse(READER, address(market), call, err);
    }

    function test_refuses_a_zero_request_and_an_answer_outside_the_field() public {
        _allow(PRICE);
        bytes memory err = abi.encodeWithSelector(IGrantMarket.ZeroRequest.selector);
        _refuseBuy(_version(), _terms(), 0, ANSWER, err);
        err = abi.encodeWithSelector(IGrantMarket.NotInField.selector, R);
        _refuseBuy(_version(), _terms(), REQUEST, bytes32(R), err);
        vm.prank(READER);
        market.buy(dataset, _version(), _terms(), REQUEST, bytes32(R - 1), _noPermit());
    }

    function test_refuses_a_token_that_does_not_pay() public {
        (MoodyToken moody,, Terms memory terms, Order memory order) = _buyMoody(PRICE);
        moody.mint(READER, PRICE);
        vm.prank(READER);
        moody.approve(address(market), PRICE);
        bytes memory call =
            abi.encodeCall(market.buy, (order.dataset, _version(), terms, REQUEST, ANSWER, _noPermit()));
        moody.set(MoodyToken.Mood.ReturnsFalse);
        bytes memory err = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(moody));
        _refuse(READER, address(market), call, err);
        moody.set(MoodyToken.Mood.Reverts);
        _refuse(READER, address(market), call, abi.encodeWithSignature("Error(string)", "no"));
        vm.etch(address(moody), "");
        _refuse(READER, address(market), call, err);
    }

    /// While the price is being collected the order is already there: declining it from inside pays the buyer out
    /// of escrow and then collects, which moves nothing in sum.
    function test_a_token_that_declines_while_it_is_collected() public recorded {
        (MoodyToken moody, uint256 first, Terms memory terms, Order memory order) = _buyMoody(PRICE);
        vm.prank(PROVIDER);
        registry.transferFrom(PROVIDER, address(moody), order.dataset);
        (order.payee, order.deliverer) = (address(moody), address(moody));
        moody.mint(READER, PRICE);
        vm.prank(READER);
        moody.approve(address(market), PRICE);
        bytes memory inner = abi.encodeCall(market.decline, (first + 1, order));
        moody.reenter(MoodyToken.Mood.Reenters, address(market), inner);
        vm.prank(READER);
        uint256 id = market.buy(order.dataset, _version(), terms, REQUEST, ANSWER, _noPermit());
        vm.assertTrue(moody.reentryWorked(), "declined from inside");
        vm.assertEq(id, first + 1, "id");
        _expectGone(id);
        vm.assertEq(moody.balanceOf(READER), PRICE, "the reader's money is back");
        vm.assertEq(moody.balanceOf(address(market)), PRICE, "the first order's escrow is whole");
    }

    function _allow(uint256 amount) private {
        vm.prank(READER);
        token.approve(address(market), amount);
    }

    function _buyWith(Permit memory permit) private returns (uint256) {
        vm.prank(READER);
        return market.buy(dataset, _version(), _terms(), REQUEST, ANSWER, permit);
    }

    function _refuseBuy(Permit memory permit, bytes memory err) private {
        bytes memory call =
            abi.encodeCall(market.buy, (dataset, _version(), _terms(), REQUEST, ANSWER, permit));
        _refuse(READER, address(market), call, err);
    }

    function _refuseBuy(
        Version memory v,
        Terms memory terms,
        bytes32 request,
        bytes32 answer,
        bytes memory err
    ) private {
        bytes memory call = abi.encodeCall(market.buy, (dataset, v, terms, request, answer, _noPermit()));
        _refuse(READER, address(market), call, err);
    }

    function _insufficientAllowance(uint256 has) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            IERC20Errors.ERC20InsufficientAllowance.selector, address(market), has, uint256(PRICE)
        );
    }
}
