// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title A pay token for tests and local networks
/// Warning: anyone mints as much as they like. It is worthless by construction; never allow-list it where money
/// matters.
contract TestToken is ERC20, ERC20Permit {
    constructor() ERC20("Provenome Test Dollar", "tUSD") ERC20Permit("Provenome Test Dollar") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
