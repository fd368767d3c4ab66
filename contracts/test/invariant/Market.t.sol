// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Version} from "../../src/interfaces/IDatasetRegistry.sol";
import {BaseTest} from "../base/BaseTest.sol";
import {MoodyToken} from "../base/MoodyToken.sol";
import {vm} from "../base/Vm.sol";
import {MarketHandler} from "./MarketHandler.sol";

contract MarketInvariants is BaseTest {
    MarketHandler internal handler;

    function _prepare() internal override {
        MoodyToken[2] memory tokens = [new MoodyToken(), new MoodyToken()];
        for (uint256 i = 0; i < 2; i++) {
            vm.prank(ADMIN);
            registry.setToken(address(tokens[i]), true);
        }
        handler = new MarketHandler(registry, market, ADMIN, tokens);
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    /// One function, so that each state is made once. That `acc` is the replay of all logs, the handler checks
    /// after every call; that each call goes through exactly when it should, too.
    function invariant_market() external view {
        _checkEscrow();
        _checkDues();
        _checkOrders();
        _checkVersions();
    }

    /// The random walk does get everywhere.
    function test_every_ending_is_reached() external {
        for (uint256 i = 0; i < 3000; i++) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            bytes4[15] memory actions = _actions();
            (bool ok, bytes memory out) =
                address(handler).call(abi.encodeWithSelector(actions[seed % 15], seed >> 8));
            vm.assertEq(out, "", "a handler reverts");
            vm.assertTrue(ok, "a handler reverts");
        }
        string[8] memory endings = [
            "delivered",
            "declined",
            "settled",
            "refunded",
            "revoked before settlement",
            "revoked after settlement",
            "credited",
            "withdrawn"
        ];
        for (uint256 i = 0; i < 8; i++) {
            vm.assertGe(handler.reached(endings[i]), 3, endings[i]);
        }
        this.invariant_market();
    }

    function _actions() private view returns (bytes4[15] memory) {
        return [
            handler.list.selector,
            handler.newVersion.selector,
            handler.setTerms.selector,
            handler.setStatus.selector,
            handler.sellDataset.selector,
            handler.buy.selector,
            handler.deliver.selector,
            handler.decline.selector,
            handler.settle.selector,
            handler.refund.selector,
            handler.revoke.selector,
            handler.withdraw.selector,
            handler.pause.selector,
            handler.turn.selector,
            handler.wait.selector
        ];
    }

    /// What the market holds of a token is what open orders and credits come to.
    function _checkEscrow() private view {
        for (uint256 t = 0; t < 2; t++) {
            MoodyToken token = handler.tokens(t);
            uint256 owed;
            for (uint256 id = 1; id <= handler.grants(); id++) {
                MarketHandler.Kept memory k = handler.kept(id);
                bool open = !k.paid && !k.refunded;
                if (open && k.order.token == address(token)) owed += k.order.amount;
            }
            for (uint256 i = 0; i < 4; i++) {
                owed += market.credit(handler.people(i), address(token));
            }
            vm.assertEq(token.balanceOf(address(market)), owed, "escrow = open orders + credits");
        }
    }

    /// Everybody has what they should, in hand or as credit: no order paid twice, none to the wrong person.
    function _checkDues() private view {
        for (uint256 t = 0; t < 2; t++) {
            MoodyToken token = handler.tokens(t);
            for (uint256 i = 0; i < 4; i++) {
                address who = handler.people(i);
                uint256 credit = market.credit(who, address(token));
                vm.assertEq(credit, handler.credit(who, token), "credit");
                vm.assertEq(token.balanceOf(who) + credit, handler.due(who, token), "due");
            }
        }
    }

    /// Each order's slot and commitment are what its history makes them: paid or refunded once, never both.
    function _checkOrders() private view {
        uint256[4] memory alive;
        vm.assertEq(market.count(), handler.grants(), "count");
        for (uint256 id = 1; id <= handler.grants(); id++) {
            MarketHandler.Kept memory k = handler.kept(id);
            (address buyer,,, uint8 status) = market.orderOf(id);
            vm.assertEq(status, k.status, "status");
            vm.assertEq(buyer, k.refunded ? address(0) : k.buyer, "buyer");
            vm.assertFalse(k.paid && k.refunded, "paid and refunded");
            vm.assertTrue((k.paid || k.refunded) == (status == 0 || status > 2), "ended, or still open");
            bytes32 commitment = keccak256(abi.encode(keccak256(abi.encode(k.order)), k.envelope));
            vm.assertEq(market.commitmentOf(id), k.refunded ? bytes32(0) : commitment, "commitment");
            for (uint256 i = 0; i < 4; i++) {
                if (buyer == handler.people(i)) alive[i]++;
            }
        }
        for (uint256 i = 0; i < 4; i++) {
            vm.assertEq(market.balanceOf(handler.people(i)), alive[i], "tokens");
        }
    }

    /// A stored commitment never changes.
    function _checkVersions() private view {
        for (uint256 id = 1; id <= handler.datasets(); id++) {
            Version[] memory all = handler.versions(id);
            for (uint64 n = 1; n <= all.length; n++) {
                vm.assertEq(registry.versionCommit(id, n), keccak256(abi.encode(all[n - 1])), "version");
            }
            vm.assertEq(registry.versionCommit(id, uint64(all.length + 1)), 0, "no more versions");
            vm.assertEq(registry.ownerOf(id), handler.ownerOf(id), "owner");
        }
    }
}
