// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {Permit} from "../src/interfaces/IGrantMarket.sol";
import {BaseTest} from "./base/BaseTest.sol";
import {vm} from "./base/Vm.sol";

contract TestTokenTest is BaseTest {
    function test_names() public view {
        vm.assertEq(token.name(), "Provenome Test Dollar", "name");
        vm.assertEq(token.symbol(), "tUSD", "symbol");
        vm.assertEq(token.decimals(), 6, "decimals");
    }

    function test_anyone_mints() public {
        vm.prank(STRANGER);
        token.mint(READER, 7);
        vm.assertEq(token.balanceOf(READER), 7, "balance");
        vm.assertEq(token.totalSupply(), 7, "supply");
    }

    function test_permit() public {
        Permit memory p = _permit(IERC20Permit(address(token)), READER_KEY, 5, block.timestamp);
        token.permit(READER, address(market), p.value, p.deadline, p.v, p.r, p.s);
        vm.assertEq(token.allowance(READER, address(market)), 5, "allowance");
    }
}
